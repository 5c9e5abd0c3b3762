"""Tables of a common data model -> people, and what was recorded of them, part by part (500,000 persons each)."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.canonical.omop.believed import believed
from nms_pv.canonical.omop.cleaning import covered_days
from nms_pv.canonical.omop.coding import KINDS
from nms_pv.canonical.omop.demands import demand_sets, demand_vocabulary
from nms_pv.canonical.omop.events import conditions, procedures
from nms_pv.canonical.omop.issues import together
from nms_pv.canonical.omop.measured import measured_values
from nms_pv.canonical.omop.parts import Part, parts_of
from nms_pv.canonical.omop.persons import observed
from nms_pv.canonical.omop.resolve import Resolution, resolve
from nms_pv.canonical.omop.study import CohortStudy
from nms_pv.spec.params import Exposure
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cdm import CONCEPT, DEATH, OBSERVATION_PERIOD, PERSON, SNAPSHOT
from nms_pv.tables.cohort import (
    CONDITIONS,
    DRUG_EXPOSURES,
    MEASUREMENTS,
    OBSERVATION_PERIODS,
    PERSONS,
    PROCEDURES,
    RESOLVED_CONCEPTS,
)
from nms_pv.tables.contract import Table
from nms_pv.tables.parts import keep_only

BY_PART = (PERSONS, OBSERVATION_PERIODS, DRUG_EXPOSURES, CONDITIONS, MEASUREMENTS, PROCEDURES)


@dataclass(frozen=True)
class Reading:
    """How records are read: the study, its rules of exposure, what codes a record, and the codes of unit concepts."""

    study: CohortStudy
    exposure: Exposure
    resolution: Resolution
    units: pl.DataFrame


def write_cohort(sources: Path, out: Path, study: CohortStudy, exposure: Exposure) -> None:
    """Write every table of layer 2 of the cohort arm; without rows where the arm has no input (an empty snapshot).

    Parameters
    ----------
    sources
        Output of the sources layer of this arm.
    out
        Gets one folder for each large table, with one Parquet file for each 500,000 persons, and the small tables beside them.

    Raises
    ------
    VocabularyError
        When the vocabulary is empty, or nothing of a required concept set, or no dopamine-blocking or -depleting drug, is found.

    """
    has_input = SNAPSHOT.scan(sources / "snapshot.parquet").select(pl.len()).collect().item() > 0
    if has_input:
        demand_vocabulary(CONCEPT.scan(sources / "concept.parquet"))
    resolution = resolve(sources, study)
    if has_input:
        demand_sets(resolution.resolved, study)
    units = units_of_concepts(sources)
    parts = parts_of(sources)
    left_out, issues = [], []
    for part in parts:
        steps, unbelieved = _write_part(part, sources, out, Reading(study, exposure, resolution, units))
        left_out += steps
        issues += unbelieved
    for table in BY_PART:
        keep_only([f"{part.name}.parquet" for part in parts], out / _folder(table))
    RESOLVED_CONCEPTS.write(resolution.resolved if has_input else RESOLVED_CONCEPTS.empty(), out / "resolved_concepts.parquet")
    VALUE_ISSUES.write(together(issues), out / "value_issues.parquet")
    write_attrition(left_out, out / "attrition.csv")


def units_of_concepts(sources: Path) -> pl.DataFrame:
    """The UCUM codes of unit concepts: columns unit_concept_id, unit_code."""
    return (
        CONCEPT.scan(sources / "concept.parquet")
        .filter(pl.col("vocabulary_id") == "UCUM")
        .select(pl.col("concept_id").alias("unit_concept_id"), pl.col("concept_code").alias("unit_code"))
        .collect()
    )


def _write_part(part: Part, sources: Path, out: Path, reading: Reading) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Write the tables of one part; its attrition and value issues."""
    all_persons, period, death = (part.of(table, sources).collect() for table in (PERSON, OBSERVATION_PERIOD, DEATH))
    people = observed(part.name, all_persons, period, death)
    left_out, issues = [people.attrition], [people.issues]
    _write(PERSONS, people.persons, out, part)
    _write(OBSERVATION_PERIODS, people.periods, out, part)
    for domain, kind in KINDS.items():
        found = believed(part.of(kind.table, sources), kind, reading.resolution.lookups[domain], all_persons, people.persons)
        table, rows, unbelieved, further = _read(domain, found.rows, reading)
        left_out.append(found.steps(part.name, kind, further))
        issues.append(unbelieved)
        _write(table, rows, out, part)
    return left_out, issues


def _read(domain: str, rows: pl.DataFrame, reading: Reading) -> tuple[Table, pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """The canonical table of a domain, its rows, the values that are not believed, and the rows that left for them."""
    if domain == "drug":
        return DRUG_EXPOSURES, *covered_days(rows, reading.exposure.longest_course_days), {}
    if domain == "condition":
        return CONDITIONS, *conditions(rows), {}
    if domain == "measurement":
        return MEASUREMENTS, *measured_values(rows, reading.units, reading.study)
    return PROCEDURES, procedures(rows), VALUE_ISSUES.empty(), {}


def _write(table: Table, rows: pl.DataFrame, out: Path, part: Part) -> None:
    table.write(rows, out / _folder(table) / f"{part.name}.parquet")


def _folder(table: Table) -> str:
    return table.name.removeprefix("canonical/")
