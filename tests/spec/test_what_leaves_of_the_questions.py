"""What may leave of a cohort's numbers that are no rates: small counts hidden, the rest rounded, estimates with two digits."""

import polars as pl

from nms_pv.report.questions.leaving import curves_to_leave, grid_to_leave, numbers_to_leave, summary_to_leave, zeros_to_leave
from nms_pv.tables.grid import GRID, GRID_SUMMARY
from nms_pv.tables.measures import CURVES, RESULTS
from nms_pv.tables.why_zero import WHY_ZERO
from tests.lib.declared_rows import rows
from tests.lib.questions_report_fixture import curves, grid, summary, zeros
from tests.lib.small_study import VERSION

CELL = {"definition": "pt_only", "analysis": "exact", "group_kind": "generation_state", "group": "SGA"}
PLAIN = {
    **CELL,
    "arm": "cohort",
    "question": "course",
    "measure": "death_proportion",
    "data_version": VERSION,
    "suppressed": False,
}
PERIODS = {"early": "2005-2009", "late": "2016-2020"}


def numbers(*stated: dict[str, object]) -> pl.DataFrame:
    named = [{**PLAIN, "result_id": str(n), **row} for n, row in enumerate(stated)]
    return rows(RESULTS, *named)


def rate(stratum: str | None, *, suppressed: bool, group: str = "SGA") -> dict[str, object]:
    return {"question": "how_often", "measure": "incidence_rate", "stratum": stratum, "suppressed": suppressed, "group": group}


NO_RATES = numbers()


def test_small_counts_of_people_hide_their_number() -> None:
    stated = [(4, 90), (5, 90), (0, 90), (86, 90), (90, 90), (3, 4)]
    left = numbers_to_leave(numbers(*({"numerator": a, "denominator": n} for a, n in stated)), NO_RATES, 5)
    assert left["suppressed"].to_list() == [True, False, False, True, False, True]


def test_what_is_shown_is_rounded() -> None:
    exact = {"numerator": 12, "denominator": 93, "estimate": 0.129032, "low": 0.06858, "high": 0.21463}
    row = numbers_to_leave(numbers(exact), NO_RATES, 5).row(0, named=True)
    assert [row[name] for name in exact] == [10, 95, 0.13, 0.069, 0.21]


def test_person_days_count_no_people() -> None:
    exact = {"numerator": 12, "denominator": 4321, "unit": "episodes; observed person-days"}
    row = numbers_to_leave(numbers(exact), NO_RATES, 5).row(0, named=True)
    assert (row["numerator"], row["denominator"]) == (10, 4321)


def test_what_is_made_of_rates_hides_with_any_year_of_its_group() -> None:
    trend = {"question": "falling", "measure": "joinpoints", "numerator": 123, "estimate": 1.0}
    other = trend | {"group": "FGA"}
    rates = numbers(rate("year=2010", suppressed=True), rate("year=2010", suppressed=False, group="FGA"))
    left = numbers_to_leave(numbers(trend, other), rates, 5)
    assert left.select("group", "suppressed", "numerator").rows() == [("SGA", True, 123), ("FGA", False, 123)]


def test_published_numbers_leave_as_they_are() -> None:
    published = {"arm": "literature", "group_kind": "literature", "measure": "published_fatal_proportion", "numerator": 2}
    assert numbers_to_leave(numbers(published), NO_RATES, 5)["numerator"].to_list() == [2]


def test_a_study_that_hides_nothing_shows_everything() -> None:
    exact = numbers({"numerator": 1, "denominator": 93, "estimate": 0.010753})
    assert numbers_to_leave(exact, NO_RATES, 0).equals(exact)
    drawn, why = rows(CURVES, *curves("cohort")), rows(WHY_ZERO, *zeros("cohort"))
    assert curves_to_leave(drawn, 0).equals(drawn)
    assert zeros_to_leave(why, 0).equals(why)


def test_a_specification_hides_with_the_rate_of_its_period_or_of_its_reference() -> None:
    specifications = rows(GRID, *grid("cohort"))
    nothing = grid_to_leave(specifications, NO_RATES, PERIODS, 5)
    assert nothing.height == specifications.height == 6
    early = grid_to_leave(specifications, numbers(rate("years=2005-2009", suppressed=True)), PERIODS, 5)
    assert early.filter(group="SGA")["era"].to_list() == ["all"]
    of_reference = grid_to_leave(specifications, numbers(rate(None, suppressed=True, group="FGA")), PERIODS, 5)
    assert set(of_reference["era"]) == {"early"}


def test_a_specification_with_a_small_count_hides_and_the_others_are_rounded() -> None:
    first, second, *others = grid("cohort")
    few = rows(GRID, first | {"a": 3}, second | {"a": 12, "estimate": 1.23456, "group_size": 4321}, *others)
    left = grid_to_leave(few, NO_RATES, PERIODS, 5)
    assert left.height == few.height - 1
    shown = left.filter(specification_id=second["specification_id"]).row(0, named=True)
    assert (shown["a"], shown["estimate"]) == (10, 1.2)


def test_the_spread_of_a_grid_is_that_of_what_is_shown() -> None:
    first, *others = grid("cohort")
    exact = rows(GRID, first | {"a": 3, "estimate": 77.0}, *others)
    left = summary_to_leave(rows(GRID_SUMMARY, *summary("cohort")), grid_to_leave(exact, NO_RATES, PERIODS, 5))
    assert set(left["highest"]) == {2.5}


def test_curves_end_where_few_are_left() -> None:
    left = curves_to_leave(rows(CURVES, *curves("cohort")), 5)
    assert set(left["x"]) == {1.0, 5.0, 12.0}
    assert set(left["at_risk"]) == {40, 35, 30}
    assert left["y"].to_list() == [round(y, 2) for y in left["y"].to_list()]


def test_small_counts_behind_zeros_are_empty() -> None:
    why = zeros("cohort")[0] | {"n": 3, "indeterminate": 12, "candidates_not_met": 0}
    row = zeros_to_leave(rows(WHY_ZERO, why), 5).row(0, named=True)
    assert (row["n"], row["indeterminate"], row["candidates_not_met"], row["size"]) == (None, 10, 0, 12)
