// What is open and how tables are sorted stands in the address, so that a link shows the same.
function stateOf(hash) {
  const text = hash.replace(/^#/, "");
  return text.includes("=") ? new URLSearchParams(text) : new URLSearchParams();
}

function setState(table, changes) {
  const state = stateOf(location.hash);
  for (const [name, value] of Object.entries(changes)) {
    if (value) state.set(`${name}.${table}`, value);
    else state.delete(`${name}.${table}`);
  }
  const text = state.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  showTables(state);
}

function showTables(state) {
  const byTable = new Map();
  for (const [key, value] of state) {
    const [name, table] = key.split(/\.(.*)/s);
    if (table) byTable.set(table, { ...byTable.get(table), [name]: value });
  }
  for (const [id, wanted] of byTable) {
    const table = document.getElementById(id);
    if (table?.tBodies) applyToTable(table, wanted);
  }
}

async function show() {
  const state = stateOf(location.hash);
  showTables(state);
  const number = await placeOf(state.get("number"));
  const view = state.get("case") ? await caseView(state.get("case")) : number >= 0 ? await numberView(number) : null;
  if (view) openPanel(view);
  else panel.close();
}

async function placeOf(resultId) {
  if (resultId === null) return -1;
  const { numbers } = await unpack("numbers");
  for (let place = 0; place < numbers.rows; place += 1) if (cell(numbers, "result_id", place) === resultId) return place;
  return -1;
}
