// Tables: sorted by a click on a heading, filtered by words, taken along as CSV.
const FILTER_FROM = 8;
// The rows of each table that was sorted or filtered, in the order in which they were written.
const asWritten = new Map();

function enhanceTables(main) {
  const seen = new Map();
  for (const table of main.querySelectorAll("table")) {
    const chapter = table.closest("section")?.id ?? "page";
    seen.set(chapter, (seen.get(chapter) ?? 0) + 1);
    table.id ||= `${chapter}-${seen.get(chapter)}`;
    if (table.tBodies[0].rows.length > 1) for (const heading of table.tHead?.rows[0].cells ?? []) addSort(heading);
    table.closest(".scroll")?.before(toolsOf(table));
  }
  main.addEventListener("click", ({ target }) => {
    const heading = target.closest("button.sort")?.parentElement;
    if (heading) setTable(heading.closest("table"), "sort", nextSort(heading));
    const table = document.getElementById(target.dataset.csv);
    if (table) download(`${table.id}.csv`, "text/csv", csvOf([...table.rows].filter((row) => !row.hidden).map(textsOf)));
  });
  main.addEventListener("input", ({ target }) => {
    if (target.dataset.for) setTable(document.getElementById(target.dataset.for), "q", target.value);
  });
}

function addSort(heading) {
  const button = make("button", { type: "button", class: "sort" });
  button.append(...heading.childNodes);
  heading.append(button);
}

// Descending, then ascending, then as written.
function nextSort(heading) {
  const next = { null: "d", descending: "a", ascending: "" }[heading.getAttribute("aria-sort")];
  return next && `${heading.cellIndex}${next}`;
}

function toolsOf(table) {
  const tools = make("div", { class: "tools" });
  if (table.tBodies[0].rows.length >= FILTER_FROM) {
    const label = `Filter the rows of: ${table.caption?.textContent.slice(0, 60) ?? table.id}`;
    tools.append(make("input", { type: "search", placeholder: "Filter rows", "aria-label": label, "data-for": table.id }));
    tools.append(make("output", { "data-of": table.id }));
  }
  tools.append(make("button", { type: "button", "data-csv": table.id }, "CSV"));
  return tools;
}

function applyToTable(table, { sort, q = "" }) {
  if (!asWritten.has(table)) asWritten.set(table, [...table.tBodies[0].rows]);
  const rows = asWritten.get(table);
  const column = Number.parseInt(sort, 10);
  const sign = sort?.endsWith("d") ? -1 : 1;
  table.tBodies[0].append(...(sort ? sorted(rows, column, sign) : rows));
  [...table.tHead.rows[0].cells].forEach((heading, place) => {
    if (place === column) heading.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
    else heading.removeAttribute("aria-sort");
  });
  const wanted = q.toLowerCase();
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const input = document.querySelector(`input[data-for="${CSS.escape(table.id)}"]`);
  if (input) {
    if (input.value !== q) input.value = q;
    input.nextElementSibling.textContent = q && `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
  }
  oneStop(table);
}

function sorted(rows, column, sign) {
  const keyed = rows.map((row) => ({ row, key: sortKey(row.cells[column]) }));
  return keyed.sort((one, other) => compared(one.key, other.key, sign)).map((one) => one.row);
}

// Numbers by size, words and days by the alphabet; what is undefined or hidden last, whatever the direction.
function sortKey(of) {
  const text = (of?.textContent ?? "").trim();
  if (text === "" || text.startsWith("—") || text.startsWith("hidden")) return { rank: 2, text };
  const number = /^[−-]?[\d,]+(\.\d+)?(?![\w-])/.exec(text)?.[0];
  return number ? { rank: 0, number: Number(number.replaceAll(",", "").replace("−", "-")) } : { rank: 1, text };
}

function compared(one, other, sign) {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return sign * (one.rank === 0 ? one.number - other.number : one.text.localeCompare(other.text, "en", { numeric: true }));
}

function textsOf(row) {
  return [...row.cells].map((of) => of.textContent);
}

// A cell that a spreadsheet would take for a formula is made text.
function csvOf(rows) {
  const quoted = (content) => {
    const text = String(content ?? "").trim().replace(/\s+/g, " ");
    const safe = /^[=+@＝＋－＠-]/.test(text) && !/^[+-][\d.,]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  return rows.map((cells) => cells.map(quoted).join(",")).join("\r\n");
}

function download(name, type, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
