from pathlib import Path

import polars as pl
import pytest
from jinja2 import Environment

from nms_pv.measures.quality.rows import COUNTED, quality_rows
from nms_pv.report.environment import environment, figure_numbers
from nms_pv.report.quality import chosen
from nms_pv.report.quality.leaving import to_leave
from nms_pv.report.quality.read import Exact, read_quality
from nms_pv.report.quality.section import FILE, QualityPart, render_quality, render_sources
from nms_pv.report.rounding import SmallCells
from nms_pv.report.words import FORBIDDEN, clean, visible
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.quality import DIMENSION, QUALITY
from tests.lib.quality_report_fixture import quality, write_quality
from tests.lib.report_page import Page, parse

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
SHAREABLE = PARAMS.model_copy(update={"leaving": PARAMS.leaving.model_copy(update={"build": "shareable"})})
ARMS = ("reports", "cohort")


def _environment(arm: str) -> Environment:
    return environment(clean if arm == "reports" else visible, figure_numbers())


def _part(arm: str, frame: pl.DataFrame | None = None, params: Params = PARAMS) -> QualityPart:
    return QualityPart(arm, Exact(quality(arm) if frame is None else frame, []), params)


def _page(part: QualityPart) -> Page:
    return parse(f"<main>{render_quality(part, _environment(part.arm))}</main>")


def _checks(*counts: tuple[object, ...], arm: str = "cohort") -> pl.DataFrame:
    """Rows of `measures/quality`: source, period, check, item, numerator, denominator, days, undefined_reason."""
    return quality_rows(pl.DataFrame(list(counts), schema=COUNTED, orient="row"), arm, f"{arm}:0123456789ab")


def test_reads_what_was_written_with_its_digest(tmp_path: Path) -> None:
    write_quality(tmp_path)
    for arm, name in (("reports", "6_measures/quality/quality.parquet"), ("cohort", "6_measures/cohort/quality/quality.parquet")):
        exact = read_quality(tmp_path, arm)
        assert exact.quality.equals(QUALITY.check(quality(arm)))
        assert [found.path for found in exact.digests] == [name]


@pytest.fixture(scope="module")
def html() -> dict[str, str]:
    return {arm: str(render_quality(_part(arm), _environment(arm))) for arm in ARMS}


@pytest.mark.parametrize("arm", ARMS)
def test_the_chapter_has_four_headings_a_figure_and_every_number_of_the_matrix(arm: str, html: dict[str, str]) -> None:
    part, page = _part(arm), parse(f"<main>{html[arm]}</main>")
    assert [heading.text for heading in page.all("h4")] == [name.capitalize() for name in DIMENSION]
    assert "Figure 1. Checks of data quality" in page.words
    assert "SIMULATED DATA" in page.words
    for name in DIMENSION:
        for _, cells in chosen.matrix(part.rows, arm, name).lines:
            assert all(row is None or row["estimate"] is None or chosen.value(row) in page.words for row in cells)


@pytest.mark.parametrize("arm", ARMS)
def test_nothing_from_data_acts_as_markup_and_reports_use_no_forbidden_word(arm: str, html: dict[str, str]) -> None:
    assert "<script" not in html[arm]
    assert "\u202e" not in html[arm]
    assert arm == "cohort" or not FORBIDDEN.search(html[arm])


def test_two_renderings_are_equal(html: dict[str, str]) -> None:
    assert render_quality(_part("reports"), _environment("reports")) == html["reports"]


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_without_data_says_so(arm: str) -> None:
    part = _part(arm, QUALITY.empty())
    assert "nothing to look at" in _page(part).words
    assert part.files[FILE[arm]].is_empty()


def test_reports_leave_as_they_are() -> None:
    part = _part("reports")
    assert part.files["quality"].equals(quality("reports"))


def test_counts_of_a_cohort_are_rounded_and_small_ones_hidden() -> None:
    exact = _checks(
        ("omop:death", "2019", "deaths_recorded", "all", 3, 1_002, None, None),
        ("omop:death", "2020", "deaths_recorded", "all", 12, 1_004, None, None),
        ("omop:death", "2021", "deaths_recorded", "all", 0, 9, None, None),
        ("omop:person", "all", "sex_known", "all", 96, 98, None, None),
        ("omop:drug_exposure", "2020", "exposures_per_person_year", "all", 52, 3_652, None, None),
        ("omop:drug_exposure", "all", "last_exposure_to_end", "all", 52, 52, 11, None),
        ("omop:observation_period", "all", "end_to_retrieval", "all", None, None, None, "not recorded"),
    )
    left = {(r["check"], r["period"]): r for r in to_leave(exact, SmallCells(5)).iter_rows(named=True)}
    numbers = {key: (r["numerator"], r["denominator"], r["estimate"]) for key, r in left.items()}
    assert numbers == {
        ("deaths_recorded", "2019"): (None, 1_000, None),
        ("deaths_recorded", "2020"): (10, 1_005, 10 / 1_005),
        ("deaths_recorded", "2021"): (None, None, None),
        ("sex_known", "all"): (95, 100, 0.95),
        ("exposures_per_person_year", "2020"): (50, 3_650, 50 / 3_650 * 365.25),
        ("last_exposure_to_end", "all"): (50, 50, 11),
        ("end_to_retrieval", "all"): (None, None, None),
    }
    assert left["deaths_recorded", "2019"]["undefined_reason"] == "hidden: small cell"
    assert left["end_to_retrieval", "all"]["undefined_reason"] == "not recorded"
    page = _page(_part("cohort", exact, SHAREABLE))
    assert "<5 of 1,000" in page.words


def test_an_internal_build_hides_nothing() -> None:
    part = _part("cohort")
    assert part.leaving.equals(quality("cohort"))
    assert "Small numbers" not in _page(part).words
    assert not _part("cohort", params=SHAREABLE).leaving.equals(quality("cohort"))


def test_the_largest_change_counts_for_more_near_nothing_and_needs_enough_to_look_at() -> None:
    rows = _checks(
        ("faers", "2011Q4", "age_stated", "all", 480, 1_000, None, None),
        ("faers", "2012Q1", "age_stated", "all", 530, 1_000, None, None),
        ("faers", "2011Q4", "sex_stated", "all", 10, 1_000, None, None),
        ("faers", "2012Q1", "sex_stated", "all", 50, 1_000, None, None),
        ("faers", "2011Q4", "suspect_dose_stated", "all", 0, 99, None, None),
        ("faers", "2012Q1", "suspect_dose_stated", "all", 99, 99, None, None),
        ("faers", "2011Q4", "event_to_receipt_median", "all", 400, 1_000, 20, None),
        ("faers", "2012Q1", "event_to_receipt_median", "all", 400, 1_000, 9, None),
        ("faers", "2011Q4", "no_drug", "all", 0, 1_000, None, None),
        ("faers", "2012Q1", "no_drug", "all", 0, 1_000, None, None),
        arm="reports",
    ).rows(named=True)
    assert chosen.standing_out(rows, "reports") == [
        "Completeness: sex, from 1.00 % (10 of 1,000) in 2011Q4 to 5.00 % (50 of 1,000) in 2012Q1.",
        "Timeliness: event to first receipt, median, from 20 d (400 of 1,000) in 2011Q4 to 9 d (400 of 1,000) in 2012Q1.",
    ]


def test_where_nothing_changes_the_page_says_so() -> None:
    same = [("faers", quarter, "age_stated", "all", 1, 4, None, None) for quarter in ("2011Q4", "2012Q1")]
    page = _page(_part("reports", _checks(*same, arm="reports")))
    assert "Nothing changed between neighbouring quarters" in page.words
    assert "Every quarter from the first to the last was loaded" in page.words


def test_quarters_not_loaded_are_named_by_first_and_last_and_take_no_line() -> None:
    loaded = {"2011Q4": 7, "2012Q1": 0, "2012Q2": 0, "2012Q3": 7, "2012Q4": 0, "2013Q1": 7}
    frame = _checks(*[("faers", q, "tables_loaded", "all", n, 7, None, None) for q, n in loaded.items()], arm="reports")
    rows = frame.rows(named=True)
    assert chosen.not_loaded(rows) == ["2012Q1 to 2012Q2", "2012Q4"]
    assert [period for period, _ in chosen.matrix(rows, "reports", "completeness").lines] == ["2011Q4", "2012Q3", "2013Q1"]


def test_a_year_with_less_than_half_of_the_year_before_is_a_sudden_fall() -> None:
    people = {"2018": 1_000, "2019": 500, "2020": 240}
    frame = _checks(
        *[("omop:observation_period", year, "people_observed", "all", n, 2_000, None, None) for year, n in people.items()],
        *[("omop:drug_exposure", year, "exposures_per_person_year", "all", 10, 3_652, None, None) for year in ("2018", "2020")],
    )
    assert chosen.sudden_falls(frame.rows(named=True), "cohort") == ["2020: people observed, 12.0 % after 25.0 % in 2019"]
    assert "Coverage fell below 50 % of the year before in 2020: people observed" in _page(_part("cohort", frame)).words


def test_elements_are_added_up_over_the_periods_in_which_they_were_looked_for() -> None:
    frame = _checks(
        ("faers", "2011Q4", "candidate_element", "fever", 3, 4, None, None),
        ("faers", "2012Q1", "candidate_element", "fever", 1, 2, None, None),
        ("faers", "2012Q2", "candidate_element", "fever", None, None, None, "no file"),
        ("faers", "2011Q4", "candidate_element", "clonus", 0, 4, None, None),
        arm="reports",
    )
    assert chosen.elements(frame).rows() == [("fever", 4, 6), ("clonus", 0, 4)]


def test_the_figure_shows_the_last_periods_and_never_prints_what_happens_as_never() -> None:
    years = [str(1990 + n) for n in range(20)]
    shares = [(1, 4_000), (0, 4_000), (20, 4_000), (4_000, 4_000)]
    frame = _checks(
        *[("faers", year, "age_stated", "all", *shares[n % 4], None, None) for n, year in enumerate(years)],
        ("faers", "2008", "outcome_stated", "all", 1, 4, None, None),
        ("faers", "2009", "outcome_stated", "all", None, None, None, "the quarter has no file OUTC"),
        arm="reports",
    )
    page = _page(_part("reports", frame))
    assert "Completeness in each of 20 quarters" in [summary.text for summary in page.all("summary")]
    svg = _part("reports", frame).figure()[0]
    assert ">1997<" not in svg
    assert all(f">{shown}<" in svg for shown in ("1998", "2009", "&lt;0.1", "0", "0.5", "100", "—"))


def test_the_headings_name_their_source() -> None:
    assert "EMA/326985/2023" in render_sources(_environment("reports"))


def test_a_check_that_no_period_could_make_is_one_sentence_and_no_column() -> None:
    reason = "the quarter has no file OUTC"
    frame = _checks(
        ("faers", "2011Q4", "age_stated", "all", 1, 4, None, None),
        ("faers", "2012Q1", "age_stated", "all", None, None, None, "lost"),
        ("faers", "2011Q4", "outcome_stated", "all", None, None, None, reason),
        ("faers", "2012Q1", "outcome_stated", "all", None, None, None, reason),
        arm="reports",
    )
    assert f"Not checked, outcome: {reason}." in _page(_part("reports", frame)).words
    found = chosen.matrix(frame.rows(named=True), "reports", "completeness")
    assert [column.name for column in found.columns] == ["age_stated"]
