"""Which cases a number counts: an intersection of sets of cases, never more than what it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from nms_pv.report.cases.read import SUBJECT
from nms_pv.report.numbers import Row
from nms_pv.spec.drugs import DrugTable

# The numerator of these is the reports of a group that meet a definition, or those of them with what the stratum says.
OF_REPORTS = frozenset(
    [
        "reports",
        "reporting_proportion",
        "ror",
        "prr",
        "chi2_yates",
        "ic",
        "ror_stratified",
        "ic_stratified",
        "ror_conditional",
        "p_value",
        "q_value",
        "ebgm",
        "ebgm_stratified",
        "expected_reports",
        "expected_reports_stratified",
        "adjusted_ror",
        "adjusted_ror_firth",
        "calibrated_ror",
        "calibrated_p",
        "masking_ratio",
        "pooled_ratio",
        "homogeneity_chi2",
        "homogeneity_p",
        "ppv_corrected_reports",
        "case_share",
        "element_documented_proportion",
        "element_present_proportion",
        "element_not_documented_proportion",
        "element_difference",
        "treatment_proportion",
        "treatment_combination_proportion",
        "fatal_proportion",
        "serious_proportion",
        "ror_by_year",
    ]
)
# That of these is the episodes that count in a group, or the people with one, or those of them with what the stratum says.
OF_EPISODES = frozenset(
    [
        "incidence_rate",
        "incidence_proportion",
        "rate_ratio",
        "rate_difference",
        "adjusted_rate_ratio",
        "standardised_rate",
        "pooled_rate",
        "bias_adjusted_rate",
        "bias_adjusted_rate_ratio",
        "bias_adjusted_proportion",
        "joinpoints",
        "joinpoint_p",
        "annual_percent_change",
        "average_annual_percent_change",
        "element_documented_proportion",
        "element_present_proportion",
        "element_not_documented_proportion",
        "element_difference",
        "treatment_proportion",
        "treatment_combination_proportion",
        "death_proportion",
        "death_unknown_proportion",
    ]
)
# The numerator of these is people, who may have several episodes.
OF_PEOPLE = frozenset(["incidence_proportion", "bias_adjusted_proportion"])
# What their stratum says is no part of the group: a scenario, a model, or what was stratified by.
OF_WHOLE_GROUP = frozenset(
    [
        "homogeneity_chi2",
        "homogeneity_p",
        "ppv_corrected_reports",
        "bias_adjusted_rate",
        "bias_adjusted_rate_ratio",
        "bias_adjusted_proportion",
        "joinpoints",
        "joinpoint_p",
        "annual_percent_change",
        "average_annual_percent_change",
    ]
)

Names = tuple[str, ...]


@dataclass(frozen=True)
class Sets:
    """Sets of subjects by name, each as sorted positions in `Subjects.about`; `made_of` names those that a number is made of."""

    made_of: Callable[[Row], Names | None]
    positions: dict[str, frozenset[int]]
    people: list[int]

    def behind(self, row: Row) -> Names | None:
        """The sets whose common subjects are what the numerator counts; None where that is not so."""
        names = None if row["numerator"] is None else self.made_of(row)
        if names is None:
            return None
        common = frozenset.intersection(*(self.positions.get(name, frozenset()) for name in names))
        counted = len({self.people[position] for position in common}) if row["measure"] in OF_PEOPLE else len(common)
        return names if counted == row["numerator"] else None


def named(rows: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    """Subjects with the name of a set that each is in: columns subject_id and name; without a name a row is in none."""
    return rows.select(SUBJECT, name=name).drop_nulls("name")


def positions(about: pl.DataFrame, members: Iterable[pl.DataFrame]) -> dict[str, frozenset[int]]:
    """The positions in `about` of the members of each set, from frames of `named`."""
    places = about.select(SUBJECT).with_row_index("place")
    found = pl.concat(members).join(places, on=SUBJECT).group_by("name").agg("place")
    return {name: frozenset(of_set) for name, of_set in found.iter_rows()}


def antagonists(drugs: DrugTable) -> list[str]:
    """Ingredients that block dopamine receptors, antipsychotics or not."""
    return sorted(drug.ingredient for drug in drugs.drugs.values() if "antagonist" in drug.relations)
