"""From a number to its cases, and from a case to what was made of it; the address bar keeps the way."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest

from nms_pv.report import page as page_of_report
from nms_pv.report.numbers import DASH, HIDDEN, is_percent
from tests.lib.many_cases import without_data
from tests.lib.report_browser import open_case, open_number, opened
from tests.lib.report_page import Page, numbers_in

VERDICT_OF = {True: "met", False: "not_met", None: "indeterminate"}
SHOWN = """
async () => {
  const { numbers } = await unpack("numbers");
  return [...document.querySelectorAll("main [data-n]")].filter((element) => element.textContent.trim()).map((element) => [
    cell(numbers, "result_id", Number(element.dataset.n)), element.dataset.f.split(" "), element.textContent]);
}"""
PANELS = """
async () => {
  const { numbers } = await unpack("numbers");
  const views = await Promise.all(Array.from({ length: numbers.rows }, (_, place) => numberView(place)));
  return views.map((view, place) => [cell(numbers, "result_id", place),
    Object.fromEntries([...view.body[0].querySelectorAll("div")].map((fact) => [...fact.children].map((of) => of.textContent)))]);
}"""
REASONED = """
async () => {
  const definitions = await unpack("definitions");
  const found = [];
  for (const arm of armsWithCases()) {
    const cases = await unpack(`cases-${arm}`);
    for (let place = 0; place < cases.rows; place += 1) {
      const data = await unpack(`cases-${arm}-${Math.floor(place / cases.chunk)}`);
      for (const { definition, states, verdict } of rowsOf(data.verdicts, place)) {
        const known = definitions.find((one) => one.name === definition);
        if (known && states !== null) found.push([arm, definition, verdict, reasoned(known, states).value]);
      }
    }
  }
  return found;
}"""


def _results(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["result_id"]: row for row in pl.read_parquet(folder / "results.parquet").iter_rows(named=True)}


def test_every_number_that_the_browser_shows_is_that_of_the_results_beside_the_page(look: Any, out: Path) -> None:
    beside = _results(out)
    with look() as tab:
        shown = tab.evaluate(SHOWN)
    assert len(shown) > 500
    for result_id, fields, text in shown:
        row = beside[result_id]
        if text in (HIDDEN, DASH):
            assert row["suppressed"] if text == HIDDEN else row[fields[0]] is None
            continue
        for name, (value, half_a_digit) in zip(fields, numbers_in(text), strict=True):
            assert value == pytest.approx(row[name] * (100 if is_percent(row, name) else 1), abs=half_a_digit * 1.001), result_id


def test_every_panel_tells_its_number_exactly(look: Any, out: Path) -> None:
    beside = _results(out)
    with look() as tab:
        panels = tab.evaluate(PANELS)
    assert len(panels) > 500
    for result_id, facts in panels:
        row = beside[result_id]
        if row["suppressed"]:
            assert facts["estimate"] == HIDDEN
        elif row["estimate"] is not None:
            assert float(facts["estimate"]) == row["estimate"]
        else:
            assert facts["estimate"] == f"undefined: {row['undefined_reason']}"
        assert facts["unit"] == row["unit"]


def test_the_list_behind_a_number_is_as_long_as_it_counts(look: Any, written: Page, with_cases: int) -> None:
    counted = written.numbers[with_cases]["numerator"]
    with look() as tab:
        open_number(tab, with_cases)
        assert tab.locator("dialog caption").inner_text().endswith(f": {counted:,}")
        assert tab.locator("dialog tbody tr").count() == min(counted, 100)
        assert "nms-pv explain" in tab.locator("dialog .command code").inner_text()


def test_the_reasoning_of_every_case_ends_where_its_verdict_does(look: Any) -> None:
    with look() as tab:
        found = tab.evaluate(REASONED)
    assert {arm for arm, *_ in found} == {"reports", "cohort"}
    assert {verdict for _, _, verdict, _ in found} == set(VERDICT_OF.values())
    assert [row for row in found if VERDICT_OF[row[3]] != row[2]] == []


def test_a_case_shows_its_timeline_findings_and_raw_rows(look: Any, with_cases: int) -> None:
    with look() as tab:
        open_number(tab, with_cases)
        open_case(tab)
        assert tab.locator("dialog h3").all_inner_texts() == [
            "Timeline", "Findings", "Drug courses", "How each definition judges it", "Rows of the source",
        ]  # fmt: skip
        days = tab.locator("dialog .timeline time").all_inner_texts()
        assert days == sorted(days)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in days)
        cited = {text.split()[-1] for text in tab.locator("dialog table td:last-child").all_inner_texts()}
        rows = {text.split()[-1] for text in tab.locator("dialog > details:not(.verdict) > summary").all_inner_texts()}
        assert rows == cited


def test_a_link_opens_what_it_names_and_back_goes_back(look: Any, written: Page, with_cases: int) -> None:
    result_id = written.numbers[with_cases]["result_id"]
    with look(f"#number={quote(result_id, safe='')}") as tab:
        tab.wait_for_selector("dialog[open] td a")
        title = tab.locator("dialog h2").inner_text()
        case = tab.locator("dialog td a").first.inner_text()
        tab.locator("dialog td a").first.click()
        tab.wait_for_selector("dialog .timeline, dialog h3")
        assert tab.locator("dialog h2").inner_text() == f"Case {case}"
        tab.reload()
        tab.wait_for_selector("dialog[open] h3")
        assert tab.locator("dialog h2").inner_text() == f"Case {case}"
        tab.locator("dialog a", has_text="Back to the number").click()
        tab.wait_for_selector("dialog[open] td a")
        assert tab.locator("dialog h2").inner_text() == title
        tab.go_back()
        tab.wait_for_selector("dialog[open] h3")
        tab.keyboard.press("Escape")
        assert tab.locator("dialog[open]").count() == 0
        assert tab.evaluate("Number(document.activeElement.dataset.n)") == with_cases


@pytest.mark.parametrize(("hash_", "title"), [("#number=no/such", "No such number"), ("#case=no:such", "No such case")])
def test_a_link_to_what_is_not_there_says_so(look: Any, hash_: str, title: str) -> None:
    with look(hash_) as tab:
        tab.wait_for_selector("dialog[open]")
        assert tab.locator("dialog h2").inner_text() == title


def test_a_link_to_a_table_shows_it_as_it_was(look: Any) -> None:
    with look() as tab:
        table = tab.locator("main input[data-for]").first.get_attribute("data-for")
        tab.locator(f"#{table}").evaluate("element => reveal(element.closest('.scroll'))")
        tab.locator(f"#{table} button.sort").last.click()
        tab.locator(f"input[data-for={table!r}]").fill("a")
        rows = tab.locator(f"#{table} tbody tr:visible").all_inner_texts()
        address = tab.url
        tab.goto("about:blank")
        tab.goto(address)
        assert tab.locator(f"#{table} tbody tr:visible").all_inner_texts() == rows
        assert tab.locator(f"#{table}").evaluate("table => Math.abs(table.getBoundingClientRect().top) < innerHeight")
        assert tab.locator(f"input[data-for={table!r}]").input_value() == "a"
        tab.locator(f"input[data-for={table!r}]").fill("")
        assert tab.locator(f"#{table} tbody tr:visible").count() == tab.locator(f"#{table} tbody tr").count()


def test_data_that_is_too_large_for_the_page_is_read_beside_it(
    browser: Any, out: Path, with_cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_report, "LARGEST_PAGE", 0)
    framed, blocks = without_data((out / "index.html").read_text(encoding="utf-8"))
    split = page_of_report.with_data(framed, blocks.items())
    assert set(split.beside) == set(blocks) - {"numbers"}
    (tmp_path / "cases").mkdir()
    for name, text in split.beside.items():
        (tmp_path / "cases" / f"{name}.js").write_text(text, encoding="utf-8")
    (tmp_path / "index.html").write_text(split.html, encoding="utf-8")
    with opened(browser, tmp_path / "index.html") as tab:
        open_number(tab, with_cases)
        open_case(tab)
        assert {kind for kind, _ in tab.said} == {"request"}
        assert all(url.startswith(tmp_path.as_uri()) for _, url in tab.said)
    for path in (tmp_path / "cases").iterdir():
        path.unlink()
    with opened(browser, tmp_path / "index.html") as tab:
        open_number(tab, with_cases)
        assert "The folder cases" in tab.locator("dialog").inner_text()


def test_a_build_to_share_has_numbers_and_no_cases(browser: Any, shareable: Path, out: Path) -> None:
    with opened(browser, out / "index.html") as tab:
        case = tab.evaluate("unpack('cases-cohort').then((cases) => cell(cases, 'subject_id', 0))")
    with opened(browser, shareable / "index.html", f"#case={quote(case, safe='')}") as tab:
        tab.wait_for_selector("dialog[open]")
        assert tab.locator("dialog h2").inner_text() == "No such case"
        tab.keyboard.press("Escape")
        open_number(tab, 0)
        assert "holds no cases" in tab.locator("dialog").inner_text()
        assert tab.locator("dialog td a").count() == 0
        assert [kind for kind, _ in tab.said] == ["request"]
