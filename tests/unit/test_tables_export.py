from pathlib import Path

import polars as pl
import pytest

from nms_pv.tables.export import neutralised, write_csv


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x","y")'])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert neutralised(pl.DataFrame({"group": [cell]})).item() == "'" + cell


@pytest.mark.parametrize("cell", ["haloperidol", "a=b", "year=2024", "", None])
def test_other_text_stays_as_it_is(cell: str | None) -> None:
    assert neutralised(pl.DataFrame({"group": [cell]}, schema={"group": pl.String})).item() == cell


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    write_csv(pl.DataFrame({"group": ["=x"], "estimate": [-1.5], "low": [None]}), tmp_path / "results.csv")
    assert (tmp_path / "results.csv").read_text(encoding="utf-8") == "group,estimate,low\n'=x,-1.5,\n"
    assert [path.name for path in tmp_path.iterdir()] == ["results.csv"]
