"""Which counts are hidden in what leaves the study: small tables a statistician can check by hand. `*` marks a hidden count."""

import polars as pl
import pytest

from nms_pv.measures.cohort.families import sums_of_groups
from nms_pv.measures.cohort.made_of import made_of
from nms_pv.measures.cohort.suppression import suppress
from nms_pv.tables.measures import RESULTS
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

SUMS = sums_of_groups(drug_table(), TABLE_GENERATIONS)
SETTING = {"definition": "pt_only", "analysis": "exact", "roles": None, "duplicates": None, "arm": "cohort"}
Counts = dict[tuple[str, str | None], int]


def row(
    measure: str, kind: str, group: str, stratum: str | None, numerator: int, denominator: int, **more: object
) -> dict[str, object]:
    address = "/".join(map(str, (measure, kind, group, stratum, *more.values())))
    counted = {"measure": measure, "group_kind": kind, "group": group, "stratum": stratum, "result_id": address}
    return SETTING | counted | {"numerator": numerator, "denominator": denominator} | more


def rows(kind: str, episodes: Counts, persons: int = 1000, **more: object) -> list[dict[str, object]]:
    """Rate and proportion of each group and stratum; every episode is of another person."""
    return [
        row(measure, kind, group, stratum, count, persons, **more)
        for (group, stratum), count in episodes.items()
        for measure in ("incidence_rate", "incidence_proportion")
    ]


def table(*stated: list[dict[str, object]]) -> pl.DataFrame:
    filled = {"unit": "", "method": "", "suppressed": False}
    frame = pl.DataFrame([filled | one for several in stated for one in several], infer_schema_length=None)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in RESULTS.types.items()
    )


def suppressed(frame: pl.DataFrame, smallest: int = 5) -> pl.DataFrame:
    direct = pl.col("measure").is_in(["incidence_rate", "incidence_proportion"])
    return suppress(frame, made_of(frame.filter(~direct), frame.filter(direct), SUMS), SUMS, smallest)


def shown(frame: pl.DataFrame, smallest: int = 5, measure: str = "incidence_rate") -> dict[str, str]:
    """The counts as they are published, by stratum, or by group where there is none."""
    found = suppressed(frame, smallest).filter(pl.col("measure") == measure)
    names = found.select(pl.coalesce("stratum", "group")).to_series()
    return {
        name: "*" if hidden else str(count)
        for name, count, hidden in zip(names, found["numerator"], found["suppressed"], strict=True)
    }


def strata(dimension: str, *counts: int) -> Counts:
    """One group, its strata `a`, `b`, ... and their sum."""
    parts = {("FGA", f"{dimension}={name}"): count for name, count in zip("abcdefgh", counts, strict=False)}
    return {("FGA", None): sum(counts), **parts}


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ((9, 12), "21 9 12", "nothing is small"),
        ((0, 12), "12 0 12", "nobody is behind a 0"),
        ((3, 12), "15 * *", "15 - 12 would give the 3 away"),
        ((3, 4, 12), "19 * * 12", "3 + 4 = 7 may be 2 + 5"),
        ((3, 8, 12), "23 * * 12", "the smallest other one is hidden"),
        ((1, 1, 12), "14 * * *", "two hidden counts that add up to 2 are 1 and 1"),
        ((1, 1, 1, 12), "15 * * * *", "three that add up to 3 are 1 each"),
        ((1, 2, 12), "15 * * 12", "3 may be 1 + 2 or 2 + 1"),
        ((3, 0, 12), "15 * 0 *", "a 0 protects nothing"),
        ((2, 2), "* * *", "a small total hides with its parts"),
        ((4, 0), "* * 0", "a total with one part is that part"),
    ],
)
def test_strata_of_one_group(counts: tuple[int, ...], expected: str, why: str) -> None:
    assert " ".join(shown(table(rows("generation", strata("sex", *counts)))).values()) == expected, why


def test_every_kind_of_stratum_protects_itself() -> None:
    by_sex_and_year = strata("sex", 3, 12) | strata("year", 7, 8)
    assert shown(table(rows("generation", by_sex_and_year))) == {
        "FGA": "15",
        "sex=a": "*",
        "sex=b": "*",
        "year=a": "7",
        "year=b": "8",
    }


def test_a_small_state_hides_another_state_of_the_same_days() -> None:
    states = {("FGA", None): 20, ("SGA", None): 9, ("TGA", None): 2}
    frame = table(rows("antipsychotic", {("antipsychotic", None): 31}), rows("generation_state", states))
    assert shown(frame) == {"antipsychotic": "31", "FGA": "20", "SGA": "*", "TGA": "*"}


def test_a_small_ingredient_hides_another_of_its_class_or_the_class() -> None:
    of_class = {("amisulpride", None): 3, ("metoclopramide", None): 11}
    both = table(rows("chemical_class", {("benzamide", None): 14}), rows("ingredient", of_class))
    assert shown(both) == {"benzamide": "14", "amisulpride": "*", "metoclopramide": "*"}


def test_a_small_year_is_not_given_away_by_its_period() -> None:
    years = {("antipsychotic", f"year={year}"): count for year, count in ((2005, 3), (2006, 9), (2007, 9))}
    period = [row("incidence_rate", "antipsychotic", "antipsychotic", "years=2005-2006", 12, 1000)]
    frame = table(rows("antipsychotic", {("antipsychotic", None): 21} | years), period)
    assert shown(frame) == {"antipsychotic": "21", "year=2005": "*", "year=2006": "*", "year=2007": "9", "years=2005-2006": "12"}


def test_a_count_hidden_in_one_analysis_is_hidden_in_all() -> None:
    frame = table(rows("generation", {("FGA", None): 4}), rows("generation", {("FGA", None): 6}, analysis="cohort_incidence"))
    assert suppressed(frame)["suppressed"].all()


def test_few_persons_with_many_episodes_are_hidden_too() -> None:
    frame = table(
        [
            row("incidence_rate", "generation", "FGA", None, 9, 1000),
            row("incidence_proportion", "generation", "FGA", None, 3, 400),
        ]
    )
    assert suppressed(frame)["suppressed"].all()


def test_few_persons_at_risk_hide_the_persons_of_all_strata_but_no_rate() -> None:
    frame = table(
        rows("generation", {("FGA", None): 0, ("FGA", "sex=a"): 0}, persons=1000),
        rows("generation", {("FGA", "sex=b"): 0}, persons=3),
    )
    assert shown(frame, measure="incidence_rate") == {"FGA": "0", "sex=a": "0", "sex=b": "0"}
    assert shown(frame, measure="incidence_proportion") == {"FGA": "0", "sex=a": "*", "sex=b": "*"}


def test_one_person_in_each_stratum_hides_the_group_too() -> None:
    each = {("FGA", f"year={name}"): 0 for name in "abcdef"}
    frame = table(rows("generation", {("FGA", None): 0}, persons=6), rows("generation", each, persons=1))
    assert set(shown(frame, measure="incidence_proportion").values()) == {"*"}


def comparison(measure: str, group: str, **more: object) -> list[dict[str, object]]:
    kind = "antipsychotic" if group == "antipsychotic" else "ingredient" if group == "amisulpride" else "generation"
    return [row(measure, kind, group, more.pop("stratum", None), 10, 1000, **more)]


@pytest.mark.parametrize("measure", ["rate_ratio", "rate_difference", "adjusted_rate_ratio"])
def test_a_comparison_hides_with_either_side(measure: str) -> None:
    for groups in ({"FGA": 30, "SGA": 3}, {"FGA": 3, "SGA": 30}):
        counts = {(group, None): count for group, count in groups.items()}
        frame = table(rows("generation", counts), comparison(measure, "SGA", reference="FGA"))
        assert shown(frame, measure=measure) == {"SGA": "*"}
    neither = table(rows("generation", {("FGA", None): 30, ("SGA", None): 30}), comparison(measure, "SGA", reference="FGA"))
    assert shown(neither, measure=measure) == {"SGA": "10"}


def test_a_standardised_rate_hides_with_any_age_but_not_with_a_sex() -> None:
    by_age = table(rows("generation", strata("age", 3, 12)), comparison("standardised_rate", "FGA"))
    by_sex = table(rows("generation", strata("sex", 3, 12)), comparison("standardised_rate", "FGA"))
    assert (shown(by_age, measure="standardised_rate"), shown(by_sex, measure="standardised_rate")) == (
        {"FGA": "*"},
        {"FGA": "10"},
    )


def test_a_pooled_rate_hides_with_any_ingredient_of_its_class() -> None:
    of_class = {("amisulpride", None): 10, ("metoclopramide", None): 3}
    frame = table(rows("ingredient", of_class), comparison("pooled_rate", "amisulpride"))
    assert shown(frame, measure="pooled_rate") == {"amisulpride": "*"}


def test_trends_hide_with_what_they_are_made_of() -> None:
    early, late = "years=2005-2009", "years=2016-2020"
    counts = {"antipsychotic": (36, 12, 24), "SGA": (24, 3, 21), "FGA": (12, 9, 3)}
    kinds = {"antipsychotic": "antipsychotic", "SGA": "generation_state", "FGA": "generation_state"}
    all_years = [rows(kinds[group], {(group, None): count}) for group, (count, _, _) in counts.items()]
    periods = [
        [row("incidence_rate", kinds[group], group, period, count, 1000)]
        for group, (_, *of_periods) in counts.items()
        for period, count in zip((early, late), of_periods, strict=True)
    ]
    years = rows("antipsychotic", {("antipsychotic", "year=2005"): 12, ("antipsychotic", "year=2016"): 24})
    changes = ["rate_change", "rate_change_by_mix", "rate_change_within"]
    made = [comparison(name, "antipsychotic", reference="2005-2009", stratum=late) for name in changes]
    annual = ["annual_rate_ratio", "annual_rate_ratio_given_mix"]
    made += [comparison(name, "antipsychotic") for name in annual]
    by_state = suppressed(table(*all_years, *periods, years, *made)).filter(pl.col("measure").is_in(changes + annual))
    assert sorted(by_state.filter("suppressed")["measure"].cast(pl.String)) == ["rate_change_by_mix", "rate_change_within"]
    few = rows(
        "antipsychotic",
        {("antipsychotic", "year=2005"): 3, ("antipsychotic", "year=2006"): 9, ("antipsychotic", "year=2016"): 24},
    )
    by_year = suppressed(table(*all_years, *periods, few, *made)).filter(pl.col("measure").is_in(changes + annual))
    assert sorted(by_year.filter(~pl.col("suppressed"))["measure"].cast(pl.String)) == ["rate_change"]


def test_smallest_0_hides_nothing() -> None:
    assert not suppressed(table(rows("generation", strata("sex", 1, 12))), smallest=0)["suppressed"].any()
