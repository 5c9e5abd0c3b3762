"""canonical -> evidence, part by part (a part is so many persons)."""

from pathlib import Path

import polars as pl

from nms_pv.evidence.cohort.episodes import candidate_records, episode_attrition, episodes_of, nearest_episode
from nms_pv.evidence.cohort.exposures import exposure_attrition, exposures, near_exposures
from nms_pv.evidence.cohort.findings import finding_attrition, findings
from nms_pv.evidence.cohort.measured import baselines, measured_findings, with_limits
from nms_pv.evidence.cohort.records import as_records, refuse_unlisted, set_facts
from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.measurements import Measurements
from nms_pv.spec.params import Episodes
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.cohort import CONDITIONS, DRUG_EXPOSURES, MEASUREMENTS, PERSONS, PROCEDURES
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.parts import keep_only, part_names

TABLES = (PERSONS, DRUG_EXPOSURES, CONDITIONS, MEASUREMENTS, PROCEDURES)
CODED = ("conditions", "procedures")


def write_cohort_evidence(
    canonical: Path,
    out: Path,
    sets: list[ConceptCode],
    measurements: Measurements,
    drugs: DrugTable,
    episodes: Episodes,
) -> None:
    """Write candidate episodes, their findings and drug courses of every part of the cohort, and what was left out.

    Raises
    ------
    StudyError
        When records are coded to a concept set, a measurement without a rule, or an ingredient that the study does not list.

    """
    facts, left_out, parts = set_facts(sets), [], part_names(PERSONS, canonical / "persons")
    for name in parts:
        part, tables = Path(name).stem, {_folder(t): t.scan(canonical / _folder(t) / name) for t in TABLES}
        _refuse_unlisted(part, tables, facts, measurements, drugs)
        records = {table: as_records(tables[table]) for table in CODED}
        records["measurements"] = with_limits(tables["measurements"], measurements)
        candidates = candidate_records(list(records.values()), facts)
        found = episodes_of(candidates, episodes.gap_days)
        belonging = {table: nearest_episode(rows, found, episodes.finding_days) for table, rows in records.items()}
        coded = pl.concat([belonging[table] for table in CODED])
        before = baselines(tables["measurements"], found, measurements)
        measured = measured_findings(belonging["measurements"], before)
        near = near_exposures(tables["drug_exposures"], found, episodes)
        exposed = exposures(near, drugs)
        left_out += [
            episode_attrition(part, tables["persons"], candidates, found),
            *(finding_attrition(part, table, rows, found, belonging[table]) for table, rows in records.items()),
            exposure_attrition(part, tables["drug_exposures"], found, near, exposed, drugs),
        ]
        EPISODES.write(found, out / _folder(EPISODES) / name)
        FINDINGS.write(findings(coded, measured, facts), out / _folder(FINDINGS) / name)
        EXPOSURES.write(exposed, out / _folder(EXPOSURES) / name)
    for table in (EPISODES, FINDINGS, EXPOSURES):
        keep_only(parts, out / _folder(table))
    write_attrition(left_out, out / "attrition.csv")


def _folder(table: Table) -> str:
    """The folder of a table within its layer."""
    return table.name.partition("/")[2]


def _refuse_unlisted(
    part: str, tables: dict[str, pl.LazyFrame], facts: pl.DataFrame, measurements: Measurements, drugs: DrugTable
) -> None:
    for table in (*CODED, "measurements"):
        refuse_unlisted(f"{part}, {table}", tables[table].select("concept_set"), facts["concept_set"], "study/concept_sets.csv")
    refuse_unlisted(
        f"{part}, measurements", tables["measurements"].select("concept_set"), measurements.quantities, "study/measurements.yaml"
    )
    refuse_unlisted(f"{part}, drug_exposures", tables["drug_exposures"].select("ingredient"), drugs.drugs, "study/drugs.csv")
