"""Writes layer 5 of the cohort arm, part by part: a person lies in one part only, so counts add up over parts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.exposure.cohort.attrition import era_attrition, outcome_attrition, window_attrition
from nms_pv.exposure.cohort.case_persons import case_courses, case_observation
from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.groups import Groups, cohort_groups, group_eras
from nms_pv.exposure.cohort.margins import COUNTS
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.exposure.engine import Engine, open_engine
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Cohort, Exposure, Generations
from nms_pv.spec.strict import StudyError
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.attrition import ATTRITION, write_attrition
from nms_pv.tables.cohort import DRUG_EXPOSURES, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import refuse_not_computed, scan_met
from nms_pv.tables.parts import PARTS_AT_A_TIME, keep_only, part_names
from nms_pv.tables.person_time import CASE_COURSES, CASE_OBSERVATION, CASES, ERAS, PERSON_TIME


@dataclass(frozen=True)
class _Places:
    canonical: Path
    evidence: Path
    labels: Path
    out: Path


@dataclass(frozen=True)
class _Plan:
    """What is counted of every part."""

    groups: Groups
    exposure: Exposure
    analyses: list[Strata]
    definitions: Sequence[str]


Counted = tuple[list[pl.DataFrame], list[pl.DataFrame], list[pl.DataFrame]]


def write_cohort_exposure(
    canonical: Path,
    evidence: Path,
    labels: Path,
    out: Path,
    drugs: DrugTable,
    generations: Generations,
    cohort: Cohort,
    settings: Mapping[str, TimeAtRisk],
    definitions: Sequence[str],
) -> None:
    """Read layers 2 to 4; write `eras/`, `cases.parquet`, `person_time.parquet` and `attrition.csv` below `out`.

    Beside them, for what is compared within persons: `case_observation.parquet` and `case_courses.parquet`.

    Every definition of `definitions` is counted, also where no episode meets it.

    Raises
    ------
    StudyError
        When an analysis of params.yaml has no time-at-risk setting.
    ContractError
        When a definition of `definitions` has no verdicts.

    """
    refuse_not_computed(labels, definitions)
    missing = sorted(set(cohort.analyses) - set(settings))
    if missing:
        raise StudyError(f"params.yaml: cohort.analyses names {missing}; study/time_at_risk has {sorted(settings)}")
    analyses = [Strata(cohort.age_bands, cohort.since_start_days, settings[name]) for name in cohort.analyses]
    plan = _Plan(cohort_groups(drugs, generations), cohort.exposure, analyses, definitions)
    places = _Places(canonical, evidence, labels, out)
    parts = part_names(PERSONS, canonical / "persons")
    is_distributed = cohort.engine == "spark"

    with open_engine(cohort.engine) as engine:
        attrition = [_write_eras(places, part, cohort.exposure, engine) for part in parts]
        # Spark spreads the work over its machines itself; elsewhere memory follows the part.
        batches = [parts] if is_distributed else [[part] for part in parts]
        with ThreadPoolExecutor(PARTS_AT_A_TIME if cohort.engine == "polars" else 1) as pool:
            counted = list(pool.map(lambda batch: _count(places, batch, plan, engine), batches))

    keep_only(parts, out / "eras")
    time, cases, reasons = ([frame for batch in counted for frame in batch[place]] for place in range(3))
    PERSON_TIME.write(_added_up(time, PERSON_TIME, COUNTS), out / "person_time.parquet")
    CASES.write(pl.concat(cases), out / "cases.parquet")
    CASE_OBSERVATION.write(pl.concat(_observed(places, part) for part in parts), out / "case_observation.parquet")
    courses = pl.concat(_courses(places, part, cohort.exposure.course_gap_days) for part in parts)
    CASE_COURSES.write(courses, out / "case_courses.parquet")
    write_attrition([_added_up([*attrition, *reasons], ATTRITION, ["n_in", "n_left", "n_kept"])], out / "attrition.csv")


def _write_eras(places: _Places, part: str, rules: Exposure, engine: Engine) -> pl.DataFrame:
    exposures = engine.scan([places.canonical / "drug_exposures" / part])
    eras = engine.collect(ingredient_eras(exposures, rules.persistence_gap_days))
    ERAS.write(eras, places.out / "eras" / part)
    return era_attrition(eras)


def _count(places: _Places, parts: list[str], plan: _Plan, engine: Engine) -> Counted:
    """Person-time, cases and attrition of some parts, under every analysis."""
    outcomes = pl.concat([_outcomes(places, part, plan.definitions) for part in parts])
    eras = group_eras(
        engine.scan([places.out / "eras" / part for part in parts]),
        engine.frame(plan.groups.members),
        plan.exposure.persistence_gap_days,
        plan.exposure.withdrawal_days,
    )
    frames = CohortFrames(
        eras=engine.once(eras),
        outcomes=engine.frame(outcomes),
        persons=engine.scan([places.canonical / "persons" / part for part in parts]),
        periods=engine.scan([places.canonical / "observation_periods" / part for part in parts]),
    )
    groups = CohortGroups(plan.groups.names, plan.exposure.switch_days, plan.exposure.persistence_gap_days)
    time, cases, attrition = [], [], []
    for strata in plan.analyses:
        of_time, of_cases = count_cohort(frames, groups, plan.definitions, strata, engine)
        reasons = window_attrition(frames, groups, strata, engine)
        time.append(of_time)
        cases.append(of_cases)
        attrition += [*reasons, *outcome_attrition(outcomes, of_time, of_cases, reasons[-1], strata.setting.name)]
    return time, cases, attrition


def _observed(places: _Places, part: str) -> pl.DataFrame:
    return case_observation(
        PERSONS.scan(places.canonical / "persons" / part),
        OBSERVATION_PERIODS.scan(places.canonical / "observation_periods" / part),
        EPISODES.scan(places.evidence / "episodes" / part),
    )


def _courses(places: _Places, part: str, gap_days: int) -> pl.DataFrame:
    exposures = DRUG_EXPOSURES.scan(places.canonical / "drug_exposures" / part)
    return case_courses(exposures, EPISODES.scan(places.evidence / "episodes" / part), gap_days)


def _outcomes(places: _Places, part: str, definitions: Sequence[str]) -> pl.DataFrame:
    """Every episode that meets a definition that is counted, with it."""
    met = scan_met(places.labels / "verdicts" / part, definitions)
    found = EPISODES.scan(places.evidence / "episodes" / part).join(met, on="subject_id")
    return found.select("definition", "subject_id", "person_id", "start_day", "end_day").collect()


def _added_up(frames: list[pl.DataFrame], table: Table, counts: list[str]) -> pl.DataFrame:
    """The same rows of all parts as one."""
    key = [name for name in table.types if name not in counts]
    return pl.concat(frames).group_by(key).agg(pl.col(counts).sum())
