"""Size and speed of the page that `make report` has left in reports/, with its cases many times over.

python benchmarks/bench_page.py
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from nms_pv.report.cases.embedded import CasesOfArm, blocks
from nms_pv.report.cases.of_arm import cases_of_arm
from nms_pv.report.declared import Study
from nms_pv.report.numbers import COUNTS
from nms_pv.report.page import Page, with_data
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.source import load_faers
from tests.lib.many_cases import multiplied, without_data
from tests.lib.report_browser import chromium, opened
from tests.lib.report_page import parse, records, unpacked

PROJECT = Path(__file__).parents[1]
SIZES = (5_000, 50_000)
REPEATS = 5
# Milliseconds in which the page comes to rest where the number is seen that is clicked.
AT_REST = 500
CASES_OF_NUMBER = "dialog[open] td a"
CASE = "dialog[open] details.verdict"
# From a click to the next picture with what was asked for; the browser's own clock.
CLICKED = """
([clicked, wanted]) => new Promise((resolve) => {
  const start = performance.now();
  const seen = new MutationObserver(() => document.querySelector(wanted) && requestAnimationFrame(() => {
    seen.disconnect();
    setTimeout(() => resolve(performance.now() - start));
  }));
  seen.observe(document.body, { childList: true, subtree: true, attributes: true });
  document.querySelector(clicked).click();
})"""


def main() -> None:
    """Write each page, open it often, print."""
    framed, inside = without_data((PROJECT / "reports" / "index.html").read_text(encoding="utf-8"))
    study = PROJECT / "study"
    params, drugs, definitions = load_params(PROJECT / "params.yaml"), load_drugs(study), load_definitions(study)
    arms = Study(params, drugs, load_faers(study), definitions, []).arms
    cases = {arm: cases_of_arm(PROJECT / "data", arm, params, drugs, definitions) for arm in arms if params.is_internal(arm)}
    known = sum(of_arm.subjects.about.height for of_arm in cases.values())
    shown = _shown(inside["numbers"])
    print("| cases | page MB | beside MB | usable ms | number → cases ms | case → evidence ms |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in SIZES:
        times = -(-size // known)
        many = {arm: multiplied(of_arm, times) for arm, of_arm in cases.items()}
        counted = shown.with_columns(pl.col(list(COUNTS)) * times)
        page = with_data(framed, blocks(counted, many, [*definitions, *load_differential(study)]))
        print(_line(known * times, page, _largest(framed, counted, many)))


def _shown(numbers: str) -> pl.DataFrame:
    """The results that the page shows, in its order."""
    order = pl.DataFrame({"result_id": [row["result_id"] for row in records(unpacked(numbers)["numbers"])]})
    return order.join(pl.read_parquet(PROJECT / "reports" / "results.parquet"), on="result_id", maintain_order="left")


def _largest(framed: str, shown: pl.DataFrame, cases: dict[str, CasesOfArm]) -> int:
    """The number with the most cases behind it, of those that stand in the text."""
    in_text = {int(e.attributes["data-n"]) for e in parse(framed).addressed if e.tag == "span"}
    rows = [(place, row) for place, row in enumerate(shown.iter_rows(named=True)) if place in in_text]
    return max((row["numerator"], place) for place, row in rows if row["arm"] in cases and cases[row["arm"]].sets.behind(row))[1]


def _line(size: int, page: Page, place: int) -> str:
    with TemporaryDirectory() as folder, chromium() as browser:
        (Path(folder) / "cases").mkdir()
        for name, text in page.beside.items():
            (Path(folder) / "cases" / f"{name}.js").write_text(text, encoding="utf-8")
        index = Path(folder) / "index.html"
        index.write_text(page.html, encoding="utf-8")
        times = [_times(browser, index, place) for _ in range(REPEATS)]
        bytes_beside = sum(map(len, page.beside.values()))
        figures = [median(found) for found in zip(*times, strict=True)]
        cells = [f"{size:,}", f"{index.stat().st_size / 1e6:.2f}", f"{bytes_beside / 1e6:.2f}", *(f"{ms:.0f}" for ms in figures)]
    return f"| {' | '.join(cells)} |"


def _times(browser: Any, index: Path, place: int) -> tuple[float, float, float]:
    """Milliseconds from the start to the end of the script, from the first click to the cases, and from the next to a case."""
    with opened(browser, index) as tab:
        usable = tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        tab.evaluate(f"reveal(document.querySelector('main span[data-n=\"{place}\"]'))")
        tab.wait_for_timeout(AT_REST)
        cases = tab.evaluate(CLICKED, [f'main span[data-n="{place}"]', CASES_OF_NUMBER])
        return usable, cases, tab.evaluate(CLICKED, [CASES_OF_NUMBER, CASE])


if __name__ == "__main__":
    main()
