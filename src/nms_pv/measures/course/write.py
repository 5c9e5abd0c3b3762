"""Writes how it goes (question 6): labels, evidence and exposure -> results, and curves of the cohort arm."""

from pathlib import Path

import polars as pl

from nms_pv.measures.course.adjusted import adjusted_odds, subjects_of_cohort, subjects_of_reports
from nms_pv.measures.course.cohort_cases import ANTAGONIST, CASE, counted_cases, first_of_person, observed_episodes, shown_groups
from nms_pv.measures.course.numbers import rows_of
from nms_pv.measures.course.outcomes import PERSONS, deaths_of_cohort, report_outcomes
from nms_pv.measures.course.recovery import ends, no_recovery_in_reports, recovery_curves, recovery_numbers
from nms_pv.measures.course.report_cases import report_cases
from nms_pv.measures.course.treatments import (
    combination_shares,
    days_to_treatment,
    no_treatment_effect,
    treatment_delays,
    treatment_shares,
)
from nms_pv.measures.rows import write_results
from nms_pv.spec.drug_groups import ALL
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.questions import CourseSettings
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.labels import TREATMENTS, refuse_not_computed
from nms_pv.tables.measures import CURVES
from nms_pv.tables.person_time import CASE_OBSERVATION, CASES

REPORTS = "distinct reports that meet the definition"
OF_KNOWN_OUTCOME = "distinct reports that meet the definition, name an antipsychotic, and whose outcome is known"


def write_course_of_reports(
    evidence: Path,
    labels: Path,
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    params: Params,
    settings: CourseSettings,
    version: str,
) -> None:
    """Write `course/results.parquet` below `out` from the reports arm, under the main roles and duplicates.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    found, level = report_cases(labels, exposure, drugs, params), params.level
    setting = {"roles": pl.lit(params.main.roles), "duplicates": pl.lit(params.main.duplicates)}
    cases = found.members.join(found.cases.select("definition", "subject_id"), on="subject_id").with_columns(**setting)
    ids = cases.select("subject_id").unique()
    documented, findings = _of(TREATMENTS.scan(labels / "treatments"), ids), _of(FINDINGS.scan(evidence / "findings"), ids)
    event_days = findings.filter(pl.col("day_precision") == "day").group_by("subject_id").agg(event_day=pl.col("day").min())
    delays = treatment_delays(documented, _of(EXPOSURES.scan(evidence / "exposures"), ids), findings, event_days)
    definitions = pl.DataFrame({"definition": sorted(params.definitions)})
    everything = definitions.with_columns(group_kind=pl.lit(ALL[0]), group=pl.lit(ALL[1]), **setting)
    shown = definitions.join(found.shown, how="cross")
    main = {"definition": params.main.definition, "roles": params.main.roles, "duplicates": params.main.duplicates}
    numbers = [
        report_outcomes(found, params.main, level),
        adjusted_odds(subjects_of_reports(found, params.main.definition), main, "generation", OF_KNOWN_OUTCOME, level),
        no_recovery_in_reports(everything, settings.recovery_days),
        treatment_shares(documented, cases, shown, REPORTS, level).with_columns(**setting),
        combination_shares(documented, cases, REPORTS, level).with_columns(**setting),
        days_to_treatment(delays, cases, documented, REPORTS, level).with_columns(**setting),
        no_treatment_effect(everything, REPORTS),
    ]
    write_results(rows_of(pl.concat(numbers), "reports", level), out / "course" / "results.parquet", version)


def write_course_of_cohort(
    evidence: Path,
    labels: Path,
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    params: Params,
    settings: CourseSettings,
    version: str,
) -> None:
    """Write `course/results.parquet` and `course/curves.parquet` below `out` from the cohort arm, under the main analysis.

    Folders are those of the cohort arm.

    Raises
    ------
    ContractError
        When a table is missing, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    analysis, level = params.cohort.main_analysis, params.level
    judged = CASES.scan(exposure / "cases.parquet").collect()
    findings = FINDINGS.scan(evidence / "findings").collect()
    episodes = EPISODES.scan(evidence / "episodes").collect()
    observed = observed_episodes(episodes, findings, CASE_OBSERVATION.scan(exposure / "case_observation.parquet").collect())
    counted = counted_cases(judged, analysis, params.definitions, drugs)
    shown = shown_groups(judged, counted, params.definitions)
    first = first_of_person(counted, observed)
    ended = ends(first, settings.sign_free_days)
    documented = TREATMENTS.scan(labels / "treatments").collect()
    event_days = observed.select("subject_id", event_day="start_day")
    delays = treatment_delays(documented, EXPOSURES.scan(evidence / "exposures").collect(), findings, event_days)
    setting = {"analysis": pl.lit(analysis)}
    anything = shown.filter(pl.col("group_kind") == ANTAGONIST[0]).with_columns(**setting)
    main = {"definition": params.main.definition, "analysis": analysis}
    subjects = subjects_of_cohort(first, params.main.definition, settings.death_days)
    numbers = [
        deaths_of_cohort(first, shown, analysis, settings.death_days, level),
        adjusted_odds(subjects, main, "generation_state", PERSONS, level),
        recovery_numbers(ended, shown, analysis, settings, level),
        treatment_shares(documented, first, shown, PERSONS, level).with_columns(**setting),
        combination_shares(documented, first, PERSONS, level).with_columns(**setting),
        days_to_treatment(delays, first, documented, PERSONS, level).with_columns(**setting),
        no_treatment_effect(anything, PERSONS),
    ]
    write_results(rows_of(pl.concat(numbers), "cohort", level), out / "course" / "results.parquet", version)
    curves = recovery_curves(ended.filter(pl.col("definition") == params.main.definition), settings, level)
    CURVES.write(_as_curves(curves, level), out / "course" / "curves.parquet")


def _of(rows: pl.LazyFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return rows.join(ids.lazy(), on="subject_id", how="semi").collect(engine="streaming")


def _as_curves(curves: pl.DataFrame, level: float) -> pl.DataFrame:
    address = ["curve", *CASE]
    return curves.with_columns(
        curve_id=pl.concat_str(address, separator="/"),
        arm=pl.lit("cohort"),
        question=pl.lit("course"),
        stratum=pl.lit(None, pl.String),
        x_unit=pl.lit("days from the first day of the episode"),
        level=pl.lit(level),
    ).select(list(CURVES.types))
