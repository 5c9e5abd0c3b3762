// The panel over the page, and what the keyboard does.
const panel = make("dialog", { class: "panel", "aria-labelledby": "panel-title" });
let opener = null;

function openPanel(view) {
  const close = make("button", { type: "button", class: "close", onclick: () => closePanel() }, "Close");
  panel.replaceChildren(make("div", { class: "panel-head" }, make("h2", { id: "panel-title", tabindex: "-1" }, view.title), close), ...view.body);
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  document.getElementById("panel-title").focus();
}

function closePanel() {
  const state = stateOf(location.hash);
  state.delete("case");
  state.delete("number");
  const text = state.toString();
  history.pushState(null, "", text ? `#${text}` : location.pathname + location.search);
  panel.close();
  opener?.focus();
}

async function openNumber(element) {
  opener = element;
  const { numbers } = await unpack("numbers");
  location.hash = new URLSearchParams({ number: cell(numbers, "result_id", Number(element.dataset.n)) }).toString();
}

// One stop of the tabulator for each table; arrows go on from number to number.
function enhanceNumbers() {
  const groups = new Map();
  for (const element of document.querySelectorAll("main span[data-n]")) {
    const group = element.closest("table") ?? element;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(element);
    element.setAttribute("role", "button");
    element.tabIndex = groups.get(group).length === 1 ? 0 : -1;
  }
  document.querySelector("main").addEventListener("click", (event) => {
    const element = event.target.closest("[data-n]");
    if (element) openNumber(element);
  });
  document.querySelector("main").addEventListener("keydown", (event) => {
    const element = event.target.closest("span[data-n]");
    if (!element) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      openNumber(element);
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) moved(event, groups.get(element.closest("table") ?? element), element, step);
  });
}

function moved(event, group, element, step) {
  const next = group[group.indexOf(element) + step];
  if (!next) return;
  event.preventDefault();
  element.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

document.documentElement.classList.add("scripted");
document.body.append(panel);
panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  closePanel();
});
enhanceTables();
enhanceFigures();
enhanceNumbers();
window.addEventListener("hashchange", show);
show();
