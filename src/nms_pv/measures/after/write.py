"""Writes what comes after (question 7): labels, evidence and exposure -> results, and curves of the cohort arm."""

from pathlib import Path

import polars as pl

from nms_pv.measures.after.challenge import challenge_shares, challenge_states, not_in_a_cohort, rechallenge_doses
from nms_pv.measures.after.recurrence import (
    GROUP,
    fates,
    not_told,
    recurrence_rate_ratios,
    recurrence_shares,
    recurrence_times,
    restart_groups,
)
from nms_pv.measures.after.restarts import index_episodes, with_restart
from nms_pv.measures.course.cohort_cases import ANTAGONIST, antagonists, counted_cases, observed_episodes
from nms_pv.measures.course.numbers import rows_of
from nms_pv.measures.course.report_cases import report_cases
from nms_pv.measures.rows import write_results
from nms_pv.spec.drug_groups import drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.questions import AfterSettings
from nms_pv.tables.canonical import NOT_ADMINISTERED
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.labels import refuse_not_computed, scan_met
from nms_pv.tables.measures import CURVES, ROLES_COUNTED
from nms_pv.tables.person_time import CASE_COURSES, CASE_OBSERVATION, CASES

SHOWN = ["generation", "ingredient", "formulation"]


def write_after_of_reports(
    evidence: Path, labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str
) -> None:
    """Write `after/results.parquet` below `out` from the reports arm, under the main roles and duplicates.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    cases = report_cases(labels, exposure, drugs, params).cases.select("definition", "subject_id")
    daily_mg = pl.when(pl.col("dose_unit").cast(pl.String) == "mg/day").then("dose_amount")
    courses = (
        EXPOSURES.scan(evidence / "exposures")
        .filter(pl.col("relation") == "antagonist", _counts_as(params.main.roles))
        .join(cases.lazy().select("subject_id").unique(), on="subject_id", how="semi")
        .with_columns(dose_mg=daily_mg)
        .collect(engine="streaming")
    )
    setting = {"roles": pl.lit(params.main.roles), "duplicates": pl.lit(params.main.duplicates)}
    states = challenge_states(courses, _members(drugs, params))
    found = [challenge_shares(states, cases, params.level), rechallenge_doses(courses, cases, params.level)]
    rows = rows_of(pl.concat(found).with_columns(**setting), "reports", params.level)
    write_results(rows, out / "after" / "results.parquet", version)


def write_after_of_cohort(
    evidence: Path,
    labels: Path,
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    params: Params,
    settings: AfterSettings,
    version: str,
) -> None:
    """Write `after/results.parquet` and `after/curves.parquet` below `out` from the cohort arm, under the main analysis.

    Folders are those of the cohort arm.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    analysis, level = params.cohort.main_analysis, params.level
    chained_days = params.cohort.episodes.gap_days
    observation = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").collect()
    episodes = EPISODES.scan(evidence / "episodes").collect()
    observed = observed_episodes(episodes, FINDINGS.scan(evidence / "findings").collect(), observation)
    met = scan_met(labels / "verdicts", params.definitions).collect()
    counted = counted_cases(CASES.scan(exposure / "cases.parquet").collect(), analysis, params.definitions, drugs)
    index = index_episodes(counted, observed, met)
    persons = index.lazy().select("person_id").unique()
    courses = CASE_COURSES.scan(exposure / "case_courses.parquet").join(persons, on="person_id", how="semi").collect()
    found = with_restart(index, courses, drugs, params.generations, settings, chained_days)
    grouped = restart_groups(found, settings)
    cumulative, points = recurrence_times(grouped, settings, level)
    numbers = [
        fates(found, level),
        recurrence_shares(grouped, settings, chained_days, level),
        recurrence_rate_ratios(grouped, settings, level),
        cumulative,
        not_told(params.definitions),
        not_in_a_cohort(params.definitions, ANTAGONIST),
    ]
    rows = rows_of(pl.concat(numbers).with_columns(analysis=pl.lit(analysis)), "cohort", level)
    write_results(rows, out / "after" / "results.parquet", version)
    main = points.filter(pl.col("definition") == params.main.definition)
    CURVES.write(_as_curves(main, cumulative["method"].first(), level), out / "after" / "curves.parquet")


def _counts_as(roles: str) -> pl.Expr:
    """Whether a course has a role that counts; `other` are all but suspects and drugs not administered."""
    role, counted = pl.col("role").cast(pl.String), ROLES_COUNTED[roles]
    return role.is_in(counted) if "other" not in counted else role != NOT_ADMINISTERED


def _members(drugs: DrugTable, params: Params) -> pl.DataFrame:
    groups = drug_groups(drugs, params.generations)
    named = groups.members.join(groups.names, on="group_no").filter(pl.col("group_kind").is_in(SHOWN)).drop("group_no")
    blocking = named.filter(pl.col("group_kind") == "ingredient", pl.col("group").is_in(antagonists(drugs)))
    of_any = blocking.with_columns(group_kind=pl.lit(ANTAGONIST[0]), group=pl.lit(ANTAGONIST[1]))
    return pl.concat([named, of_any])


def _as_curves(points: pl.DataFrame, method: object, level: float) -> pl.DataFrame:
    return points.with_columns(
        curve_id=pl.concat_str([pl.lit("recurred"), *GROUP], separator="/"),
        arm=pl.lit("cohort"),
        question=pl.lit("after"),
        curve=pl.lit("recurred"),
        stratum=pl.lit(None, pl.String),
        x_unit=pl.lit("days from the restart"),
        level=pl.lit(level),
        method=pl.lit(method, pl.String),
    ).select(list(CURVES.types))
