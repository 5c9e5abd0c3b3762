"""The address of a number, and the version of the data behind it."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.rows import data_version, literature_version, result_rows, write_results
from nms_pv.tables.measures import MEASURE, QUESTION_OF, RESULTS
from nms_pv.tables.sources import FILES
from tests.lib.declared_rows import rows
from tests.lib.small_study import VERSION

FRAME = pl.DataFrame(
    {
        "definition": ["pt_only", "pt_only"],
        "group_kind": ["generation", "generation"],
        "group": ["FGA", "SGA"],
        "reference": ["other antipsychotics", None],
        "stratum": [None, "age=0-19"],
        "estimate": [1.5, None],
        "low": [1.0, None],
        "high": [2.0, None],
        "undefined_reason": ["not told", "no case"],
    }
)


def made() -> pl.DataFrame:
    return result_rows(FRAME, "ror", arm="reports", unit="distinct reports", method="made up", level=0.95)


def test_the_address_leaves_out_what_does_not_apply() -> None:
    assert made()["result_id"].to_list() == [
        "ror/pt_only/generation/FGA/vs other antipsychotics",
        "ror/pt_only/generation/SGA/age=0-19",
    ]


def test_a_reason_stands_only_where_there_is_no_estimate() -> None:
    assert made()["undefined_reason"].to_list() == [None, "no case"]


def test_every_measure_answers_one_question() -> None:
    assert set(QUESTION_OF) == set(MEASURE)
    assert made()["question"].unique().to_list() == ["which_drugs"]


def test_rows_are_written_with_the_version_of_their_data(tmp_path: Path) -> None:
    write_results(made(), tmp_path / "r.parquet", VERSION)
    assert RESULTS.scan(tmp_path / "r.parquet").collect()["data_version"].unique().to_list() == [VERSION]


@pytest.mark.parametrize("change", [None, "sha256", "order"])
def test_the_version_is_that_of_the_bytes_in_any_order(tmp_path: Path, change: str | None) -> None:
    plain = {"quarter": "2020Q1", "table": "DEMO", "retrieved": None}
    files = [plain | {"source_id": f"faers:{n}", "sha256": f"{n:064x}"} for n in (1, 2)]
    changed = [files[0], files[1] | {"sha256": "f" * 64}] if change == "sha256" else files[::-1] if change == "order" else files
    FILES.write(rows(FILES, *files), tmp_path / "a.parquet")
    FILES.write(rows(FILES, *changed), tmp_path / "b.parquet")
    one, other = (data_version("reports", FILES, tmp_path / name) for name in ("a.parquet", "b.parquet"))
    assert (one == other) == (change != "sha256")
    assert one.startswith("reports:")


def test_the_version_of_the_literature_is_that_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "literature.csv").write_text("study\n", encoding="utf-8")
    before = literature_version(tmp_path)
    (tmp_path / "literature.csv").write_text("study\nx\n", encoding="utf-8")
    assert before != literature_version(tmp_path)
    assert before.startswith("literature:")
