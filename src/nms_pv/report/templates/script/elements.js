// Elements are made of text, never of markup: what comes from data stays text, without characters that cannot be seen.
function visible(text) {
  return text.replace(/\s/gu, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "");
}

function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") element.addEventListener("click", value);
    else element.setAttribute(name, value === true ? "" : visible(String(value)));
  }
  const present = children.flat().filter((child) => child !== null && child !== undefined && child !== "");
  element.append(...present.map((child) => (child instanceof Node ? child : visible(String(child)))));
  return element;
}

// A day is not broken at its hyphens.
function dataCell(content) {
  return make("td", { class: /^\d{4}-\d\d-\d\d$/.test(content) ? "item" : null }, content ?? "—");
}

function tableOf(caption, headings, rows) {
  return make(
    "div",
    { class: "scroll", role: "group", tabindex: "0", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, headings.map((heading) => make("th", { scope: "col" }, heading)))),
      make("tbody", {}, rows.map((cells) => make("tr", {}, cells.map(dataCell)))),
    ),
  );
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make("dl", { class: "facts" }, known.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function day(number) {
  return number === null || number === undefined ? null : new Date(number * 86400000).toISOString().slice(0, 10);
}

function words(code) {
  return code === null || code === undefined ? "" : String(code).replaceAll("_", " ");
}

// What a terminal reads as one word, whatever stands in it.
function quoted(id) {
  const text = visible(id);
  return /^[\w:./=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function explained(id) {
  const text = `nms-pv explain ${quoted(id)}`;
  const said = make("output", {});
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
  };
  const button = navigator.clipboard ? make("button", { type: "button", onclick: copy }, "Copy") : null;
  return make("p", { class: "command" }, make("code", {}, text), " ", button, " ", said);
}
