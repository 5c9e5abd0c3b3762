"""The subjects that meet a definition of the study, and everything the layers hold about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DIFFERENTIAL, TREATMENTS, VERDICTS, scan_met
from nms_pv.tables.person_time import CASE_OBSERVATION, CASES

SUBJECT = "subject_id"
SOURCE = ["source_id", "source_line"]
NO_ROWS = pl.DataFrame(schema={"source_id": pl.String, "source_line": pl.Int64, "cells": pl.String})


@dataclass(frozen=True)
class Subjects:
    """Subjects of one arm, by `subject_id`; each frame holds rows of theirs alone.

    `about` has one row a subject; `members` the groups of drugs it counts in (`where`, `group_kind`, `group`), with what narrows
    them down; `rows` the raw row behind each cited source line, its cells as text.
    """

    arm: str
    about: pl.DataFrame
    members: pl.DataFrame
    findings: pl.DataFrame
    exposures: pl.DataFrame
    verdicts: pl.DataFrame
    rows: pl.DataFrame


def read_reports(data: Path, definitions: list[str]) -> Subjects:
    """The counted reports that meet one of the definitions.

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    evidence, labels, exposure = (data / layer for layer in ("3_evidence", "4_labels", "5_exposure"))
    met = scan_met(labels / "verdicts", definitions).select(SUBJECT).unique()
    about = UNIVERSE.scan(exposure / "universe").join(met, on=SUBJECT, how="semi").sort(SUBJECT).collect()
    members = _of(REPORT_INGREDIENTS, exposure / "report_ingredients", about)
    findings, exposures = _of(FINDINGS, evidence / "findings", about), _of(EXPOSURES, evidence / "exposures", about)
    return Subjects(
        arm="reports",
        about=about,
        members=members,
        findings=findings,
        exposures=exposures,
        verdicts=_verdicts(labels, about),
        rows=pl.concat([NO_ROWS, *_raw_reports(data / "1_sources" / "rows", _cited(findings, exposures))]),
    )


def read_episodes(data: Path, definitions: list[str]) -> Subjects:
    """The candidate episodes that meet one of the definitions.

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    evidence, labels, exposure = (data / layer / "cohort" for layer in ("3_evidence", "4_labels", "5_exposure"))
    met = scan_met(labels / "verdicts", definitions).select(SUBJECT).unique()
    observed = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").select("person_id", "sex", "birth_day", "death_day")
    about = (
        EPISODES.scan(evidence / "episodes")
        .join(met, on=SUBJECT, how="semi")
        .join(observed.unique("person_id"), on="person_id", how="left")
        .sort(SUBJECT)
        .collect()
    )
    findings, exposures = _of(FINDINGS, evidence / "findings", about), _of(EXPOSURES, evidence / "exposures", about)
    return Subjects(
        arm="cohort",
        about=about,
        members=_of(CASES, exposure / "cases.parquet", about),
        findings=findings,
        exposures=exposures,
        verdicts=_verdicts(labels, about),
        rows=pl.concat([NO_ROWS, *_raw_records(data / "1_sources" / "cohort", _cited(findings, exposures))]),
    )


def read_treatments(labels: Path, subjects: Subjects) -> pl.DataFrame:
    """Rows of `labels/treatments` of these subjects; `labels` is the folder of their arm.

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    return _of(TREATMENTS, labels / "treatments", subjects.about)


def observed_until(exposure: Path, episodes: Subjects) -> pl.DataFrame:
    """The episodes that begin under observation: subject_id and the last day of that stretch, seen_until (days since 1970-01-01).

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    stretches = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").select(
        "person_id", seen_from="start_day", seen_until="end_day"
    )
    begun = episodes.about.lazy().select(SUBJECT, "person_id", "start_day").join(stretches, on="person_id")
    return begun.filter(pl.col("start_day").is_between("seen_from", "seen_until")).select(SUBJECT, "seen_until").collect()


def _of(table: Table, path: Path, about: pl.DataFrame) -> pl.DataFrame:
    return table.scan(path).join(about.lazy().select(SUBJECT), on=SUBJECT, how="semi").sort(table.key).collect()


def _verdicts(labels: Path, about: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([_of(VERDICTS, labels / "verdicts", about), _of(DIFFERENTIAL, labels / "differential", about)])


def _cited(*tables: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(table.select(SOURCE) for table in tables).unique().sort(SOURCE)


def _raw_reports(rows: Path, cited: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cited lines of each file; `source_id` is `faers:<quarter>:<table>`."""
    for (source_id,), lines in cited.group_by("source_id", maintain_order=True):
        _, quarter, table = str(source_id).split(":")
        yield _as_cells(pl.scan_parquet(rows / table / f"{quarter}.parquet").filter(source_id=source_id), lines)


def _raw_records(snapshot: Path, cited: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cited rows of each table of the common data model; `source_id` is `omop:<table>`."""
    for (source_id,), lines in cited.group_by("source_id", maintain_order=True):
        name = str(source_id).removeprefix("omop:")
        rows = CDM_TABLES[name].scan(snapshot / f"{name}.parquet").with_columns(source_id=pl.lit(source_id))
        yield _as_cells(rows, lines)


def _as_cells(rows: pl.LazyFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Columns source_id, source_line, cells: what is not empty as `column=cell`, joined by a unit separator."""
    columns = [name for name in rows.collect_schema().names() if name not in SOURCE]
    filled = [pl.when(_is_filled(rows, name)).then(pl.format(f"{name}={{}}", pl.col(name))) for name in columns]
    cells = pl.concat_str(filled, separator="\x1f", ignore_nulls=True)
    return rows.join(lines.lazy(), on=SOURCE, how="semi").select(*SOURCE, cells=cells).sort(SOURCE).collect()


def _is_filled(rows: pl.LazyFrame, name: str) -> pl.Expr:
    is_text = rows.collect_schema()[name] == pl.String
    return pl.col(name).is_not_null() & (pl.col(name) != "") if is_text else pl.col(name).is_not_null()
