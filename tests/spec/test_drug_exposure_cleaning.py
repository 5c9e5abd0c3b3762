"""Which days a drug exposure covers, as a clinician would read it."""

from pathlib import Path

import polars as pl
import pytest

from tests.lib.cdm_rows import canonical, day, issues_by_reason, left_by_reason, people

TABLET, DEPOT, COMBINATION, ASPIRIN = 2, 3, 6, 7


def exposure(
    start: str, end: str | None = None, supply: int | None = None, drug: int = TABLET, person: int = 1
) -> dict[str, object]:
    return {
        "person_id": person,
        "drug_concept_id": drug,
        "drug_exposure_start_date": day(start),
        "drug_exposure_end_date": None if end is None else day(end),
        "days_supply": supply,
    }


def covered(out: Path) -> list[tuple[str, str, str, str]]:
    rows = pl.read_parquet(out / "drug_exposures" / "persons-0001.parquet").sort("source_line")
    days = pl.col("start_day", "end_day").cast(pl.Date).cast(pl.String)
    return rows.select("ingredient", days, pl.col("end_rule").cast(pl.String)).rows()


@pytest.mark.parametrize(
    ("start", "end", "supply", "drug", "last_day", "rule"),
    [
        ("2010-01-01", "2010-01-10", None, TABLET, "2010-01-10", "reported_end"),
        ("2010-01-01", "2010-01-01", 30, TABLET, "2010-01-01", "reported_end"),
        ("2010-01-01", "2011-01-01", None, TABLET, "2011-01-01", "reported_end"),
        ("2010-01-01", "2011-01-02", None, TABLET, "2010-01-01", "one_day"),
        ("2010-01-01", "2009-12-31", 30, TABLET, "2010-01-30", "days_supply"),
        ("2010-01-01", None, 30, TABLET, "2010-01-30", "days_supply"),
        ("2010-01-01", None, 365, TABLET, "2010-12-31", "days_supply"),
        ("2010-01-01", None, 366, TABLET, "2010-01-01", "one_day"),
        ("2010-01-01", None, 0, TABLET, "2010-01-01", "one_day"),
        ("2010-01-01", None, -5, TABLET, "2010-01-01", "one_day"),
        ("2010-01-01", None, None, TABLET, "2010-01-01", "one_day"),
        # an injection that acts for 28 days, whatever the record says less
        ("2010-01-01", None, None, DEPOT, "2010-01-28", "dosing_interval"),
        ("2010-01-01", "2010-01-01", 1, DEPOT, "2010-01-28", "dosing_interval"),
        ("2010-01-01", "2010-01-28", None, DEPOT, "2010-01-28", "reported_end"),
        ("2010-01-01", None, 84, DEPOT, "2010-03-25", "days_supply"),
    ],
)
def test_the_last_day(
    tmp_path: Path, start: str, end: str | None, supply: int | None, drug: int, last_day: str, rule: str
) -> None:
    out = canonical(tmp_path, {"drug_exposure": [exposure(start, end, supply, drug)]})
    assert covered(out) == [("haloperidol", start, last_day, rule)]


def test_what_is_not_believed_is_counted_once_for_each_record(tmp_path: Path) -> None:
    out = canonical(
        tmp_path,
        {
            "drug_exposure": [
                exposure("2010-01-01", "2009-12-01", 0, COMBINATION),
                exposure("2010-01-01", "2009-12-30", -1),
                exposure("2010-01-01", "2015-01-01", 400),
            ]
        },
    )
    assert issues_by_reason(out) == {
        ("drug_exposure_end_date", "end_before_start"): (2, "2009-12-01"),
        ("drug_exposure_end_date", "end_too_late"): (1, "2015-01-01"),
        ("days_supply", "supply_not_positive"): (2, "-1"),
        ("days_supply", "supply_too_long"): (1, "400"),
    }
    assert len(covered(out)) == 4


def test_a_combination_is_an_exposure_to_each_of_its_listed_ingredients(tmp_path: Path) -> None:
    out = canonical(tmp_path, {"drug_exposure": [exposure("2010-01-01", supply=2, drug=COMBINATION)]})
    assert covered(out) == [
        ("fluoxetine", "2010-01-01", "2010-01-02", "days_supply"),
        ("olanzapine", "2010-01-01", "2010-01-02", "days_supply"),
    ]
    assert left_by_reason(out)[("drug_exposure", "further_ingredient_of_the_record")] == -1


def test_records_outside_a_life_leave_with_a_reason(tmp_path: Path) -> None:
    never_observed = {"person_id": 2, "year_of_birth": 1980}
    out = canonical(
        tmp_path,
        {
            "person": [*people(1)["person"], never_observed],
            "death": [{"person_id": 1, "death_date": day("2015-06-01")}],
            "drug_exposure": [
                exposure("2010-01-01"),
                exposure("2015-06-01"),
                exposure("1980-01-01"),
                exposure("2015-06-02"),
                exposure("1979-12-31"),
                exposure("2010-01-01", person=2),
                exposure("2010-01-01", person=3),
                exposure("2010-01-01", drug=ASPIRIN),
            ],
        },
    )
    assert [start for _, start, _, _ in covered(out)] == ["2010-01-01", "2015-06-01", "1980-01-01"]
    assert {reason: n for (table, reason), n in left_by_reason(out).items() if table == "drug_exposure"} == {
        "not_a_listed_drug": 1,
        "person_unknown": 1,
        "person_not_under_observation": 1,
        "starts_before_birth": 1,
        "starts_after_death": 1,
        "kept": 0,
    }


def test_an_exposure_outside_observation_stays(tmp_path: Path) -> None:
    out = canonical(tmp_path, {"drug_exposure": [exposure("1995-05-05")]})
    assert covered(out) == [("haloperidol", "1995-05-05", "1995-05-05", "one_day")]
