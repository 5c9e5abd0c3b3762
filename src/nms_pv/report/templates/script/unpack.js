// Data of the page: blocks of compressed JSON, and tables in columns.
const unpacked = new Map();

const fetched = new Map();

// A block stands in the page or, if the page would be too large with it, in a script beside it.
async function unpack(name) {
  if (!unpacked.has(name)) unpacked.set(name, found(name).then((text) => (text === null ? null : read(text))));
  return unpacked.get(name);
}

async function found(name) {
  const block = document.getElementById(`data-${name}`);
  if (block) return block.textContent;
  return new Promise((resolve) => {
    const script = document.createElement("script");
    fetched.set(name, resolve);
    script.addEventListener("error", () => resolve(null));
    script.src = `cases/${name}.js`;
    document.head.append(script);
  });
}

// What a script beside the page calls with its block.
globalThis.took = (name, text) => fetched.get(name)?.(text);

async function read(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function cell(table, column, row) {
  const values = table.columns[column];
  if (Array.isArray(values)) return values[row];
  return values.at[row] === null ? null : values.words[values.at[row]];
}

function record(table, row) {
  return Object.fromEntries(Object.keys(table.columns).map((column) => [column, cell(table, column, row)]));
}

// The first row with this value, -1 if there is none.
function rowWhere(table, column, value) {
  let row = 0;
  while (row < table.rows && cell(table, column, row) !== value) row += 1;
  return row < table.rows ? row : -1;
}

// Sorted positions from the steps between them.
function positions(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

// The rows of a case: tables are sorted by whose they are.
function rowsOf(table, place) {
  const of = table.columns.of;
  let first = 0;
  for (let last = of.length; first < last; ) {
    const middle = (first + last) >> 1;
    if (of[middle] < place) first = middle + 1;
    else last = middle;
  }
  const found = [];
  for (let row = first; row < of.length && of[row] === place; row += 1) found.push(record(table, row));
  return found;
}
