// A number and the cases that it counts.
const COUNTS = [
  ["numerator", "counted"],
  ["denominator", "of"],
  ["reference_numerator", "counted in the reference"],
  ["reference_denominator", "of"],
];

async function casesBehind(place) {
  const { numbers, behind } = await unpack("numbers");
  if (!behind[place]) return null;
  const arm = cell(numbers, "arm", place);
  // The list is wanted next: both are read at once.
  const [sets] = await Promise.all([unpack(`sets-${arm}`), unpack(`cases-${arm}`)]);
  if (!sets) return { arm, places: null };
  const [first, ...others] = behind[place].map((set) => positions(sets[set]));
  const common = others.map((set) => new Set(set));
  return { arm, places: first.filter((one) => common.every((set) => set.has(one))) };
}

async function numberView(place) {
  const { numbers, meaning } = await unpack("numbers");
  const number = record(numbers, place);
  const interval = number.low === null ? null : `${number.low} to ${number.high} (${100 * number.level} %)`;
  const hidden = "hidden, small cell";
  const shown = (value) => (number.suppressed ? hidden : value);
  const found = await casesBehind(place);
  return {
    title: `${words(number.measure)}: ${words(number.group)}`,
    body: [
      facts([
        ["what it is", meaning[number.measure]],
        ["estimate", shown(number.estimate === null ? `undefined: ${number.undefined_reason}` : String(number.estimate))],
        ["interval", shown(interval)],
        ...COUNTS.map(([field, name]) => [name, number[field] === null ? null : shown(number[field].toLocaleString("en"))]),
        ["unit", number.unit],
        ["definition", number.definition],
        ["time at risk or method variant", number.analysis],
        ["roles, duplicates", number.roles && `${number.roles}, ${number.duplicates}`],
        ["compared with", number.reference],
        ["stratum", number.stratum],
        ["method", number.method],
        ["data version", number.data_version],
      ]),
      explained(number.result_id),
      ...(found ? await caseList(found.arm, found.places, "The cases that it counts") : [noCases(number)]),
    ],
  };
}

function noCases(number) {
  const internal = armsWithCases().includes(number.arm);
  const why = internal
    ? "What it counts is not one list of cases: the file of results and the method say what is behind it."
    : "This build is made to be shared: it holds no cases.";
  return make("p", { class: "note" }, why);
}
