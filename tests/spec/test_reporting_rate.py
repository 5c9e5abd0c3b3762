"""What a reporting rate counts, and over what. 2018 and 2019, United States unless said otherwise."""

import polars as pl

from nms_pv.measures.reporting_rate.counting import rates_by_year, volume_table
from nms_pv.spec.exposure_volumes import ExposureVolume
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

REPORTS = pl.DataFrame(
    [
        # Names two antipsychotics of the second generation.
        ("1", "risperidone", 2018, "US"),
        ("1", "amisulpride", 2018, "US"),
        ("2", "risperidone", 2018, "DE"),
        ("3", "risperidone", 2018, None),
        ("4", "risperidone", 2019, "US"),
        # Nobody knows how much biperiden is used.
        ("5", "biperiden", 2018, "US"),
        ("6", "risperidone", None, "US"),
    ],
    schema={"subject_id": pl.String, "ingredient": pl.String, "received_year": pl.Int32, "occurrence_country": pl.String},
    orient="row",
)


def used(*stated: tuple[str, int, str, int]) -> pl.DataFrame:
    volumes = [ExposureVolume(drug, year, country, quantity, "patient_years", "own") for drug, year, country, quantity in stated]
    return rates_by_year(volume_table(volumes, drug_table(), TABLE_GENERATIONS), REPORTS)


def cell(rows: pl.DataFrame, group: str, *years: int) -> tuple[object, ...]:
    """Reports, quantity, reports whose country is not known."""
    found = rows.filter(pl.col("group") == group, pl.col("years") == list(years))
    return found.select("numerator", "denominator", "without_country").row(0)


def test_reports_of_the_drug_the_year_and_the_country() -> None:
    rows = used(("risperidone", 2018, "US", 100))
    assert cell(rows, "risperidone", 2018) == (1, 100, 1)


def test_everywhere_counts_reports_of_any_country_and_of_none() -> None:
    assert cell(used(("risperidone", 2018, "all", 100)), "risperidone", 2018) == (3, 100, 0)


def test_years_are_told_one_by_one_and_together() -> None:
    rows = used(("risperidone", 2018, "US", 100), ("risperidone", 2019, "US", 50))
    assert cell(rows, "risperidone", 2019) == (1, 50, 0)
    assert cell(rows, "risperidone", 2018, 2019) == (2, 150, 1)


def test_a_report_that_names_two_drugs_of_a_generation_counts_once() -> None:
    rows = used(("risperidone", 2018, "US", 100), ("amisulpride", 2018, "US", 20))
    assert cell(rows, "amisulpride", 2018) == (1, 20, 0)
    assert cell(rows, "SGA", 2018) == (1, 120, 1)


def test_a_generation_whose_drugs_have_other_years_is_not_added_up() -> None:
    rows = used(("risperidone", 2018, "US", 100), ("amisulpride", 2019, "US", 20))
    differ = dict(rows.select("group", "years_differ").unique().iter_rows())
    assert differ["SGA"] == "amisulpride 2019, risperidone 2018"
    assert differ["risperidone"] is None


def test_no_report_is_a_rate_of_zero_of_what_was_used() -> None:
    assert cell(used(("haloperidol", 2018, "US", 100)), "haloperidol", 2018) == (0, 100, 0)


def test_what_blocks_no_dopamine_has_no_class_and_no_generation() -> None:
    assert used(("biperiden", 2018, "US", 9))["group_kind"].to_list() == ["ingredient"]
