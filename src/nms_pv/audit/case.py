"""Everything the tables hold about one case, read lazily and from its own part only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.audit.text import plain
from nms_pv.tables.canonical import (
    REPORT_DRUGS,
    REPORT_EVENTS,
    REPORT_INDICATIONS,
    REPORT_OUTCOMES,
    REPORT_VERSIONS,
    REPORTS,
    STATUS,
    VERSION_REASON,
)
from nms_pv.tables.contract import Table
from nms_pv.tables.errors import UserError
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import DIFFERENTIAL, VERDICTS

LOOKS_LIKE = (
    "Ids look like faers:26127610: the source, a colon, the number of the case (never that of a version). "
    "Those of numbers look like ror/pt_only/ps+ss/collapsed/generation/FGA, as the report names them."
)


class UnknownCaseError(UserError):
    """No case is shown under this id."""


@dataclass(frozen=True)
class Case:
    """One case: its shown version as a dictionary, and its rows of every table."""

    report: dict[str, object]
    versions: pl.DataFrame
    duplicates: pl.DataFrame
    drugs: pl.DataFrame
    events: pl.DataFrame
    outcomes: pl.DataFrame
    indications: pl.DataFrame
    findings: pl.DataFrame
    exposures: pl.DataFrame
    verdicts: pl.DataFrame

    @property
    def subject_id(self) -> str:
        """The id of the case."""
        return str(self.report["subject_id"])


def read_case(subject_id: str, data: Path) -> Case:
    """Read one case from the data folder.

    Raises
    ------
    UnknownCaseError
        Saying what ids look like, or that the case was received but is not shown.
    """
    canonical, evidence = data / "2_canonical", data / "3_evidence"
    versions = _rows(REPORT_VERSIONS, canonical / "report_versions", subject_id).sort("received_day", "version_n", "version_id")
    shown = _rows(REPORTS, canonical / "reports", subject_id)
    if shown.is_empty():
        raise UnknownCaseError(_why_unknown(subject_id, versions))
    report = shown.row(0, named=True)
    part = f"{report['source_id'].split(':')[1]}.parquet"
    return Case(
        report=report,
        versions=versions,
        duplicates=_duplicates(canonical / "reports", report["duplicate_group"]),
        drugs=_rows(REPORT_DRUGS, canonical / "report_drugs" / part, subject_id),
        events=_rows(REPORT_EVENTS, canonical / "report_events" / part, subject_id),
        outcomes=_rows(REPORT_OUTCOMES, canonical / "report_outcomes" / part, subject_id),
        indications=_rows(REPORT_INDICATIONS, canonical / "report_indications" / part, subject_id),
        findings=_rows(FINDINGS, evidence / "findings" / part, subject_id),
        exposures=_rows(EXPOSURES, evidence / "exposures" / part, subject_id),
        verdicts=pl.concat(
            [
                _rows(table, data / "4_labels" / folder / part, subject_id)
                for table, folder in ((VERDICTS, "verdicts"), (DIFFERENTIAL, "differential"))
            ]
        ),
    )


def place(row: Mapping[str, object]) -> str:
    """Where a row stands in the raw files, or in the snapshot of the common data model."""
    unit = "row" if str(row["source_id"]).startswith("omop:") else "line"
    return f"{row['source_id']} {unit} {row['source_line']}"


def raw_rows(source_id: str, lines: list[int], data: Path) -> dict[int, str]:
    """The raw cells that hold something, by line; without the lines that the rows file does not have."""
    _, quarter, table = source_id.split(":")
    path = data / "1_sources" / "rows" / table / f"{quarter}.parquet"
    if not path.exists():
        return {}
    found = pl.scan_parquet(path).filter(pl.col("source_id") == source_id, pl.col("source_line").is_in(lines)).collect()
    return {row.pop("source_line"): _cells(row) for row in found.drop("source_id").iter_rows(named=True)}


def _cells(row: dict[str, str | None]) -> str:
    return "; ".join(f"{column}={cell}" for column, cell in row.items() if cell)


def _rows(table: Table, path: Path, subject_id: str) -> pl.DataFrame:
    return table.scan(path).filter(pl.col("subject_id") == subject_id).collect()


def _duplicates(reports: Path, group: object) -> pl.DataFrame:
    members = REPORTS.scan(reports).filter(pl.col("duplicate_group") == pl.lit(group, pl.String))
    return (
        members.select("subject_id", "received_day", "received_day_precision", "is_representative").sort("subject_id").collect()
    )


def _why_unknown(subject_id: str, versions: pl.DataFrame) -> str:
    if versions.is_empty():
        return f"no case {subject_id!r} was received. {LOOKS_LIKE}"
    known = "; ".join(
        f"{plain(v['version_id'])} ({place(v)}): {v['status']}, {STATUS[v['status']]}, {VERSION_REASON[v['reason']]}"
        for v in versions.iter_rows(named=True)
    )
    return f"case {subject_id!r} was received but no version of it is shown: {known}"
