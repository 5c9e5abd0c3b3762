"""A page with many cases stays small, and leads to them all the same."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nms_pv.report.cases.embedded import blocks
from nms_pv.report.cases.of_arm import cases_of_arm
from nms_pv.report.numbers import COUNTS
from nms_pv.report.page import LARGEST_PAGE, with_data
from tests.lib.many_cases import multiplied, without_data
from tests.lib.report_browser import open_case, open_number, opened
from tests.lib.report_fixture import declared_study
from tests.lib.report_page import Page


@pytest.mark.proof
@pytest.mark.parametrize("size", [5_000, 50_000])
def test_a_page_of_many_cases_stays_small_and_leads_to_each(
    browser: Any, data: Path, out: Path, written: Page, with_cases: int, tmp_path: Path, size: int
) -> None:
    study = declared_study(build="internal")
    cases = {arm: cases_of_arm(data, arm, study.params, study.drugs, study.definitions) for arm in study.arms}
    times = -(-size // sum(of_arm.subjects.about.height for of_arm in cases.values()))
    order = pl.DataFrame({"result_id": [row["result_id"] for row in written.numbers]})
    shown = order.join(pl.read_parquet(out / "results.parquet"), on="result_id", maintain_order="left")
    many = {arm: multiplied(of_arm, times) for arm, of_arm in cases.items()}
    framed, _ = without_data((out / "index.html").read_text(encoding="utf-8"))
    page = with_data(framed, blocks(shown.with_columns(pl.col(list(COUNTS)) * times), many, study.definitions))
    assert len(page.html.encode()) <= LARGEST_PAGE
    (tmp_path / "cases").mkdir()
    (tmp_path / "index.html").write_text(page.html, encoding="utf-8")
    for name, text in page.beside.items():
        (tmp_path / "cases" / f"{name}.js").write_text(text, encoding="utf-8")
    with opened(browser, tmp_path / "index.html") as tab:
        open_number(tab, with_cases)
        counted = written.numbers[with_cases]["numerator"] * times
        assert tab.locator("dialog caption").inner_text().endswith(f": {counted:,}")
        tab.locator("dialog button", has_text="more").click()
        assert tab.locator("dialog tbody tr").count() == 200
        open_case(tab)
