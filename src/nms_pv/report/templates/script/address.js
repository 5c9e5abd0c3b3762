// What is open and how tables are sorted stands in the address, so that a link shows the same.
function stateOf(hash) {
  const text = hash.replace(/^#/, "");
  return text.includes("=") ? new URLSearchParams(text) : new URLSearchParams();
}

// The address with its state changed; what is empty leaves it.
function addressWith(changes) {
  const state = stateOf(location.hash);
  for (const [key, value] of Object.entries(changes)) {
    if (value) state.set(key, value);
    else state.delete(key);
  }
  const text = state.toString();
  return text ? `#${text}` : location.pathname + location.search;
}

function setTable(table, name, value) {
  history.replaceState(null, "", addressWith({ [`${name}.${table.id}`]: value }));
  applyToTable(table, tablesOf(stateOf(location.hash)).get(table.id) ?? {});
}

// By the id of each table that the address names: by what it is sorted and filtered.
function tablesOf(state) {
  const byTable = new Map();
  for (const [key, value] of state) {
    const [name, table] = key.split(/\.(.*)/s);
    if (table) byTable.set(table, { ...byTable.get(table), [name]: value });
  }
  return byTable;
}

function showTables(state) {
  const wanted = tablesOf(state);
  const named = [...wanted.keys()].map((id) => document.getElementById(id)).filter((table) => table?.tBodies);
  for (const table of new Set([...asWritten.keys(), ...named])) applyToTable(table, wanted.get(table.id) ?? {});
  return named;
}

// A link within the page: what is sorted and filtered stays so.
function isAnchor(hash) {
  return hash !== "" && !hash.includes("=");
}

async function show() {
  const { hash } = location;
  const state = stateOf(hash);
  if (!isAnchor(hash)) showTables(state);
  const place = await placeOf(state.get("number"));
  const view = await viewOf(state, place);
  if (hash !== location.hash) return;
  if (view) openPanel(view, document.querySelector(`main span[data-n="${place}"]`));
  else panel.close();
}

async function viewOf(state, place) {
  if (state.get("case")) return caseView(state.get("case"), place);
  if (!state.get("number")) return null;
  if (place >= 0) return numberView(place);
  return { title: "No such number", body: [make("p", {}, `The page shows no number ${state.get("number")}.`)] };
}

async function placeOf(resultId) {
  if (!resultId) return -1;
  const { numbers } = await unpack("numbers");
  return rowWhere(numbers, "result_id", resultId);
}
