// Figures: taken along as SVG or PNG, as they are on white paper.
const PIXELS_PER_UNIT = 3;
const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity", "font-size", "font-weight", "font-style", "text-anchor"];

function enhanceFigures(main) {
  for (const figure of main.querySelectorAll("figure")) {
    const drawings = [...figure.querySelectorAll("svg")];
    if (!drawings.length) continue;
    const buttons = drawings.flatMap((drawing, place) => {
      const name = drawings.length > 1 ? `${figure.id}-${place + 1}` : figure.id;
      const which = drawings.length > 1 ? ` ${place + 1}` : "";
      return [
        make("button", { type: "button", onclick: () => download(`${name}.svg`, "image/svg+xml", alone(drawing)) }, `SVG${which}`),
        make("button", { type: "button", onclick: () => savePng(drawing, `${name}.png`) }, `PNG${which}`),
      ];
    });
    figure.querySelector("figcaption").after(make("div", { class: "tools" }, buttons, dataButton(figure)));
  }
}

// The numbers that are drawn; of a drawing without any, the table that follows it.
function dataButton(figure) {
  if (figure.querySelector("svg [data-n]")) {
    const onclick = async () => download(`${figure.id}.csv`, "text/csv", csvOf(await drawnNumbers(figure)));
    return make("button", { type: "button", onclick }, "CSV");
  }
  // Where the caption names a file, the table is not what is drawn.
  const table = figure.querySelector("figcaption .csv") ? null : tableAfter(figure);
  return table && make("button", { type: "button", "data-csv": table.id }, "CSV");
}

function tableAfter(figure) {
  const next = figure.nextElementSibling;
  return (next?.matches(".tools") ? next.nextElementSibling : next)?.querySelector("table");
}

async function drawnNumbers(figure) {
  const { numbers } = await unpack("numbers");
  const places = new Set([...figure.querySelectorAll("svg [data-n]")].map((element) => Number(element.dataset.n)));
  const columns = Object.keys(numbers.columns);
  return [columns, ...[...places].map((place) => columns.map((column) => cell(numbers, column, place)))];
}

// The drawing with its looks in itself; colours are those of the page on paper.
function alone(drawing) {
  const copy = drawing.cloneNode(true);
  document.documentElement.classList.add("on-paper");
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const looks = getComputedStyle(originals[place]);
    if (element.hasAttribute("class")) {
      element.removeAttribute("class");
      element.setAttribute("style", STYLED.map((name) => `${name}: ${looks.getPropertyValue(name)}`).join("; "));
    }
    for (const name of ["data-n", "data-f", "tabindex", "role"]) if (element !== copy) element.removeAttribute(name);
  });
  document.documentElement.classList.remove("on-paper");
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("style", "font-family: sans-serif; background: #ffffff");
  return new XMLSerializer().serializeToString(copy);
}

function savePng(drawing, name) {
  const picture = new Image();
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  picture.addEventListener("load", () => {
    const canvas = make("canvas", { width: width * PIXELS_PER_UNIT, height: height * PIXELS_PER_UNIT });
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#ffffff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => download(name, "image/png", blob));
  });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(alone(drawing))}`;
}
