"""Writes the quality of the data of each arm."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.measures.quality.candidates import carrying_the_term, elements_documented, timing_known
from nms_pv.measures.quality.files import files_checked, values_checked, without_table
from nms_pv.measures.quality.people import people_checked, people_rows
from nms_pv.measures.quality.records import RECORDS, records_checked
from nms_pv.measures.quality.reports import reports_checked
from nms_pv.measures.quality.rows import counted, quality_rows
from nms_pv.measures.quality.snapshot import tables_checked
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.canonical import (
    CODING_COVERAGE,
    REPORT_DRUGS,
    REPORT_EVENTS,
    REPORT_INDICATIONS,
    REPORT_OUTCOMES,
    REPORT_VERSIONS,
    REPORTS,
    VALUE_ISSUES,
)
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.cohort import DRUG_EXPOSURES, MEASUREMENTS, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.parts import common_parts
from nms_pv.tables.quality import QUALITY
from nms_pv.tables.sources import FILES, QUARANTINE

OF_REPORTS = (REPORTS, REPORT_DRUGS, REPORT_EVENTS, REPORT_OUTCOMES, REPORT_INDICATIONS, REPORT_VERSIONS)
OF_PEOPLE = (PERSONS, OBSERVATION_PERIODS, DRUG_EXPOSURES, MEASUREMENTS)
FILE = "quality.parquet"


def write_report_quality(data: Path, out: Path, elements: Sequence[str], version: str) -> None:
    """Read layers 1 to 3 of the reports arm below `data`, write `quality.parquet` below `out`; without files it has no rows.

    Parameters
    ----------
    data, out
        Folder of all layers, and of the topic.
    elements
        Elements whose documentation by candidates is told.
    version
        Of the data: `reports:0123456789ab`.

    Raises
    ------
    ContractError
        When a table is missing, or its columns are not those declared, or the layers do not have the same parts.

    """
    sources, canonical, evidence = data / "1_sources", data / "2_canonical", data / "3_evidence"
    files = FILES.scan(sources / "files.parquet").collect()
    if files.is_empty():
        QUALITY.write(QUALITY.empty(), out / FILE)
        return
    quarters = files.select(pl.col("source_id").str.split(":").list.first().alias("source"), period="quarter").unique()
    counts = [
        files_checked(files, _quarantined(sources)),
        values_checked(
            VALUE_ISSUES.scan(canonical / "value_issues.parquet").collect(),
            _attrition(canonical),
            CODING_COVERAGE.scan(canonical / "coding_coverage.parquet").collect(),
            quarters,
        ),
    ]
    folders = [(table, _folder(canonical, table)) for table in OF_REPORTS]
    folders += [(table, _folder(evidence, table)) for table in (FINDINGS, EXPOSURES)]
    of_parts = []
    for part in common_parts(*folders):
        tables = [table.scan(folder / part) for table, folder in folders]
        reports, drugs, events, outcomes, indications, versions, findings, exposures = tables
        quarter, candidates = Path(part).stem, carrying_the_term(findings)
        of_parts += [
            reports_checked(reports, drugs, events, outcomes, indications, versions, quarter),
            elements_documented(findings, candidates, elements, None, quarter),
            timing_known(exposures, candidates, quarter),
        ]
    sourced = pl.concat(of_parts).drop("source").join(quarters, on="period", how="left", maintain_order="left")
    QUALITY.write(quality_rows(without_table(pl.concat([*counts, counted(sourced)]), files), "reports", version), out / FILE)


def write_cohort_quality(data: Path, out: Path, elements: Sequence[str], version: str) -> None:
    """Read layers 1 to 3 of the cohort arm below `data`, write `quality.parquet` below `out`; without a snapshot it has no rows.

    Parameters and errors are those of `write_report_quality`; `version` is `cohort:0123456789ab`.
    """
    sources, canonical, evidence = (data / layer / "cohort" for layer in ("1_sources", "2_canonical", "3_evidence"))
    snapshot = SNAPSHOT.scan(sources / "snapshot.parquet").collect()
    if snapshot.is_empty():
        QUALITY.write(QUALITY.empty(), out / FILE)
        return
    issues = [VALUE_ISSUES.scan(folder / "value_issues.parquet") for folder in (sources, canonical)]
    folders = [(table, _folder(canonical, table)) for table in OF_PEOPLE]
    people = []
    for part in common_parts(*folders):
        persons, periods, exposures, measurements = (table.scan(folder / part) for table, folder in folders)
        of_exposures = exposures.select("person_id", "start_day", "end_rule")
        people.append(people_checked(persons.collect(), periods.collect(), of_exposures.collect(), measurements))
    candidates = EPISODES.scan(evidence / "episodes").select("subject_id")
    retrieved = snapshot["retrieved"].drop_nulls().max()
    counts = [
        tables_checked(snapshot, _quarantined(sources), pl.concat(issues).collect(), _attrition(canonical)),
        *(
            records_checked(table, table.scan(sources / f"{table.name.removeprefix('sources/')}.parquet"), day, pairs)
            for table, day, pairs in RECORDS
        ),
        people_rows(
            people,
            None if retrieved is None else date.fromisoformat(str(retrieved)),
            simulated=bool((snapshot["format"] == "simulated").all()),
        ),
        elements_documented(FINDINGS.scan(evidence / "findings"), candidates, elements, "omop", "all"),
    ]
    QUALITY.write(quality_rows(pl.concat(counts), "cohort", version), out / FILE)


def _folder(layer: Path, table: Table) -> Path:
    return layer / table.name.rpartition("/")[2]


def _quarantined(sources: Path) -> pl.DataFrame:
    """Columns source_id, quarantined: a number of lines."""
    return QUARANTINE.scan(sources / "quarantine.parquet").group_by("source_id").len("quarantined").collect(engine="streaming")


def _attrition(layer: Path) -> pl.DataFrame:
    return pl.read_csv(layer / "attrition.csv", schema=ATTRITION.types)
