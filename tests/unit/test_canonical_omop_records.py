"""Measurements, conditions and procedures; parts; and the same bytes each run."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from nms_pv.canonical.omop import parts
from nms_pv.canonical.omop.write import write_cohort
from tests.lib.cdm_rows import (
    EXPOSURE,
    canonical,
    day,
    issues_by_reason,
    left_by_reason,
    people,
    study,
    vocabulary,
    write_sources,
)

CK, TEMPERATURE, FAHRENHEIT, UNITS_PER_LITRE = 30, 31, 40, 41


def measurement(
    value: float | None, unit: str | None = None, unit_concept: int | None = None, concept: int = TEMPERATURE, **more: object
) -> dict[str, object]:
    return {
        "person_id": 1,
        "measurement_date": day("2010-01-01"),
        "measurement_concept_id": concept,
        "value_as_number": value,
        "unit_source_value": unit,
        "unit_concept_id": unit_concept,
    } | more


def measured(out: Path, *columns: str) -> list[tuple[object, ...]]:
    return pl.read_parquet(out / "measurements" / "persons-0001.parquet").select(columns).rows()


@pytest.mark.parametrize(
    ("record", "value", "unit"),
    [
        (measurement(38.5, "Cel"), 38.5, "Cel"),
        (measurement(38.5, " cel "), 38.5, "Cel"),
        (measurement(100.4, "[DEGF]"), 38.0, "Cel"),
        (measurement(100.4, "nonsense", FAHRENHEIT), 38.0, "Cel"),
        (measurement(101, "[degF]", unit_concept=0), 38.333333, "Cel"),
        (measurement(2.5, "ukat/L", concept=CK), 150.0, "U/L"),
        (measurement(1_000_000, unit_concept=UNITS_PER_LITRE, concept=CK), 1_000_000.0, "U/L"),
    ],
)
def test_values_are_converted_to_the_unit_of_the_set(tmp_path: Path, record: dict[str, object], value: float, unit: str) -> None:
    out = canonical(tmp_path, {"measurement": [record]})
    assert measured(out, "value", "unit") == [(value, unit)]
    assert issues_by_reason(out) == {}


def test_values_that_are_not_believed_leave_and_are_counted(tmp_path: Path) -> None:
    records = [
        measurement(None, "Cel"),
        measurement(None),
        measurement(38.5),
        measurement(38.5, "Kelvin-ish"),
        measurement(101, "Cel"),
        measurement(24.9, "Cel"),
        measurement(37.0, "Cel"),
        measurement(37.0, "Cel", concept=23),
    ]
    out = canonical(tmp_path, {"measurement": records})
    assert measured(out, "measurement_id") == [(7,)]
    assert {reason: n for (table, reason), n in left_by_reason(out).items() if table == "measurement"} == {
        "not_in_a_listed_set": 1,
        "no_value": 2,
        "unit_not_listed": 2,
        "beyond_believed_range": 2,
        "kept": 0,
    }
    assert issues_by_reason(out) == {
        ("value_as_number", "unit_not_listed"): (2, "38.5 "),
        ("value_as_number", "beyond_believed_range"): (2, "101.0 Cel"),
    }


@pytest.mark.parametrize(("range_high", "believed"), [(3.0, 180.0), (0.0, None), (None, None), (1e9, None)])
def test_the_upper_limit_is_converted_too(tmp_path: Path, range_high: float | None, believed: float | None) -> None:
    out = canonical(tmp_path, {"measurement": [measurement(20, "ukat/L", concept=CK, range_high=range_high)]})
    assert measured(out, "value", "range_high") == [(1200.0, believed)]
    assert (("range_high", "beyond_believed_range") in issues_by_reason(out)) == (range_high is not None and believed is None)


@pytest.mark.parametrize(
    ("recorded", "occasion"),
    [
        ("2010-01-01T08:30:00", "2010-01-01T08:30:00"),
        ("2010-01-01T00:00:00", "2010-01-01"),
        ("2010-01-01 00:00:00.000", "2010-01-01"),
        (None, "2010-01-01"),
    ],
)
def test_an_occasion_is_a_time_or_a_day_without_time(tmp_path: Path, recorded: str | None, occasion: str) -> None:
    out = canonical(tmp_path, {"measurement": [measurement(38, "Cel", measurement_datetime=recorded)]})
    assert measured(out, "occasion", "term") == [(occasion, "Body temperature")]


@pytest.mark.parametrize(
    ("end", "last_day", "issues"),
    [
        ("2010-01-05", "2010-01-05", {}),
        (None, "2010-01-01", {}),
        ("2009-12-31", "2010-01-01", {("condition_end_date", "end_before_start"): (1, "2009-12-31")}),
    ],
)
def test_the_days_of_a_condition(
    tmp_path: Path, end: str | None, last_day: str, issues: dict[tuple[str, str], tuple[int, str]]
) -> None:
    record = {"person_id": 1, "condition_concept_id": 21, "condition_start_date": day("2010-01-01")}
    record["condition_end_date"] = None if end is None else day(end)
    out = canonical(tmp_path, {"condition_occurrence": [record]})
    row = pl.read_parquet(out / "conditions" / "persons-0001.parquet").row(0, named=True)
    assert (row["start_day"], row["end_day"], row["source_id"]) == (day("2010-01-01"), day(last_day), "omop:condition_occurrence")
    assert issues_by_reason(out) == issues


def test_procedures(tmp_path: Path) -> None:
    records = [
        {"person_id": 1, "procedure_concept_id": 50, "procedure_date": day("2010-01-01")},
        {"person_id": 1, "procedure_concept_id": 0, "procedure_source_value": "90870", "procedure_date": day("2010-01-02")},
        {"person_id": 1, "procedure_concept_id": 23, "procedure_date": day("2010-01-02")},
    ]
    out = canonical(tmp_path, {"procedure_occurrence": records})
    rows = pl.read_parquet(out / "procedures" / "persons-0001.parquet")
    assert rows.select("concept_set", "day", "term", pl.col("coding_method").cast(pl.String)).rows() == [
        ("electroconvulsive_therapy", day("2010-01-01"), "Electroconvulsive therapy", "concept"),
        ("electroconvulsive_therapy", day("2010-01-02"), "90870", "source_code"),
    ]


def test_every_table_of_a_person_lies_in_the_part_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PERSONS_OF_A_PART", 2)
    exposures = [
        {"person_id": person, "drug_concept_id": 1, "drug_exposure_start_date": day("2010-01-01")}
        for person in (-3, 1, 2, 3, 4, 5, 99)
    ]
    tables = vocabulary() | people(1, 2, 3, 4, 5) | {"drug_exposure": exposures}
    sources, out = write_sources(tmp_path / "sources", tables), tmp_path / "out"
    (out / "persons").mkdir(parents=True)
    (out / "persons" / "persons-0009.parquet").touch()
    write_cohort(sources, out, study(), EXPOSURE)
    names = ["persons-0001.parquet", "persons-0002.parquet", "persons-0003.parquet"]
    for folder, of_persons in (("persons", [[1, 2], [3, 4], [5]]), ("drug_exposures", [[1, 2], [3, 4], [5]])):
        assert sorted(path.name for path in (out / folder).iterdir()) == names
        assert [pl.read_parquet(out / folder / name)["person_id"].to_list() for name in names] == of_persons
    assert pl.read_csv(out / "attrition.csv").filter(pl.col("reason") == "person_unknown", pl.col("n_left") > 0)[
        "scope", "n_left"
    ].rows() == [("persons-0001:drug_exposure", 1), ("persons-0003:drug_exposure", 1)]


def test_the_same_bytes_each_run(tmp_path: Path) -> None:
    tables = {
        "condition_occurrence": [
            {"person_id": 1, "condition_concept_id": 21 + n % 2, "condition_start_date": day("2010-01-01") + n}
            for n in range(500)
        ],
        "drug_exposure": [
            {"person_id": 1, "drug_concept_id": 1 + n % 6, "drug_exposure_start_date": day("2010-01-01") + n} for n in range(500)
        ],
    }
    digests = []
    for run in ("first", "second"):
        out = canonical(tmp_path / run, tables)
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.rglob("*.*"))])
    assert digests[0] == digests[1]
