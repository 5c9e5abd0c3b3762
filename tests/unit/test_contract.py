"""A table is written only as it is declared, wholly or not at all."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.tables import cdm, cohort, person_time
from nms_pv.tables.attrition import ATTRITION, steps, write_attrition
from nms_pv.tables.catalog import TABLES
from nms_pv.tables.contract import ContractError, Table, replacing
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import VERDICTS

ROW = {
    "subject_id": "faers:1",
    "definition": "pt_only",
    "verdict": "met",
    "points_low": None,
    "points_high": None,
    "met": "nms_diagnosis",
    "failed": "",
    "missing": "",
    "states": 1,
}


def frame(*changes: dict[str, object]) -> pl.DataFrame:
    schema = {"points_low": pl.Int32, "points_high": pl.Int32, "states": pl.UInt64}
    return pl.DataFrame([{**ROW, **change} for change in changes], schema_overrides=schema)


def test_rows_are_written_in_key_order_with_declared_types(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.parquet"
    VERDICTS.write(frame({"subject_id": "faers:2"}, {}), path)
    found = VERDICTS.scan(path).collect()
    assert found["subject_id"].to_list() == ["faers:1", "faers:2"]
    assert dict(found.schema) == VERDICTS.types


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (frame({}).with_columns(pl.lit(1).alias("oops")), "undeclared columns ['oops']"),
        (frame({}).drop("verdict"), "missing columns ['verdict']"),
        (frame({"verdict": "perhaps"}), "perhaps"),
        (frame({}, {}), "primary_key: 2 row(s)"),
        (frame({"points_low": -1}), "points_low|min: 1 row(s)"),
        (frame({"met": None}), "met|nullability: 1 row(s)"),
    ],
    ids=["undeclared", "missing", "not in the set", "same key", "beyond a limit", "empty"],
)
def test_what_does_not_fit_is_named_and_nothing_is_written(tmp_path: Path, bad: pl.DataFrame, said: str) -> None:
    with pytest.raises(ContractError) as error:
        VERDICTS.write(bad, tmp_path / "verdicts.parquet")
    assert said in str(error.value)
    assert "labels/verdicts" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_shape_is_refused_when_it_is_read(tmp_path: Path) -> None:
    frame({}).drop("verdict").write_parquet(tmp_path / "verdicts.parquet")
    with pytest.raises(ContractError, match="verdict"):
        VERDICTS.scan(tmp_path / "verdicts.parquet")
    with pytest.raises(ContractError, match="dvc repro"):
        VERDICTS.scan(tmp_path / "absent.parquet")


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(RuntimeError), replacing(path) as partial:
        partial.write_text("half", encoding="utf-8")
        raise RuntimeError
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("a.txt", "before")]


def test_attrition_adds_up(tmp_path: Path) -> None:
    rows = steps("sources", "2024Q1:DRUG", "record", 10, {"glued_records_split": -1, "quarantined": 4})
    assert rows.select("reason", "n_in", "n_left", "n_kept").rows() == [
        ("glued_records_split", 10, -1, 11),
        ("quarantined", 11, 4, 7),
        ("kept", 7, 0, 7),
    ]
    write_attrition([rows], tmp_path / "attrition.csv")
    assert pl.read_csv(tmp_path / "attrition.csv").columns == list(ATTRITION.types)


COHORT = [t for module in (cdm, cohort, person_time) for t in vars(module).values() if isinstance(t, Table)] + [EPISODES]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_table_says_what_it_is(table: Table) -> None:
    assert table.grain
    assert table.key
    assert all(column.description for column in table.schema.columns().values())
    dated = [name for name in table.types if name.endswith("_day") or name == "day"]
    # Dates of a common data model are days, so that its tables need no precision.
    assert table in COHORT or all(f"{name}_precision" in table.types for name in dated)
    assert table.check(table.empty()).is_empty()
