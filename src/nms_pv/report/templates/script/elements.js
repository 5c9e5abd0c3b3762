// Elements are made of text, never of markup: what comes from data stays text.
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick" || name === "oninput") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
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
      make("tbody", {}, rows.map((cells) => make("tr", {}, cells.map((content) => make("td", {}, content ?? "—"))))),
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

function command(text) {
  const copy = make("button", { type: "button", onclick: () => navigator.clipboard?.writeText(text) }, "Copy");
  return make("p", { class: "command" }, make("code", {}, text), " ", copy);
}
