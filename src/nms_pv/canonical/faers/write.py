"""Rows of every quarter -> the canonical tables: versions decided over all quarters, everything else one quarter at a time."""

import tempfile
from pathlib import Path

import polars as pl

from nms_pv.canonical.faers.coding import uncoded_names
from nms_pv.canonical.faers.duplicates import flag_duplicates
from nms_pv.canonical.faers.quarter import Piece, Quarter, write_quarter
from nms_pv.canonical.faers.versions import decide, read_versions
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Duplicates
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import (
    CODING_COVERAGE,
    REPORT_DRUGS,
    REPORT_EVENTS,
    REPORT_INDICATIONS,
    REPORT_OUTCOMES,
    REPORT_VERSIONS,
    REPORTS,
    UNCODED_NAMES,
    VALUE_ISSUES,
)
from nms_pv.tables.contract import ContractError
from nms_pv.tables.parts import keep_only
from nms_pv.tables.sources import DELETED_CASES

NO_QUARTER = "none.parquet"
BY_QUARTER = (REPORT_VERSIONS, REPORTS, REPORT_DRUGS, REPORT_EVENTS, REPORT_OUTCOMES, REPORT_INDICATIONS)


def write_canonical(sources: Path, out: Path, faers: FaersSpec, drugs: DrugTable, duplicates: Duplicates) -> None:
    """Write every table of layer 2.

    Parameters
    ----------
    sources
        Output of the sources layer.
    out
        Gets one folder for each large table, with one Parquet file for each quarter, and the small tables beside them.

    Raises
    ------
    ContractError
        When no quarter holds a report.
    """
    decided = _decide_versions(sources, faers)
    names = sorted(decided)
    with tempfile.TemporaryDirectory() as folder:
        staged = {name: Path(folder) / f"{name}.parquet" for name in names}
        pieces = [
            write_quarter(Quarter(name, sources / "rows", out, faers, decided.pop(name)), drugs, staged[name]) for name in names
        ]
        flags = flag_duplicates(pl.concat(keys for piece in pieces for keys in piece.keys), duplicates)
        for name in names:
            _write_reports(staged[name], flags, out / "reports" / f"{name}.parquet")
    for table in BY_QUARTER:
        keep_only([f"{name}.parquet" for name in names], out / table.name.removeprefix("canonical/"))
    _write_small_tables(pieces, out, drugs)


def write_without_reports(out: Path) -> None:
    """Write every table of layer 2 without rows, for a study whose reports arm has no input."""
    for table in BY_QUARTER:
        folder = out / table.name.removeprefix("canonical/")
        table.write(table.empty(), folder / NO_QUARTER)
        keep_only([NO_QUARTER], folder)
    for table in (VALUE_ISSUES, CODING_COVERAGE, UNCODED_NAMES):
        table.write(table.empty(), out / f"{table.name.removeprefix('canonical/')}.parquet")
    write_attrition([], out / "attrition.csv")


def _decide_versions(sources: Path, faers: FaersSpec) -> dict[str, pl.DataFrame]:
    parts = sorted((sources / "rows" / "DEMO").glob("*.parquet"))
    # One byte for each quarter instead of sixteen, times 25 million versions.
    as_code = pl.col("quarter").cast(pl.Enum([part.stem for part in parts]))
    narrow = pl.concat(
        pl.collect_all([read_versions(pl.scan_parquet(p), p.stem, faers.rules).with_columns(as_code) for p in parts])
    )
    if narrow.is_empty():
        raise ContractError(
            f"{sources / 'rows' / 'DEMO'}: no quarter holds a report. Add one that does with `nms-pv add faers PATH`."
        )
    deleted = DELETED_CASES.scan(sources / "deleted_cases.parquet").select("caseid", as_code).collect()
    decided = decide(narrow, deleted).partition_by("quarter", as_dict=True)
    return {str(quarter): part for (quarter,), part in decided.items()}


def _write_reports(staged: Path, flags: pl.DataFrame, path: Path) -> None:
    reports = pl.read_parquet(staged).join(flags, on="subject_id", how="left")
    REPORTS.write(reports.with_columns(pl.col("is_representative").fill_null(True)), path)


def _write_small_tables(pieces: list[Piece], out: Path, drugs: DrugTable) -> None:
    VALUE_ISSUES.write(pl.concat(part for piece in pieces for part in piece.issues), out / "value_issues.parquet")
    CODING_COVERAGE.write(pl.concat(part for piece in pieces for part in piece.coverage), out / "coding_coverage.parquet")
    counts = pl.concat(part for piece in pieces for part in piece.uncoded).group_by("name").agg(pl.col("rows").sum())
    UNCODED_NAMES.write(uncoded_names(counts, drugs), out / "uncoded_names.parquet")
    write_attrition([part for piece in pieces for part in piece.attrition], out / "attrition.csv")
