// Tables: sorted by a click on a heading, filtered by words, taken along as CSV.
const FILTER_FROM = 8;

function enhanceTables() {
  const seen = new Map();
  for (const table of document.querySelectorAll("main table")) {
    const chapter = table.closest("section")?.id ?? "page";
    seen.set(chapter, (seen.get(chapter) ?? 0) + 1);
    table.id ||= `${chapter}-${seen.get(chapter)}`;
    table.tHead?.querySelectorAll("th").forEach((heading, column) => addSort(table, heading, column));
    table.closest(".scroll")?.before(toolsOf(table));
  }
}

function addSort(table, heading, column) {
  if (table.tBodies[0].rows.length < 2) return;
  const button = make("button", { type: "button", class: "sort", onclick: () => sortedBy(table, column) });
  button.append(...heading.childNodes);
  heading.append(button);
}

function sortedBy(table, column) {
  const heading = table.tHead.querySelectorAll("th")[column];
  setState(table.id, { sort: `${column}${heading.getAttribute("aria-sort") === "descending" ? "a" : "d"}` });
}

function toolsOf(table) {
  const tools = make("div", { class: "tools" });
  if (table.tBodies[0].rows.length >= FILTER_FROM) {
    const label = `Filter the rows of: ${table.caption?.textContent.slice(0, 60) ?? table.id}`;
    const oninput = (event) => setState(table.id, { q: event.target.value });
    tools.append(make("input", { type: "search", placeholder: "Filter rows", "aria-label": label, oninput, "data-for": table.id }));
  }
  tools.append(make("button", { type: "button", onclick: () => download(`${table.id}.csv`, "text/csv", csvOf(table)) }, "CSV"));
  return tools;
}

function applyToTable(table, state) {
  const rows = [...table.tBodies[0].rows];
  if (state.sort) {
    const column = Number.parseInt(state.sort, 10);
    const sign = state.sort.endsWith("d") ? -1 : 1;
    const keyed = rows.map((row, place) => ({ row, place, key: sortKey(row.cells[column]) }));
    keyed.sort((one, other) => compared(one.key, other.key, sign) || one.place - other.place);
    table.tBodies[0].append(...keyed.map((one) => one.row));
    table.tHead.querySelectorAll("th").forEach((heading, place) => {
      if (place === column) heading.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
  }
  const wanted = (state.q ?? "").toLowerCase();
  for (const row of rows) row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
  const input = document.querySelector(`input[data-for="${CSS.escape(table.id)}"]`);
  if (input && input.value !== (state.q ?? "")) input.value = state.q ?? "";
}

// Numbers by size, words by the alphabet; what is undefined or hidden last, whatever the direction.
function sortKey(of) {
  const text = (of?.textContent ?? "").trim();
  const number = Number.parseFloat(text.replaceAll(",", "").replace("−", "-"));
  if (text === "" || text.startsWith("—") || text.startsWith("hidden")) return { rank: 2, text };
  return Number.isNaN(number) ? { rank: 1, text } : { rank: 0, number };
}

function compared(one, other, sign) {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return sign * (one.rank === 0 ? one.number - other.number : one.text.localeCompare(other.text, "en"));
}

// A cell that a spreadsheet would take for a formula is made text.
function csvOf(table) {
  const quoted = (of) => {
    const text = of.textContent.trim().replace(/\s+/g, " ");
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const rows = [...table.rows].filter((row) => !row.hidden);
  return rows.map((row) => [...row.cells].map(quoted).join(",")).join("\r\n");
}

function download(name, type, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
