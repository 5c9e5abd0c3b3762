"""Cohort arm: person-time, cases and candidate episodes -> the counts beside every zero."""

import polars as pl

from nms_pv.measures.why_zero.reasons import with_reason
from nms_pv.spec.drug_groups import Groups
from nms_pv.tables.person_time import ALL
from nms_pv.tables.why_zero import COHORT_REASON

SETTING = ["definition", "analysis"]
GROUP = ["group_kind", "group"]
COUNTED = "counted"
FATES = ["in_clean_window", "later_event", "outside_time_at_risk"]
CANDIDATES = ["indeterminate", "candidates_not_met"]
EPISODES = "episodes; person-days at risk"


def zeros(person_time: pl.DataFrame, cases: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Rows of `measures/why_zero`: every group, definition and setting of time at risk without an episode that counts.

    Parameters
    ----------
    person_time
        Rows of `exposure/person_time`.
    cases
        Rows of `exposure/cases`.
    candidates
        As of `candidates_of_groups`.

    Notes
    -----
    Expected are the person-days of the group times the rate of all antipsychotics of the setting, also where the group shares
    no day with these.
    """
    whole = pl.all_horizontal(pl.col("age_band", "sex", "year", "since_start") == ALL)
    counts = person_time.filter(whole).select(
        *SETTING, pl.col("group_kind").cast(pl.String), "group", "events", size="person_days"
    )
    overall = counts.filter(group_kind="antipsychotic").select(*SETTING, all_events="events", all_days="size")
    fates = cases.with_columns(pl.col("group_kind").cast(pl.String))
    by_fate = [fates.filter(fate=fate).group_by(*SETTING, *GROUP).agg(pl.len().cast(pl.Int64).alias(fate)) for fate in FATES]
    counted = fates.filter(fate=COUNTED)
    elsewhere = counted.group_by("analysis", *GROUP).agg(
        cases_of_other_definitions=pl.col("subject_id").n_unique().cast(pl.Int64)
    )
    rows = counts.filter(pl.col("events") == 0).join(overall, on=SETTING, how="left")
    for frame in by_fate:
        rows = rows.join(frame, on=[*SETTING, *GROUP], how="left")
    rows = rows.join(elsewhere, on=["analysis", *GROUP], how="left").join(candidates, on=["definition", *GROUP], how="left")
    filled = rows.with_columns(pl.col(*FATES, *CANDIDATES, "cases_of_other_definitions").fill_null(0)).with_columns(
        arm=pl.lit("cohort"),
        unit=pl.lit(EPISODES),
        expected=pl.when(pl.col("all_days") > 0).then(pl.col("size") * pl.col("all_events") / pl.col("all_days")),
    )
    ordered = [name for name in COHORT_REASON if name not in {"no_time", "no_candidate"}]
    return with_reason(filled, {"no_time": pl.col("size") == 0}, ordered, "no_candidate")


def candidates_of_groups(verdicts: pl.DataFrame, courses: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """Candidate episodes that are open (indeterminate) or not met, by definition and group of a drug taken before.

    Parameters
    ----------
    verdicts
        Columns subject_id, definition, verdict.
    courses
        Columns subject_id, ingredient, formulation of `evidence/exposures`: courses that ended shortly before the episode at the
        earliest.
    groups
        Groups of drugs. Those of ingredients stand for their withdrawal too, those of generations for the state of the
        generation, and any antipsychotic for the states of several.

    """
    found = courses.join(groups.members, on=["ingredient", "formulation"]).join(groups.names, on="group_no")
    named = found.select("subject_id", *GROUP).unique()
    is_generation, is_any = pl.col("group_kind") == "generation", pl.col("group_kind") == "antipsychotic"
    state = pl.lit("generation_state").alias("group_kind")
    every = pl.concat(
        [
            named,
            named.filter(pl.col("group_kind") == "ingredient").with_columns(pl.lit("withdrawal").alias("group_kind")),
            named.filter(is_generation).with_columns(state),
            *(named.filter(is_any).with_columns(state, pl.lit(name).alias("group")) for name in ("mixed", "switch")),
        ]
    )
    n = pl.col("verdict")
    return (
        every.join(verdicts, on="subject_id")
        .group_by("definition", *GROUP)
        .agg(
            indeterminate=(n == "indeterminate").sum().cast(pl.Int64),
            candidates_not_met=(n == "not_met").sum().cast(pl.Int64),
        )
    )
