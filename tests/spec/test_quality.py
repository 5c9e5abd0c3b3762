"""What each check of data quality counts."""

from pathlib import Path

import polars as pl
import pytest

from tests.lib.quality_tables import FIRST, SECOND, counts, one, write_cohort, write_reports


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return write_reports(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return write_cohort(tmp_path_factory.mktemp("cohort"), format="parquet", retrieved="2021-03-12")


def test_a_line_that_could_not_be_read_counts_against_all_lines_of_the_quarter(reports: pl.DataFrame) -> None:
    assert counts(reports, "quarantined_lines", FIRST) == (2, 70)
    assert counts(reports, "utf8_files", FIRST) == (6, 7)
    assert counts(reports, "files_with_origin", FIRST) == (7, 7)
    assert counts(reports, "files_with_retrieval_date", FIRST) == (7, 7)


def test_emptied_values_count_against_the_rows_of_that_file_that_belong_to_shown_reports(reports: pl.DataFrame) -> None:
    assert counts(reports, "value_emptied", FIRST, "DEMO.age_years: beyond_limits") == (1, 4)
    assert counts(reports, "age_beyond_limits", FIRST) == (1, 4)
    assert counts(reports, "end_before_start", FIRST) == (2, 8)
    assert counts(reports, "age_beyond_limits", SECOND) == (0, 1)


def test_duplicates_deletions_and_coded_drugs(reports: pl.DataFrame) -> None:
    assert counts(reports, "probable_duplicates", FIRST) == (1, 4)
    assert counts(reports, "deleted_versions", FIRST) == (1, 5)
    assert counts(reports, "coded_drug_rows", FIRST) == (1, 3)


@pytest.mark.parametrize(
    ("check", "stated"),
    [
        ("age_stated", 1),
        ("sex_stated", 1),
        ("country_stated", 1),
        ("reporter_stated", 1),
        ("outcome_stated", 1),
        ("indication_stated", 1),
        # A padded date is not known to the day.
        ("event_to_the_day", 3),
        # Start and dose of a concomitant drug do not count.
        ("suspect_start_to_the_day", 2),
        ("suspect_dose_stated", 1),
        ("no_reaction", 1),
        ("no_drug", 1),
        ("no_suspect_drug", 2),
    ],
)
def test_what_is_stated_counts_against_all_shown_reports(reports: pl.DataFrame, check: str, stated: int) -> None:
    assert counts(reports, check, FIRST) == (stated, 4)


def test_of_reports_with_the_nms_term_a_core_or_weak_term_documents_an_element(reports: pl.DataFrame) -> None:
    assert counts(reports, "candidate_element", FIRST, "fever") == (1, 2)
    assert counts(reports, "candidate_element", FIRST, "clonus") == (0, 2)
    assert counts(reports, "candidate_timing_known", FIRST) == (1, 2)


def test_only_days_known_to_the_day_can_contradict_each_other(reports: pl.DataFrame) -> None:
    assert counts(reports, "event_after_receipt", FIRST) == (1, 3)
    assert counts(reports, "start_after_event", FIRST) == (1, 2)


def test_an_expedited_report_without_a_seriousness_outcome_is_incoherent(reports: pl.DataFrame) -> None:
    assert counts(reports, "expedited_not_serious", FIRST) == (1, 2)


def test_a_check_that_the_source_cannot_make_says_why(reports: pl.DataFrame) -> None:
    for check, period, why in (
        ("death_not_serious", FIRST, "cannot contradict"),
        ("outcome_stated", SECOND, "the quarter has no file OUTC"),
        ("expedited_not_serious", SECOND, "the quarter has no file OUTC"),
        ("start_after_event", SECOND, "the quarter has no file THER"),
        ("indication_stated", SECOND, "the quarter has no file INDI"),
        ("files_with_retrieval_date", SECOND, "written, not retrieved"),
    ):
        row = one(reports, check, period)
        assert why in str(row["undefined_reason"])
        assert (row["numerator"], row["denominator"], row["estimate"]) == (None, None, None)
    nobody = one(reports, "candidate_element", SECOND, "fever")
    assert (nobody["denominator"], nobody["undefined_reason"]) == (0, "no report that carries the NMS term to look at")


def test_delays_are_quantiles_of_the_days_that_are_known_and_in_order(reports: pl.DataFrame) -> None:
    median, late = one(reports, "event_to_receipt_median", FIRST), one(reports, "event_to_receipt_p90", FIRST)
    assert (median["estimate"], late["estimate"], median["numerator"], median["denominator"]) == (10, 20, 2, 4)
    assert one(reports, "receipt_to_shown_p90", FIRST)["estimate"] == 51
    assert one(reports, "latest_receipt", FIRST)["estimate"] == 30
    undated = one(reports, "latest_receipt", SECOND)
    assert (undated["estimate"], undated["undefined_reason"]) == (None, "no shown report with the days that it takes")


def test_a_quarter_between_the_first_and_the_last_that_was_not_loaded_has_no_tables(reports: pl.DataFrame) -> None:
    assert counts(reports, "tables_loaded", FIRST) == (6, 6)
    assert counts(reports, "tables_loaded", "2024Q1") == (0, 6)
    assert counts(reports, "tables_loaded", SECOND) == (3, 6)


def test_rows_of_each_table_of_the_snapshot(cohort: pl.DataFrame) -> None:
    drugs = {"source": "omop:drug_exposure"}
    assert counts(cohort, "quarantined_rows", "all", **drugs) == (1, 4)
    assert counts(cohort, "value_emptied", "all", "days_supply: not_a_number") == (1, 4)
    assert counts(cohort, "value_emptied", "all", "person_id: not_a_number") == (1, 4)
    assert counts(cohort, "coded_records", "all", **drugs) == (3, 4)
    assert counts(cohort, "incoherent_record", "all", "person_unknown", **drugs) == (1, 4)
    assert counts(cohort, "incoherent_record", "all", "starts_after_death", **drugs) == (0, 3)


def test_what_records_state_counts_in_the_year_they_start(cohort: pl.DataFrame) -> None:
    drugs = {"source": "omop:drug_exposure"}
    assert counts(cohort, "concept_known", "2019", **drugs) == (1, 3)
    assert counts(cohort, "end_recorded", "2019", **drugs) == (2, 3)
    assert counts(cohort, "supply_recorded", "2019", **drugs) == (1, 3)
    assert counts(cohort, "end_before_start", "2019", **drugs) == (1, 2)
    assert counts(cohort, "end_recorded", "2021", **drugs) == (0, 1)
    assert counts(cohort, "value_recorded", "2019") == (3, 4)
    # A unit of blanks is none; a value without a number needs none.
    assert counts(cohort, "unit_recorded", "2019") == (2, 3)


def test_people_and_exposures_in_each_year_under_observation(cohort: pl.DataFrame) -> None:
    assert [counts(cohort, "people_observed", year) for year in ("2018", "2019", "2020", "2021")] == [
        (1, 2),
        (2, 2),
        (0, 2),
        (1, 2),
    ]
    assert counts(cohort, "exposures_per_person_year", "2019") == (3, 375)
    assert one(cohort, "exposures_per_person_year", "2019")["estimate"] == 3 / 375 * 365.25
    assert counts(cohort, "deaths_recorded", "2021") == (1, 1)
    assert counts(cohort, "birth_to_the_day", "all") == counts(cohort, "sex_known", "all") == (1, 2)


def test_an_exposure_lies_outside_observation_by_its_first_day(cohort: pl.DataFrame) -> None:
    assert counts(cohort, "outside_observation", "2019") == (1, 3)
    assert counts(cohort, "outside_observation", "2020") == (1, 1)
    assert counts(cohort, "end_known", "2019") == (2, 3)


def test_creatine_kinase_and_elements_of_candidate_episodes(cohort: pl.DataFrame) -> None:
    assert counts(cohort, "ck_range_recorded", "2019") == (1, 2)
    assert counts(cohort, "candidate_element", "all", "fever") == (1, 1)
    assert counts(cohort, "candidate_element", "all", "clonus") == (0, 1)


def test_the_end_of_the_data_against_the_last_exposure_and_the_day_of_the_snapshot(cohort: pl.DataFrame, tmp_path: Path) -> None:
    assert one(cohort, "last_exposure_to_end", "all")["estimate"] == 305
    assert one(cohort, "end_to_retrieval", "all")["estimate"] == 10
    simulated = write_cohort(tmp_path / "simulated", format="simulated")
    assert "simulated" in str(one(simulated, "end_to_retrieval", "all")["undefined_reason"])
    undated = write_cohort(tmp_path / "undated", format="csv")
    assert "not recorded" in str(one(undated, "end_to_retrieval", "all")["undefined_reason"])
