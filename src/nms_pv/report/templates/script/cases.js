// Cases: lists of them, and all that is known of one.
const AT_ONCE = 100;
const ABOUT = {
  reports: [
    ["received", "received_year"], ["age", "age_years"], ["sex", "sex"], ["reporter", "reporter_type"], ["report", "report_type"],
    ["country of the reporter", "reporter_country"], ["country of the event", "occurrence_country"], ["sender", "sender"],
    ["serious", "is_serious"], ["outcome death", "is_fatal"], ["counted when duplicates are collapsed", "is_representative"],
    ["quarter", "quarter"],
  ],
  cohort: [
    ["person", "person_id"], ["episode", "episode_no"], ["first day", "start_day"], ["last day", "end_day"],
    ["candidate by", "candidate_by"], ["sex", "sex"], ["born", "birth_day"], ["died", "death_day"],
  ],
};
const DAYS = new Set(["start_day", "end_day", "birth_day", "death_day"]);
const UNIT_SEPARATOR = "\u001f";

async function caseList(arm, places, title) {
  const cases = places && (await unpack(`cases-${arm}`));
  if (!cases) return [notBeside()];
  const list = make("div", {});
  let shown = 0;
  const body = make("tbody", {});
  const more = make("button", { type: "button", onclick: () => extend() }, "");
  const extend = () => {
    const next = places.slice(shown, shown + AT_ONCE);
    body.append(...next.map((place) => caseRow(cases, arm, place)));
    shown += next.length;
    more.textContent = `Show ${Math.min(AT_ONCE, places.length - shown)} more`;
    more.hidden = shown >= places.length;
  };
  extend();
  const headings = ["case", arm === "reports" ? "received" : "first day", "sex", "drugs", "definitions met"];
  const head = make("thead", {}, make("tr", {}, headings.map((heading) => make("th", { scope: "col" }, heading))));
  const caption = `${title}: ${places.length.toLocaleString("en")}`;
  const region = { class: "scroll", role: "group", tabindex: "0", "aria-label": caption };
  list.append(make("div", region, make("table", {}, make("caption", {}, caption), head, body)), more);
  return [list];
}

function caseRow(cases, arm, place) {
  const about = record(cases, place);
  const link = make("a", { href: addressWith({ case: about.subject_id }) }, about.subject_id);
  const cells = [link, arm === "reports" ? about.received_year : day(about.start_day), about.sex, about.ingredient, about.definition];
  return make("tr", {}, cells.map(dataCell));
}

function notBeside() {
  return make("p", {}, "The folder cases, which stood beside this page, is missing: with it, the cases are shown here.");
}

// The arms whose cases this build holds.
function armsWithCases() {
  return document.body.dataset.cases.split(" ").filter(Boolean);
}

async function caseView(subject, number) {
  const back = number >= 0 ? [make("p", {}, make("a", { href: addressWith({ case: null }) }, "Back to the number and its cases"))] : [];
  for (const arm of armsWithCases()) {
    const cases = await unpack(`cases-${arm}`);
    const place = cases ? rowWhere(cases, "subject_id", subject) : -1;
    if (place >= 0) return { title: `Case ${subject}`, body: [...back, ...(await caseBody(arm, cases, place))] };
  }
  return { title: "No such case", body: [...back, make("p", {}, `The page holds no case ${subject}.`)] };
}

async function caseBody(arm, cases, place) {
  const about = record(cases, place);
  const data = await unpack(`cases-${arm}-${Math.floor(place / cases.chunk)}`);
  if (!data) return [notBeside(), explained(about.subject_id)];
  const findings = rowsOf(data.findings, place);
  const courses = rowsOf(data.courses, place);
  const definitions = await unpack("definitions");
  const value = (field) => (DAYS.has(field) ? day(about[field]) : typeof about[field] === "boolean" ? (about[field] ? "yes" : "no") : about[field]);
  return [
    facts(ABOUT[arm].map(([name, field]) => [name, words(value(field))])),
    explained(about.subject_id),
    timeline(about, findings, courses),
    make("h3", {}, "Findings"),
    tableOf("Findings, each with its row", ["element", "state", "grade", "term", "value", "day", "row"], findings.map(findingCells)),
    make("h3", {}, "Drug courses"),
    tableOf("Courses with a relation to the syndrome", ["drug", "relation", "role", "from", "to", "event after start", "row"], courses.map(courseCells)),
    make("h3", {}, "How each definition judges it"),
    make("p", { class: "note" }, "✓ present or met, ✗ absent or not met, ? not documented or open."),
    ...rowsOf(data.verdicts, place).map((verdict) => verdictView(definitions, verdict, findings)),
    make("h3", {}, "Rows of the source"),
    ...sourceRows(data.rows, [...findings, ...courses]),
  ];
}

function findingCells(found) {
  const measured = found.value === null ? null : `${found.value} ${found.unit ?? ""}`.trim();
  return [words(found.element), found.state, found.grade, found.term, measured, dated(found.day, found.day_precision), place(found)];
}

function courseCells(course) {
  const form = course.formulation === "long_acting" ? `${course.ingredient}, long-acting` : course.ingredient;
  const after = course.onset_minus_start === null ? words(course.timing) : `${course.onset_minus_start} days`;
  return [form, words(course.relation), course.role, day(course.start_day), day(course.end_day), after, place(course)];
}

function dated(number, precision) {
  return number === null ? null : precision === "day" ? day(number) : `${day(number)} (${precision})`;
}

function place(row) {
  return `${row.source_id} ${String(row.source_id).startsWith("omop:") ? "row" : "line"} ${row.source_line}`;
}

function timeline(about, findings, courses) {
  const events = [
    ...courses.flatMap((course) => [
      [course.start_day, `${course.ingredient} starts`],
      [course.end_day, `${course.ingredient} ends`],
    ]),
    ...findings.filter((found) => found.state === "present").map((found) => [found.day, `${words(found.element)} (${found.term})`]),
    [about.start_day ?? null, "episode begins"],
    [about.end_day ?? null, "episode ends"],
    [about.death_day ?? null, "death"],
  ].filter(([when]) => when !== null && when !== undefined);
  const byDay = new Map();
  for (const [when, what] of events) byDay.set(when, (byDay.get(when) ?? new Set()).add(what));
  const days = [...byDay.keys()].sort((one, other) => one - other);
  if (!days.length) return make("p", { class: "note" }, "No dated event: no timeline.");
  const items = days.map((when) => make("li", {}, make("time", { datetime: day(when) }, day(when)), " ", [...byDay.get(when)].join("; ")));
  return make("section", { "aria-label": "Timeline" }, make("h3", {}, "Timeline"), make("ol", { class: "timeline" }, items));
}

function verdictView(definitions, verdict, findings) {
  const definition = definitions.find((one) => one.name === verdict.definition);
  const title = `${words(verdict.verdict)}: ${definition ? definition.title : verdict.definition}`;
  const summary = make("summary", {}, title, " ", make("code", {}, verdict.definition));
  if (!definition || verdict.states === null) return make("details", { class: "verdict" }, summary, make("p", {}, "A verdict of reviewers."));
  const sources = new Map(definition.leaves);
  return make("details", { class: "verdict" }, summary, make("ul", { class: "tree" }, branch(reasoned(definition, verdict.states), sources, findings)));
}

function branch(why, sources, findings) {
  const speaking = why.leaf ? findings.filter((found) => sources.get(why.leaf).includes(found.element)) : [];
  const behind = speaking.map((found) => make("li", { class: "note" }, `${found.term}: ${found.state} (${found.grade}), ${place(found)}`));
  const inner = [...why.parts.map((part) => branch(part, sources, findings)), ...behind];
  const points = why.points ? ` (${why.points} points)` : "";
  const mark = make("span", { class: "mark", role: "img", "aria-label": STATE.get(why.value ?? null) }, MARK.get(why.value ?? null));
  return make("li", {}, mark, ` ${why.words}${points}`, inner.length ? make("ul", {}, inner) : null);
}

function sourceRows(rows, cited) {
  const wanted = new Set(cited.map((row) => `${row.source_id} ${row.source_line}`));
  const found = [];
  for (let row = 0; row < rows.rows; row += 1) {
    const key = `${cell(rows, "source_id", row)} ${cell(rows, "source_line", row)}`;
    if (wanted.has(key)) found.push(record(rows, row));
  }
  return found.map((row) =>
    make(
      "details",
      {},
      make("summary", {}, place(row)),
      facts(row.cells.split(UNIT_SEPARATOR).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])),
    ),
  );
}
