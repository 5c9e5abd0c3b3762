from math import isclose

import polars as pl
import pytest

from nms_pv.measures.cohort.compared import adjusted_results, cells_of_age_sex_year, crude_results, pairs
from nms_pv.measures.cohort.families import sums_of_groups
from nms_pv.measures.cohort.hiding import PART, TOTAL, Families, hide
from nms_pv.measures.cohort.results import margins, period_margins, proportion_results, rate_results
from nms_pv.measures.cohort.standard import pooled_results, standardised_results
from nms_pv.measures.cohort.trend import annual_results, change_results
from nms_pv.spec.params import Periods
from nms_pv.spec.time_at_risk import TimeAtRisk, load_time_at_risk
from nms_pv.tables.measures import RESULTS
from tests.lib.checked_results import checked
from tests.lib.person_time_rows import person_time, stretches
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

LEVEL = 0.95
DRUGS = drug_table()
SUMS = sums_of_groups(DRUGS, TABLE_GENERATIONS)
PERIODS = Periods(early=[2010, 2011], late=[2012, 2013])


@pytest.fixture(scope="module")
def settings(repository) -> dict[str, TimeAtRisk]:
    return load_time_at_risk(repository / "study")


def counted(*stated: dict[str, object]) -> pl.DataFrame:
    """Person-time of the stretches, as `cohort_results` takes it on."""
    time = person_time(stretches(*stated), DRUGS, TABLE_GENERATIONS)
    return time.with_columns(pl.col("group_kind").cast(RESULTS.types["group_kind"]))


def overall(*stated: dict[str, object]) -> pl.DataFrame:
    return margins(counted(*stated)).filter(pl.col("stratum").is_null()).drop("stratum")


def by_id(results: pl.DataFrame) -> dict[str, dict[str, object]]:
    return {row["result_id"]: row for row in checked(results).iter_rows(named=True)}


HALOPERIDOL = {"days": 36525, "events": 2}
RISPERIDONE = {"person": 2, "ingredient": "risperidone", "state": "SGA", "days": 36525, "events": 1}


def test_margins_are_split_by_one_column_at_most() -> None:
    found = margins(counted(HALOPERIDOL)).filter(group_kind="antipsychotic")["stratum"]
    assert sorted(found.fill_null("")) == ["", "age=20-39", "sex=female", "since_start=0-7", "year=2010"]


def test_rate_and_proportion_of_each_margin(settings: dict[str, TimeAtRisk]) -> None:
    counts = margins(counted(HALOPERIDOL))
    rows = by_id(pl.concat([rate_results(counts, settings, LEVEL), proportion_results(counts, LEVEL)]))
    rate = rows["incidence_rate/pt_only/exact/generation/FGA/year=2010"]
    assert (rate["numerator"], rate["denominator"], rate["unit"]) == (2, 36525, "episodes; person-days at risk")
    assert isclose(rate["estimate"], 2000)
    proportion = rows["incidence_proportion/pt_only/exact/generation/FGA"]
    assert (proportion["numerator"], proportion["denominator"], proportion["estimate"]) == (1, 1, 1.0)
    assert proportion["unit"] == "persons with an episode; persons at risk"


def test_a_setting_that_rounds_gives_rounded_rates(settings: dict[str, TimeAtRisk]) -> None:
    days = {"days": 1000, "events": 1}
    counts = margins(counted(days, days | {"analysis": "incidence_prevalence"}))
    rows = by_id(rate_results(counts, settings, LEVEL))
    exact, rounded = (rows[f"incidence_rate/pt_only/{name}/generation/FGA"] for name in ("exact", "incidence_prevalence"))
    assert (exact["estimate"], rounded["estimate"]) == (1 / (1000 / 365.25) * 100_000, round(1 / 2.738 * 100_000, 3))
    assert "rounded to 3 decimals" in rounded["method"]


def test_without_person_time_a_rate_is_undefined(settings: dict[str, TimeAtRisk]) -> None:
    counts = margins(counted({"days": 0}))
    row = by_id(rate_results(counts, settings, LEVEL))["incidence_rate/pt_only/exact/generation/FGA"]
    assert (row["estimate"], row["undefined_reason"]) == (None, "no person-time in the stratum")


def test_antipsychotic_groups_are_compared_with_their_reference() -> None:
    metoclopramide = {"person": 3, "ingredient": "metoclopramide", "state": "FGA"}
    found = pairs(overall(HALOPERIDOL, RISPERIDONE, metoclopramide), DRUGS).select("group_kind", "group", "reference").rows()
    assert found == [
        ("ingredient", "risperidone", "haloperidol"),
        ("generation", "SGA", "FGA"),
        ("generation_state", "SGA", "FGA"),
    ]


def test_ratio_and_difference() -> None:
    rows = by_id(crude_results(pairs(overall(HALOPERIDOL, RISPERIDONE), DRUGS), LEVEL))
    ratio = rows["rate_ratio/pt_only/exact/generation/SGA/vs FGA"]
    assert (ratio["numerator"], ratio["reference_numerator"], ratio["reference"], ratio["estimate"]) == (1, 2, "FGA", 0.5)
    assert isclose(rows["rate_difference/pt_only/exact/generation/SGA/vs FGA"]["estimate"], -1000)


def test_a_reference_that_is_missing_leaves_the_comparison_undefined_and_says_why() -> None:
    compared = pairs(overall(RISPERIDONE), DRUGS)
    for results in (crude_results(compared, LEVEL), adjusted_results(compared, counted(RISPERIDONE).clear(), LEVEL)):
        for row in results.filter(group_kind="generation", measure="rate_ratio").iter_rows(named=True):
            assert (row["estimate"], row["undefined_reason"]) == (None, "no person-time in the reference group")


def test_a_difference_is_defined_without_episodes() -> None:
    rows = by_id(crude_results(pairs(overall(HALOPERIDOL | {"events": 0}, RISPERIDONE | {"events": 0}), DRUGS), LEVEL))
    assert rows["rate_difference/pt_only/exact/generation/SGA/vs FGA"]["estimate"] == 0
    assert rows["rate_ratio/pt_only/exact/generation/SGA/vs FGA"]["undefined_reason"] == "no episode in either group"


def many(ingredient: dict[str, object], first: int, episodes: int) -> list[dict[str, object]]:
    """Persons of both sexes over four years, so many of them with an episode."""
    return [
        ingredient
        | {"person": first + n, "events": int(n < episodes), "sex": "female" if n % 2 else "male", "year": str(2010 + n % 4)}
        for n in range(40)
    ]


def test_adjusted_ratio_of_groups_with_enough_episodes() -> None:
    stated = [*many(HALOPERIDOL, 0, 20), *many(RISPERIDONE, 100, 10)]
    rows = by_id(adjusted_results(pairs(overall(*stated), DRUGS), cells_of_age_sex_year(counted(*stated)), LEVEL))
    row = rows["adjusted_rate_ratio/pt_only/exact/generation/SGA/vs FGA"]
    assert isclose(row["estimate"], 0.5, rel_tol=0.01)
    assert row["low"] < 0.5 < row["high"]


def test_with_few_episodes_nothing_is_adjusted() -> None:
    stated = [*many(HALOPERIDOL, 0, 20), *many(RISPERIDONE, 100, 4)]
    rows = by_id(adjusted_results(pairs(overall(*stated), DRUGS), cells_of_age_sex_year(counted(*stated)), LEVEL))
    row = rows["adjusted_rate_ratio/pt_only/exact/generation/SGA/vs FGA"]
    assert (row["estimate"], row["undefined_reason"]) == (None, "fewer than 5 episodes in the group")


def test_standardised_rate_weights_the_bands_and_leaves_out_unknown_age() -> None:
    old = {"person": 2, "age_band": "40+", "events": 1}
    unknown = {"person": 3, "age_band": "unknown", "events": 5}
    found = standardised_results(
        margins(counted(HALOPERIDOL, HALOPERIDOL | old, HALOPERIDOL | unknown)), {"20-39": 3, "40+": 1}, "mine", LEVEL
    )
    row = by_id(found)["standardised_rate/pt_only/exact/generation/FGA"]
    assert (row["numerator"], row["denominator"]) == (3, 73050)
    assert isclose(row["estimate"], 2000 * 0.75 + 1000 * 0.25)


def test_standardised_rate_is_undefined_when_a_band_of_the_standard_is_empty() -> None:
    found = standardised_results(margins(counted(HALOPERIDOL)), {"20-39": 3, "40+": 1}, "mine", LEVEL)
    assert by_id(found)["standardised_rate/pt_only/exact/generation/FGA"]["undefined_reason"].startswith("no person-time")


def test_pooled_rates_need_three_ingredients_of_a_class() -> None:
    found = pooled_results(overall(HALOPERIDOL, RISPERIDONE), SUMS, LEVEL)
    row = by_id(found)["pooled_rate/pt_only/exact/ingredient/haloperidol"]
    assert (row["numerator"], row["undefined_reason"]) == (2, "fewer than 3 ingredients of the class with person-time")


def test_trend_over_years() -> None:
    stated = [*many(HALOPERIDOL, 0, 20), *many(RISPERIDONE, 100, 10)]
    rows = by_id(annual_results(cells_of_age_sex_year(counted(*stated)), LEVEL))
    for measure in ("annual_rate_ratio", "annual_rate_ratio_given_mix"):
        row = rows[f"{measure}/pt_only/exact/antipsychotic/antipsychotic"]
        assert (row["numerator"], row["estimate"] is not None) == (30, True)


def test_change_between_periods_and_its_parts_add_up() -> None:
    late = {"year": "2013", "events": 1}
    counts = margins(counted(HALOPERIDOL, RISPERIDONE, HALOPERIDOL | late, RISPERIDONE | late | {"days": 3 * 36525}))
    rows = by_id(change_results(counts, PERIODS, LEVEL, 200))
    names = ("rate_change", "rate_change_by_mix", "rate_change_within")
    change, mix, within = (rows[f"{n}/pt_only/exact/antipsychotic/antipsychotic/vs 2010-2011/years=2012-2013"] for n in names)
    assert (change["numerator"], change["reference_numerator"], change["reference"]) == (2, 3, "2010-2011")
    assert isclose(change["estimate"], mix["estimate"] + within["estimate"])


def test_change_is_undefined_without_a_period() -> None:
    rows = by_id(change_results(margins(counted(HALOPERIDOL)), PERIODS, LEVEL, 200))
    assert {row["undefined_reason"] for row in rows.values()} == {"no person-time in the late period"}


def test_periods_are_sums_of_years_of_antipsychotics_and_states() -> None:
    found = period_margins(margins(counted(HALOPERIDOL, HALOPERIDOL | {"year": "2011"})), PERIODS).sort("group_kind")
    assert found.select("group_kind", "group", "stratum", "events").rows() == [
        ("antipsychotic", "antipsychotic", "years=2010-2011", 4),
        ("generation_state", "FGA", "years=2010-2011", 4),
    ]


def family(*members: tuple[int, int, int, bool]) -> Families:
    columns = list(zip(*members, strict=True))
    return Families(*(pl.Series(column).to_numpy() for column in columns))


def test_sums_that_contradict_each_other_do_not_stand_in_the_way_of_exact_ones() -> None:
    """Cell 1 is small, 0 = 1 + 2 exactly; as the only part of 3 (another number) it could never change."""
    members = [(0, 0, TOTAL, True), (0, 1, PART, True), (0, 2, PART, True), (1, 3, TOTAL, False), (1, 1, PART, False)]
    members += [(2, 3, TOTAL, False), (2, 4, PART, False), (3, 4, TOTAL, False), (3, 3, PART, False), (3, 1, PART, False)]
    found = hide(
        pl.Series([False, True, False, False, False]).to_numpy(),
        pl.Series([12, 3, 9, 8, 7]).to_numpy(),
        pl.Series([0, 1, 2, 3, 4]).to_numpy(),
        family(*members),
    )
    assert found.tolist() == [False, True, True, False, False]


def test_fractions_are_no_way_to_differ() -> None:
    """Three cells, each two of which add up to a shown total, could change by halves only; so a total is hidden."""
    pairs_of = [(0, (1, 2)), (3, (2, 4)), (5, (1, 4))]
    members = [
        member
        for number, (total, parts) in enumerate(pairs_of)
        for member in ((number, total, TOTAL, True), *((number, part, PART, True) for part in parts))
    ]
    primary = pl.Series([False, True, True, False, True, False]).to_numpy()
    values = pl.Series([6, 3, 3, 6, 3, 6]).to_numpy()
    found = hide(primary, values, pl.Series(range(6)).to_numpy(), family(*members))
    assert found[[1, 2, 4]].all()
    assert found.sum() > 3


def test_an_empty_table_has_nothing_to_hide() -> None:
    empty = pl.Series([], dtype=pl.Int64).to_numpy()
    flags = pl.Series([], dtype=pl.Boolean).to_numpy()
    assert hide(flags, empty, empty, Families(empty, empty, empty, flags)).size == 0
