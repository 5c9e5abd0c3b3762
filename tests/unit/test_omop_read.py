"""Rows of a snapshot: kept with declared types, or in quarantine with every reason; cells that are not believed are counted."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from nms_pv.sources.omop.read import write_cohort_sources
from nms_pv.sources.omop.source import CdmError
from nms_pv.sources.omop.stream import Stream
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cdm import CDM_TABLES, DEATH, SNAPSHOT
from nms_pv.tables.contract import ContractError
from nms_pv.tables.snapshot import read_snapshot_record, write_snapshot_record
from nms_pv.tables.sources import QUARANTINE

FACTS: dict[str, str | None] = {"format": "simulated", "origin": "simulator", "retrieved": None}
Row = Mapping[str, object]


def write_snapshot(folder: Path, **tables: pl.DataFrame) -> Path:
    """A snapshot with these tables; all others are empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in CDM_TABLES.items():
        tables.get(name, table.empty().drop("source_line")).write_parquet(folder / f"{name}.parquet")
    write_snapshot_record(folder, dict.fromkeys(CDM_TABLES, FACTS))
    return folder


def read(tmp_path: Path, **tables: pl.DataFrame) -> Path:
    out = tmp_path / "cohort"
    write_cohort_sources(write_snapshot(tmp_path / "snapshot", **tables), out)
    return out


def kept(out: Path, name: str) -> list[dict[str, object]]:
    return CDM_TABLES[name].scan(out / f"{name}.parquet").collect().to_dicts()


def rejected(out: Path) -> dict[int, str]:
    return dict(QUARANTINE.scan(out / "quarantine.parquet").select("source_line", "reasons").collect().iter_rows())


def issues(out: Path) -> dict[tuple[str, str], tuple[int, str]]:
    rows = VALUE_ISSUES.scan(out / "value_issues.parquet").select("column", "reason", "values", "example").collect()
    return {(column, reason): (values, example) for column, reason, values, example in rows.iter_rows()}


def persons(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns, strict=False)


def drugs(start: pl.Series, end: pl.Series | None = None, **more: pl.Series) -> pl.DataFrame:
    """Drug exposures that differ in their dates."""
    count = len(start)
    return pl.DataFrame(
        {
            "drug_exposure_id": range(1, count + 1),
            "person_id": [1] * count,
            "drug_exposure_start_date": start,
            "drug_exposure_end_date": end if end is not None else pl.Series([None] * count, dtype=pl.Date),
            **more,
        }
    )


def days(*dates: date) -> list[int]:
    return [(day - date(1970, 1, 1)).days for day in dates]


JAN = date(2020, 1, 31)


@pytest.mark.parametrize(
    "received",
    [
        pl.Series([JAN]),
        pl.Series([datetime.combine(JAN, datetime.max.time())]),
        pl.Series([datetime(2020, 1, 31, 23, 59, tzinfo=UTC)]),
        pl.Series(["2020-01-31"]),
        pl.Series([" 2020-01-31\t"]),
        pl.Series(["2020-01-31 23:59:59.5"]),
        pl.Series(["2020-01-31T00:00:00Z"]),
        pl.Series(["20200131"]),
        pl.Series([20200131]),
        pl.Series([20200131.0]),
    ],
)
def test_a_date_is_understood_in_every_form(tmp_path: Path, received: pl.Series) -> None:
    (row,) = kept(read(tmp_path, drug_exposure=drugs(received, received)), "drug_exposure")
    assert [row["drug_exposure_start_date"], row["drug_exposure_end_date"]] == days(JAN, JAN)


@pytest.mark.parametrize("text", ["31/01/2020", "2020-02-30", "20200231", "2020", "2020-1-31", "unknown", "2020-01-31x", "５"])
def test_what_is_no_date_is_not_guessed(tmp_path: Path, text: str) -> None:
    start = pl.Series([text, "2020-01-31"])
    out = read(tmp_path, drug_exposure=drugs(start, pl.Series([None, text])))
    assert rejected(out) == {1: "drug_exposure_start_date_not_a_date"}
    (row,) = kept(out, "drug_exposure")
    assert row["drug_exposure_end_date"] is None
    assert issues(out) == {("drug_exposure_end_date", "not_a_date"): (1, text)}


def test_dates_that_are_placeholders_are_not_believed(tmp_path: Path) -> None:
    edge = [date(1900, 12, 31), date(1901, 1, 1), date(2099, 12, 31), date(2100, 1, 1)]
    out = read(tmp_path, drug_exposure=drugs(pl.Series([*edge, JAN, JAN]), pl.Series([None] * 4 + [edge[0], edge[3]])))
    assert rejected(out) == {1: "drug_exposure_start_date_before_1901", 4: "drug_exposure_start_date_after_2099"}
    assert [row["drug_exposure_start_date"] for row in kept(out, "drug_exposure")] == days(edge[1], edge[2], JAN, JAN)
    assert issues(out) == {
        ("drug_exposure_end_date", "after_2099"): (1, "2100-01-01"),
        ("drug_exposure_end_date", "before_1901"): (1, "1900-12-31"),
    }


@pytest.mark.parametrize(
    "received",
    [
        pl.Series([8507], dtype=pl.Int16),
        pl.Series([8507.0]),
        pl.Series(["8507"]),
        pl.Series([" 8507.0 "]),
        pl.Series(["8507.00"]).cast(pl.Decimal(10, 2)),
    ],
)
def test_a_number_is_understood_in_every_form(tmp_path: Path, received: pl.Series) -> None:
    out = read(tmp_path, person=pl.DataFrame({"person_id": received, "gender_concept_id": received}))
    (row,) = kept(out, "person")
    assert (row["person_id"], row["gender_concept_id"]) == (8507, 8507)


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (pl.Series(["x"]), "not_a_number"),
        (pl.Series(["1.5"]), "not_a_number"),
        (pl.Series([1.5]), "not_a_number"),
        (pl.Series([JAN]), "not_a_number"),
        (pl.Series([float("inf")]), "not_a_number"),
        (pl.Series(["99999999999999999999"]), "not_a_number"),
        (pl.Series([99999999999]), "out_of_range"),
        (pl.Series(["0"]), "out_of_range"),
        (pl.Series([13]), "out_of_range"),
    ],
)
def test_what_is_no_such_number_is_emptied_and_counted(tmp_path: Path, received: pl.Series, reason: str) -> None:
    out = read(tmp_path, person=pl.DataFrame({"person_id": [1], "month_of_birth": received}))
    (row,) = kept(out, "person")
    assert row["month_of_birth"] is None
    assert issues(out) == {("month_of_birth", reason): (1, str(received[0]))}


@pytest.mark.parametrize("empty", [pl.Series([None], dtype=pl.Null), pl.Series(["  "]), pl.Series([float("nan")])])
def test_an_empty_cell_is_no_fault_unless_it_is_required(tmp_path: Path, empty: pl.Series) -> None:
    out = read(tmp_path, person=pl.DataFrame({"person_id": [1], "year_of_birth": empty}))
    assert kept(out, "person")[0]["year_of_birth"] is None
    assert not issues(out)
    out = read(tmp_path / "key", person=pl.DataFrame({"person_id": empty, "year_of_birth": [1950]}))
    assert rejected(out) == {1: "person_id_missing"}


def measurements(**columns: list[object]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame(
        {"measurement_id": range(1, height + 1), "person_id": [1] * height, "measurement_date": [JAN] * height, **columns},
        strict=False,
    )


@pytest.mark.parametrize(
    ("received", "value"),
    [
        ("2020-01-31 08:30:05.25", "2020-01-31T08:30:05"),
        ("2020-01-31T08:30", "2020-01-31T08:30:00"),
        ("2020-01-31T08:30:00Z", "2020-01-31T08:30:00"),
        ("2020-01-31 08:30:00+01:00", "2020-01-31T08:30:00"),
        ("2020-01-31 00:00:00", "2020-01-31T00:00:00"),
        (datetime.combine(JAN, datetime.min.time()), "2020-01-31T00:00:00"),
        (datetime(2020, 1, 31, 8, 30, tzinfo=UTC), "2020-01-31T08:30:00"),
        ("2020-01-31", None),
        ("20200131", None),
        (JAN, None),
    ],
)
def test_a_time_is_written_in_one_form(tmp_path: Path, received: object, value: str | None) -> None:
    out = read(tmp_path, measurement=measurements(measurement_datetime=[received]))
    assert kept(out, "measurement")[0]["measurement_datetime"] == value
    assert not issues(out)


def test_what_is_no_time_or_not_believed_is_counted(tmp_path: Path) -> None:
    out = read(tmp_path, measurement=measurements(measurement_datetime=["08:30:00", "1899-12-31 08:00:00", "2020-01-31 25:00"]))
    assert issues(out) == {
        ("measurement_datetime", "before_1901"): (1, "1899-12-31 08:00:00"),
        ("measurement_datetime", "not_a_time"): (2, "08:30:00"),
    }


def test_values_are_finite_numbers(tmp_path: Path) -> None:
    received = ["1e3", " -2.5 ", "NaN", "inf", "<5", "", None]
    out = read(tmp_path, measurement=measurements(value_as_number=received))
    assert [row["value_as_number"] for row in kept(out, "measurement")] == [1000.0, -2.5] + [None] * 5
    assert issues(out) == {("value_as_number", "not_a_number"): (3, "<5")}


def test_text_stands_as_it_was_and_codes_stored_as_numbers_have_no_point(tmp_path: Path) -> None:
    out = read(tmp_path, measurement=measurements(measurement_source_value=[" CK, total ", "  "], unit_source_value=[1.5, 2.0]))
    rows = kept(out, "measurement")
    assert [row["measurement_source_value"] for row in rows] == [" CK, total ", None]
    assert [row["unit_source_value"] for row in rows] == ["1.5", "2"]
    out = read(tmp_path / "n", measurement=measurements(measurement_source_value=[428191000124101]))
    assert kept(out, "measurement")[0]["measurement_source_value"] == "428191000124101"


def test_all_reasons_stand_beside_the_raw_row(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "observation_period_id": ["1", "x", "3"],
            "person_id": ["1", None, '4"'],
            "observation_period_start_date": ["2020-01-01", "soon, maybe", "2020-01-01"],
            "observation_period_end_date": ["2020-12-31", "9999-12-31", "2020-12-31"],
        }
    )
    out = read(tmp_path, observation_period=frame.sort(pl.col("observation_period_id").cast(pl.Int64, strict=False)))
    assert QUARANTINE.scan(out / "quarantine.parquet").collect().rows() == [
        (
            "omop:observation_period",
            1,
            'x,,"soon, maybe",9999-12-31',
            "observation_period_id_not_a_number;person_id_missing;observation_period_start_date_not_a_date;"
            "observation_period_end_date_after_2099",
        ),
        ("omop:observation_period", 3, '3,"4""",2020-01-01,2020-12-31', "person_id_not_a_number"),
    ]
    assert [row["source_line"] for row in kept(out, "observation_period")] == [2]


def test_of_repeated_keys_the_first_good_row_is_kept(tmp_path: Path) -> None:
    frame = pl.DataFrame({"person_id": [1, 1, 2, 2, 2, 3], "year_of_birth": [1950, 1951, 1960, 1961, 1962, 1970]})
    out = read(tmp_path, person=frame)
    assert [(row["source_line"], row["year_of_birth"]) for row in kept(out, "person")] == [(1, 1950), (3, 1960), (6, 1970)]
    assert rejected(out) == dict.fromkeys((2, 4, 5), "key_repeated")
    pairs = {
        "concept_id_1": [1, 1, 1, 2],
        "concept_id_2": [2, 2, 2, 1],
        "relationship_id": ["Is a", "Maps to", "Maps to", "Is a"],
    }
    out = read(tmp_path / "pairs", concept_relationship=pl.DataFrame(pairs))
    assert rejected(out) == {3: "key_repeated"}


def test_a_row_in_quarantine_takes_no_key(tmp_path: Path) -> None:
    frame = drugs(pl.Series(["soon", "2020-01-31"])).with_columns(pl.lit(1).alias("drug_exposure_id"))
    out = read(tmp_path, drug_exposure=frame)
    assert rejected(out) == {1: "drug_exposure_start_date_not_a_date"}
    assert len(kept(out, "drug_exposure")) == 1


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_header_that_was_taken_for_a_row_is_recognised(tmp_path: Path, case: object) -> None:
    header = {name: [case(name)] for name in ("person_id", "death_date")}  # type: ignore[operator]
    out = read(tmp_path, death=pl.DataFrame(header))
    assert rejected(out) == {1: "header_as_row"}
    attrition = pl.read_csv(out / "attrition.csv").filter(pl.col("scope") == "death")
    assert attrition.select("reason", "n_in", "n_left").rows() == [("header_as_row", 1, 1), ("kept", 0, 0)]


def test_a_row_of_nothing_is_no_header(tmp_path: Path) -> None:
    out = read(
        tmp_path, death=pl.DataFrame({"person_id": [None], "death_date": [None]}, schema_overrides={"person_id": pl.String})
    )
    assert rejected(out) == {1: "person_id_missing;death_date_missing"}


def test_deaths_of_one_person_may_be_recorded_twice(tmp_path: Path) -> None:
    out = read(tmp_path, death=pl.DataFrame({"person_id": [1, 1], "death_date": [JAN, JAN]}))
    assert [row["source_line"] for row in kept(out, "death")] == [1, 2]


def test_batches_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [1, 1, 2, 3, 3, 3, 4, 5, 5, 6]
    frame = pl.DataFrame({"person_id": ids, "year_of_birth": ["1950", "x", "1960", "y", "1961", "1962", "1963", "z", "", "1964"]})
    whole = read(tmp_path / "whole", person=frame)
    monkeypatch.setattr("nms_pv.tables.snapshot.ROWS_AT_A_TIME", 3)
    pieces = read(tmp_path / "pieces", person=frame)
    for name in ("person", "quarantine", "value_issues"):
        assert pl.read_parquet(pieces / f"{name}.parquet").equals(pl.read_parquet(whole / f"{name}.parquet"))
    assert (pieces / "attrition.csv").read_bytes() == (whole / "attrition.csv").read_bytes()
    assert issues(pieces) == {("year_of_birth", "not_a_number"): (2, "y")}


def test_kept_and_quarantined_rows_are_all_rows(tmp_path: Path) -> None:
    out = read(
        tmp_path, person=pl.DataFrame({"person_id": ["1", "1", "x", None, "2"]}).sort(pl.col("person_id").is_in(["1", "2"]))
    )
    attrition = pl.read_csv(out / "attrition.csv", schema_overrides=ATTRITION.types)
    first = attrition.filter(pl.col("step") == 1).select("scope", "n_in")
    assert dict(first.iter_rows()) == {name: 5 if name == "person" else 0 for name in CDM_TABLES}
    assert set(attrition["unit"]) == {"row"}
    last = attrition.filter((pl.col("reason") == "kept") & (pl.col("scope") == "person"))["n_kept"].item()
    assert last + len(rejected(out)) == 5


def test_without_a_snapshot_every_table_is_there_and_empty(tmp_path: Path) -> None:
    write_cohort_sources(None, tmp_path)
    for name, table in CDM_TABLES.items():
        assert table.scan(tmp_path / f"{name}.parquet").collect().is_empty()
    for table, name in ((SNAPSHOT, "snapshot"), (QUARANTINE, "quarantine"), (VALUE_ISSUES, "value_issues")):
        assert table.scan(tmp_path / f"{name}.parquet").collect().is_empty()
    assert set(pl.read_csv(tmp_path / "attrition.csv")["reason"]) == {"kept"}
    assert len(list(tmp_path.iterdir())) == len(CDM_TABLES) + 4


def test_the_record_of_the_snapshot_goes_on(tmp_path: Path) -> None:
    out = read(tmp_path, death=pl.DataFrame({"person_id": [1], "death_date": [JAN]}))
    record = SNAPSHOT.scan(out / "snapshot.parquet").collect()
    assert record.equals(read_snapshot_record(tmp_path / "snapshot"))
    assert record.filter(pl.col("table") == "death")["rows"].item() == 1


def refused(snapshot: Path, out: Path, said: str) -> None:
    with pytest.raises((CdmError, ContractError), match=said):
        write_cohort_sources(snapshot, out)
    assert not list(out.glob("*"))


def test_a_snapshot_that_is_not_as_registered_is_refused(tmp_path: Path) -> None:
    folder, out = write_snapshot(tmp_path / "s"), tmp_path / "out"
    pl.DataFrame({"person_id": [1]}).write_parquet(folder / "person.parquet")
    (folder / "death.parquet").unlink()
    refused(folder, out, "person.parquet is not the file that was registered.*death.parquet is absent.*dvc checkout")


def test_a_snapshot_without_a_needed_column_or_with_another_is_refused(tmp_path: Path) -> None:
    folder = write_snapshot(tmp_path / "s", death=pl.DataFrame({"person_id": [1], "cause": ["x"]}))
    refused(folder, tmp_path / "out", "death.parquet has no column death_date; death.parquet has column cause, which is not read")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no .*snapshot.json"),
        ("{", "cannot be read as the record of a snapshot"),
        ("[1]", "cannot be read as the record|undeclared"),
        ("[]", "missing columns"),
        ('{"rows": 1}', "cannot be read as the record|undeclared"),
    ],
)
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    folder = write_snapshot(tmp_path / "s")
    (folder / "snapshot.json").unlink()
    if text is not None:
        (folder / "snapshot.json").write_text(text)
    refused(folder, tmp_path / "out", said)


def test_a_record_of_unknown_tables_or_formats_is_not_written(tmp_path: Path) -> None:
    pl.DataFrame({"person_id": [1]}).write_parquet(tmp_path / "person.parquet")
    with pytest.raises(ContractError, match="cost.*allowed are"):
        write_snapshot_record(tmp_path, {"cost": FACTS})
    with pytest.raises(ContractError, match="not of the declared type or set"):
        write_snapshot_record(tmp_path, {"person": FACTS | {"format": "excel"}})
    write_snapshot_record(tmp_path, {"person": FACTS})
    assert json.loads((tmp_path / "snapshot.json").read_text())[0]["cdm_version"] is None


def test_rows_that_are_not_in_order_are_refused(tmp_path: Path) -> None:
    folder = write_snapshot(tmp_path / "s", person=pl.DataFrame({"person_id": [1, 3, 2]}))
    with pytest.raises(CdmError, match="person.parquet in the snapshot are not in order of person_id"):
        write_cohort_sources(folder, tmp_path / "out")
    assert not (tmp_path / "out/person.parquet").exists()
    assert not list((tmp_path / "out").glob("*.partial"))


def test_a_stream_refuses_rows_that_come_too_late(tmp_path: Path) -> None:
    rows = pl.DataFrame({"person_id": [1], "death_date": [0], "source_line": [2]})
    with Stream(DEATH, tmp_path / "death.parquet") as death:
        death.add(rows)
        death.add(rows.clear())
        with pytest.raises(ContractError, match="not in order of"):
            death.add(rows)
    assert DEATH.scan(tmp_path / "death.parquet").collect().height == death.rows == 1
