"""Whether the event abated when the drug was stopped, and came back when it was given again, as reports say."""

import numpy as np
import polars as pl

from nms_pv.measures.course.numbers import VALUES, not_computed, numbers, shares
from nms_pv.measures.onset.quantiles import quantiles
from nms_pv.tables.canonical import CHALLENGE

GROUP = ["definition", "group_kind", "group"]
CASES = "distinct reports that meet the definition and name a suspected antagonist of the group"
STATED = "distinct reports that meet the definition and state positive or negative"
# What a report says when its courses of the group do not say the same.
BOTH = "both"
STATES = [*CHALLENGE, BOTH]
MEANING = {
    "dechallenge": (
        "positive dechallenge (WHO): the event abated partly or wholly when the drug was stopped or its dose reduced; "
        "negative: it did not"
    ),
    "rechallenge": (
        "positive rechallenge (WHO): the event came back when the drug was given again after a positive dechallenge; "
        "negative: it did not; the report states no interval"
    ),
}
NOT_IN_A_COHORT = "the source does not record it; see recurrence after restart"
NO_CASE = "no report of the group meets the definition"
NOT_STATED = "no report states positive or negative"
NO_DOSE = "no such report states a daily dose in mg"


def challenge_states(courses: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What each report says about each group: subject_id, group_kind, group, dechallenge, rechallenge (of `STATES`).

    Parameters
    ----------
    courses
        Antagonist courses in roles that count: subject_id, ingredient, formulation, dechallenge, rechallenge.
    members
        Groups of each ingredient and form: ingredient, formulation, group_kind, group.

    Notes
    -----
    Positive or negative where any course says so; `both` where courses of the group contradict each other; otherwise the first of
    unknown, does not apply and not documented that any says.
    """
    order = pl.Enum(list(CHALLENGE))
    found = courses.join(members, on=["ingredient", "formulation"])
    states = {}
    for name in MEANING:
        said = pl.col(name).cast(pl.String)
        contradicts = (said == "positive").any() & (said == "negative").any()
        states[name] = pl.when(contradicts).then(pl.lit(BOTH)).otherwise(said.cast(order).min().cast(pl.String))
    return found.group_by("subject_id", "group_kind", "group").agg(**states).sort("group_kind", "group", "subject_id")


def challenge_shares(states: pl.DataFrame, cases: pl.DataFrame, level: float) -> pl.DataFrame:
    """Share of cases with each state, and share positive of those that state positive or negative, with exact intervals.

    Parameters
    ----------
    states
        As `challenge_states` gives.
    cases
        definition, subject_id.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`: `dechallenge_proportion` and `rechallenge_proportion`, stratum `state=positive`; `..._positive_proportion`
        without stratum, undefined where nothing is stated. Contradicting reports are in neither of its counts.
    """
    named = cases.join(states, on="subject_id")
    parts = []
    for name, meaning in MEANING.items():
        counts = named.group_by(GROUP).agg(denominator=pl.len(), **{state: (pl.col(name) == state).sum() for state in STATES})
        by_state = counts.unpivot(STATES, index=[*GROUP, "denominator"], variable_name="state", value_name="numerator")
        frame = by_state.with_columns(stratum="state=" + pl.col("state"))
        method = (
            f"reports with this statement / cases; Clopper-Pearson interval; {meaning}; `both`: courses contradict each other"
        )
        parts.append(shares(frame, f"{name}_proportion", CASES, method, NO_CASE, level))
        stated = counts.with_columns(numerator="positive", denominator=pl.col("positive") + pl.col("negative"))
        method = f"positive / positive or negative; Clopper-Pearson interval; {meaning}; of what was reported, never of patients"
        parts.append(shares(stated, f"{name}_positive_proportion", STATED, method, NOT_STATED, level))
    return pl.concat(parts)


def rechallenge_doses(courses: pl.DataFrame, cases: pl.DataFrame, level: float) -> pl.DataFrame:
    """Median daily dose of courses whose rechallenge is stated, by ingredient and outcome; columns of `courses` besides: dose_mg.

    Exact interval from order statistics. Unit: mg/day; of several courses of one report the largest. Undefined where no dose is
    stated.
    """
    stated = courses.filter(pl.col("rechallenge").cast(pl.String).is_in(["positive", "negative"]))
    by_report = stated.group_by("subject_id", "ingredient", pl.col("rechallenge").cast(pl.String)).agg(pl.col("dose_mg").max())
    by_group = (
        cases.join(by_report, on="subject_id")
        .group_by("definition", "rechallenge", group="ingredient")
        .agg(denominator=pl.len(), numerator=pl.col("dose_mg").count(), dose_mg=pl.col("dose_mg").drop_nulls())
        .sort("definition", "group", "rechallenge")
    )
    found = [np.stack(quantiles(doses.to_numpy(), (0.5,), level))[:, 0] for doses in by_group["dose_mg"]]
    values = pl.DataFrame(np.reshape(found, (-1, 3)), schema=dict.fromkeys(VALUES, pl.Float64), orient="row")
    finite = values.with_columns(pl.when(pl.all().is_finite()).then(pl.all()))
    told = pl.concat([by_group.drop("dose_mg"), finite], how="horizontal").with_columns(
        group_kind=pl.lit("ingredient"), stratum="rechallenge=" + pl.col("rechallenge"), undefined_reason=pl.lit(NO_DOSE)
    )
    method = "median daily dose in mg of the course whose rechallenge is stated; exact interval from order statistics"
    return numbers(told, "rechallenge_dose", "distinct reports with a stated daily dose; with a stated rechallenge", method)


def not_in_a_cohort(definitions: list[str], group: tuple[str, str]) -> pl.DataFrame:
    """Rows that say why a cohort tells nothing of de- and rechallenge."""
    groups = pl.DataFrame({"definition": sorted(definitions)}).with_columns(group_kind=pl.lit(group[0]), group=pl.lit(group[1]))
    return pl.concat(
        not_computed(groups, f"{name}_positive_proportion", "persons", meaning, NOT_IN_A_COHORT)
        for name, meaning in MEANING.items()
    )
