"""Persons, observation periods and deaths of a common data model."""

from pathlib import Path

import polars as pl
import pytest

from tests.lib.cdm_rows import canonical, day, issues_by_reason, left_by_reason

PERIOD = ("observation_period_start_date", "observation_period_end_date")


def period(start: str, end: str, person: int = 1) -> dict[str, object]:
    return {"person_id": person, **dict(zip(PERIOD, (day(start), day(end)), strict=True))}


def periods(out: Path) -> list[tuple[int, str, str]]:
    rows = pl.read_parquet(out / "observation_periods" / "persons-0001.parquet")
    return rows.select("person_id", pl.col("start_day", "end_day").cast(pl.Date).cast(pl.String)).rows()


def left(out: Path, table: str) -> dict[str, int]:
    return {reason: n for (of, reason), n in left_by_reason(out).items() if of == table and reason != "kept"}


@pytest.mark.parametrize(
    ("year", "month", "day_of_month", "believed", "precision"),
    [
        (1980, 3, 2, (1980, 3, 2), "day"),
        (1980, 2, 29, (1980, 2, 29), "day"),
        (1981, 2, 29, (1981, 2, 1), "month"),
        (1980, 2, 31, (1980, 2, 1), "month"),
        (1980, 3, None, (1980, 3, 1), "month"),
        (1980, None, 15, (1980, 1, 1), "year"),
        (1980, None, None, (1980, 1, 1), "year"),
        (None, 3, 2, (None, None, None), "none"),
        (1849, 3, 2, (None, None, None), "none"),
        (2100, None, None, (None, None, None), "none"),
    ],
)
def test_date_of_birth(
    tmp_path: Path,
    year: int | None,
    month: int | None,
    day_of_month: int | None,
    believed: tuple[int | None, ...],
    precision: str,
) -> None:
    person = {"person_id": 1, "year_of_birth": year, "month_of_birth": month, "day_of_birth": day_of_month}
    out = canonical(tmp_path, {"person": [person]})
    (row,) = pl.read_parquet(out / "persons" / "persons-0001.parquet").to_dicts()
    assert (row["birth_year"], row["birth_month"], row["birth_day_of_month"]) == believed
    assert row["birth_precision"] == precision


def test_birth_dates_that_are_not_believed_are_counted(tmp_path: Path) -> None:
    people = [
        {"person_id": 1, "year_of_birth": 1849},
        {"person_id": 2, "year_of_birth": 1980, "month_of_birth": 2, "day_of_birth": 31},
    ]
    seen = [period("2000-01-01", "2001-01-01", person) for person in (1, 2)]
    out = canonical(tmp_path, {"person": people, "observation_period": seen})
    assert issues_by_reason(out) == {
        ("year_of_birth", "beyond_limits"): (1, "1849"),
        ("day_of_birth", "no_such_date"): (1, "1980-2-31"),
    }


@pytest.mark.parametrize(
    ("concept", "sex"), [(8532, "female"), (8507, "male"), (8551, "unknown"), (0, "unknown"), (None, "unknown")]
)
def test_sex(tmp_path: Path, concept: int | None, sex: str) -> None:
    out = canonical(tmp_path, {"person": [{"person_id": 1, "gender_concept_id": concept}]})
    assert pl.read_parquet(out / "persons" / "persons-0001.parquet")["sex"].to_list() == [sex]


@pytest.mark.parametrize(
    ("stated", "one"),
    [
        ([("2001-01-01", "2001-06-30"), ("2001-07-01", "2001-12-31")], [("2001-01-01", "2001-12-31")]),
        ([("2001-01-01", "2001-06-30"), ("2001-03-01", "2001-12-31")], [("2001-01-01", "2001-12-31")]),
        (
            [("2001-01-01", "2001-12-31"), ("2001-02-01", "2001-03-01"), ("2001-11-01", "2002-01-05")],
            [("2001-01-01", "2002-01-05")],
        ),
        ([("2001-01-01", "2001-06-30"), ("2001-01-01", "2001-06-30")], [("2001-01-01", "2001-06-30")]),
    ],
)
def test_periods_that_overlap_or_touch_are_one(tmp_path: Path, stated: list[tuple[str, str]], one: list[tuple[str, str]]) -> None:
    out = canonical(tmp_path, {"observation_period": [period(*days) for days in stated]})
    assert periods(out) == [(1, *days) for days in one]
    assert left(out, "observation_period") == {"joined_to_an_earlier_period": len(stated) - 1}


def test_periods_a_day_apart_or_of_two_persons_stay_apart(tmp_path: Path) -> None:
    stated = [period("2001-01-01", "2001-06-30"), period("2001-07-02", "2001-12-31"), period("2001-02-01", "2001-03-01", 2)]
    out = canonical(tmp_path, {"person": [{"person_id": 1}, {"person_id": 2}], "observation_period": stated})
    assert periods(out) == [
        (1, "2001-01-01", "2001-06-30"),
        (1, "2001-07-02", "2001-12-31"),
        (2, "2001-02-01", "2001-03-01"),
    ]


def test_periods_end_with_death_and_the_others_leave_with_a_reason(tmp_path: Path) -> None:
    out = canonical(
        tmp_path,
        {
            "observation_period": [
                period("2001-01-01", "2009-12-31"),
                period("2012-01-01", "2012-12-31"),
                period("2000-05-01", "2000-04-01"),
                period("2000-01-01", "2000-12-31", person=9),
            ],
            "death": [{"person_id": 1, "death_date": day("2005-05-05")}],
        },
    )
    assert periods(out) == [(1, "2001-01-01", "2005-05-05")]
    assert left(out, "observation_period") == {"person_unknown": 1, "end_before_start": 1, "after_death": 1}


def test_the_earliest_believed_death_counts(tmp_path: Path) -> None:
    out = canonical(
        tmp_path,
        {
            "person": [{"person_id": 1, "year_of_birth": 1980}],
            "death": [
                {"person_id": 1, "death_date": day("2010-05-05")},
                {"person_id": 1, "death_date": day("2009-05-05")},
                {"person_id": 1, "death_date": day("1950-05-05")},
                {"person_id": 7, "death_date": day("2009-05-05")},
            ],
        },
    )
    assert pl.read_parquet(out / "persons" / "persons-0001.parquet")["death_day"].to_list() == [day("2009-05-05")]
    assert left(out, "death") == {"person_unknown": 1, "before_year_of_birth": 1, "not_the_earliest_of_the_person": 1}
    assert issues_by_reason(out) == {("death_date", "before_year_of_birth"): (1, "1950-05-05")}


def test_a_person_without_a_believed_period_leaves(tmp_path: Path) -> None:
    out = canonical(tmp_path, {"person": [{"person_id": 1}, {"person_id": 2}]})
    assert pl.read_parquet(out / "persons" / "persons-0001.parquet")["person_id"].to_list() == [1]
    assert left(out, "person") == {"no_believed_observation_period": 1}
