// The panel over the page, and what the keyboard does.
const panel = make("dialog", { class: "panel", "aria-labelledby": "panel-title" });

// Closed, it gives the focus back: to what had it, or to the number that the address came with.
function openPanel(view, number) {
  if (!panel.open && number && document.activeElement === document.body) reveal(number);
  const close = make("button", { type: "button", class: "close", onclick: closePanel }, "Close");
  panel.replaceChildren(make("div", { class: "panel-head" }, make("h2", { id: "panel-title", tabindex: "-1" }, view.title), close), ...view.body);
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  document.getElementById("panel-title").focus();
}

function closePanel() {
  history.pushState(null, "", addressWith({ number: null, case: null }));
  panel.close();
}

function reveal(element) {
  for (let inner = element; inner; inner = inner.parentElement) if (inner.tagName === "DETAILS") inner.open = true;
  element.focus();
  element.scrollIntoView();
}

async function openNumber(element) {
  const { numbers } = await unpack("numbers");
  // Not through the hash: the browser would look for a place of this name and lay out the page.
  history.pushState(null, "", addressWith({ number: cell(numbers, "result_id", Number(element.dataset.n)) }));
  await show();
}

function enhanceNumbers(main) {
  for (const element of main.querySelectorAll("span[data-n]")) {
    element.setAttribute("role", "button");
    element.tabIndex = 0;
  }
  for (const table of main.querySelectorAll("table")) oneStop(table);
  main.addEventListener("click", ({ target }) => {
    const element = target.closest("[data-n]");
    if (element) openNumber(element);
  });
  main.addEventListener("keydown", (event) => {
    const element = event.target.closest("span[data-n]");
    if (!element) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      openNumber(element);
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) moved(event, element, step);
  });
}

function numbersIn(table) {
  return [...table.querySelectorAll("tr:not([hidden]) span[data-n]")];
}

// One stop of the tabulator for each table; arrows go on from number to number.
function oneStop(table) {
  numbersIn(table).forEach((number, place) => (number.tabIndex = place ? -1 : 0));
}

function moved(event, element, step) {
  const table = element.closest("table");
  const numbers = table ? numbersIn(table) : [];
  const next = numbers[numbers.indexOf(element) + step];
  if (!next) return;
  event.preventDefault();
  element.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function enhance(main) {
  document.documentElement.classList.add("scripted");
  document.body.append(panel);
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    closePanel();
  });
  enhanceTables(main);
  enhanceFigures(main);
  enhanceNumbers(main);
  window.addEventListener("hashchange", show);
  const [table] = showTables(stateOf(location.hash));
  if (table) reveal(table.closest(".scroll"));
  show();
}

enhance(document.querySelector("main"));
