"""Every quarter under a folder -> rows of text by table and quarter, quarantine, deleted cases, files read, attrition."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from nms_pv.sources.faers.archive import Member, open_member
from nms_pv.sources.faers.deleted import read_deleted
from nms_pv.sources.faers.header import read_header
from nms_pv.sources.faers.layout import QuarterFiles, lay_out
from nms_pv.sources.faers.lines import LINE, TEXT, read_records
from nms_pv.sources.faers.record import KeptFile
from nms_pv.sources.faers.rows import Rows, check_rows
from nms_pv.sources.faers.text import StagedText, stage_text
from nms_pv.sources.faers.verify import verify_kept
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.contract import replacing
from nms_pv.tables.parts import keep_only
from nms_pv.tables.sources import DELETED_CASES, FILES, QUARANTINE, raw_rows

DELETED = "DELETED"
# Reading a file alternates between one thread (bytes, digest) and all (lines): two files at a time keep two cores busy.
FILES_AT_A_TIME = 2


@dataclass(frozen=True)
class Reading:
    """What every file is read with."""

    faers: FaersSpec
    kept: list[KeptFile]
    out: Path


@dataclass(frozen=True)
class Piece:
    """What one file adds to the small tables."""

    file: dict[str, object]
    quarantine: pl.DataFrame
    attrition: pl.DataFrame
    deleted: pl.DataFrame


@dataclass(frozen=True)
class RawFile:
    """One file on its way: its quarter, its table (or DELETED), and its place in the zip or folder."""

    quarter: QuarterFiles
    table: str
    member: Member

    @property
    def scope(self) -> str:
        """`2024Q1:DRUG`."""
        return f"{self.quarter.quarter}:{self.table}"

    def __str__(self) -> str:
        return f"{self.quarter.path.name}/{self.member.name}"


def write_sources(raw: Path | None, out: Path, faers: FaersSpec, kept: list[KeptFile] | None) -> None:
    """Read every quarter under `raw` and write the tables of layer 1 to `out`.

    Parameters
    ----------
    raw
        Folder with one folder for each quarter; None when the reports arm has no input.
    out
        Gets `rows/<TABLE>/<quarter>.parquet`, `files.parquet`, `quarantine.parquet`, `deleted_cases.parquet`, `attrition.csv`.
    kept
        The record of what was added, to compare with; None for simulated files, which nobody adds.

    Raises
    ------
    SourceError, ArchiveError
        When a file cannot be used as it is.

    """
    if raw and kept is not None:
        verify_kept(raw, kept)
    reading = Reading(faers, kept or [], out)
    quarters = lay_out(raw, faers) if raw else []
    with ThreadPoolExecutor(FILES_AT_A_TIME) as pool:
        pieces = list(pool.map(partial(_read_file, reading=reading), (file for quarter in quarters for file in _files(quarter))))
    (out / "rows").mkdir(parents=True, exist_ok=True)
    for table in faers.tables:
        keep_only([f"{q.quarter}.parquet" for q in quarters if table in q.tables], out / "rows" / table)
    FILES.write(pl.DataFrame([piece.file for piece in pieces], schema=FILES.types), out / "files.parquet")
    QUARANTINE.write(pl.concat([QUARANTINE.empty(), *(piece.quarantine for piece in pieces)]), out / "quarantine.parquet")
    deleted = pl.concat([DELETED_CASES.empty(), *(piece.deleted for piece in pieces)]).sort("source_id", "source_line")
    DELETED_CASES.write(deleted.unique(["caseid", "quarter"], keep="first"), out / "deleted_cases.parquet")
    write_attrition([piece.attrition for piece in pieces], out / "attrition.csv")


def _files(quarter: QuarterFiles) -> Iterator[RawFile]:
    for table, member in quarter.tables.items():
        yield RawFile(quarter, table, member)
    for number, member in enumerate(quarter.deleted, start=1):
        yield RawFile(quarter, DELETED if number == 1 else f"{DELETED}_{number}", member)


def _read_file(file: RawFile, reading: Reading) -> Piece:
    return _read_deleted(file, reading) if file.table.startswith(DELETED) else _read_table(file, reading)


def _read_table(file: RawFile, reading: Reading) -> Piece:
    faers, quarter = reading.faers, file.quarter.quarter
    with _staged(file) as staged:
        with staged.path.open(encoding="utf-8", errors="replace", newline="\n") as text:
            header = read_header(text.readline().rstrip("\n"), faers, quarter, file.table, str(file))
        rows = check_rows(read_records(staged.path, header), header, faers, str(file))
    types = raw_rows(faers.column_names(file.table))
    complete = rows.kept.with_columns(
        pl.lit(f"{faers.rules.name}:{file.scope}").alias("source_id"),
        *(pl.lit(None, pl.String).alias(name) for name in sorted(set(types) - set(rows.kept.columns) - {"source_id"})),
    )
    with replacing(reading.out / "rows" / file.table / f"{quarter}.parquet") as beside:
        complete.select(types.keys()).rechunk().write_parquet(beside, compression="zstd")
    return _piece(file, staged, rows, DELETED_CASES.empty(), reading)


def _read_deleted(file: RawFile, reading: Reading) -> Piece:
    with _staged(file) as staged:
        cases = read_deleted(staged.path)
    source_id = pl.lit(f"{reading.faers.rules.name}:{file.scope}").alias("source_id")
    deleted = cases.kept.select("caseid", pl.lit(file.quarter.quarter).alias("quarter"), source_id, LINE)
    return _piece(file, staged, cases, deleted, reading)


@contextmanager
def _staged(file: RawFile) -> Iterator[StagedText]:
    with tempfile.TemporaryDirectory() as folder, open_member(file.quarter.path, file.member.name) as stream:
        yield stage_text(stream, Path(folder) / "text", str(file))


def _piece(file: RawFile, staged: StagedText, rows: Rows, deleted: pl.DataFrame, reading: Reading) -> Piece:
    rules, quarter = reading.faers.rules, file.quarter
    source_id = f"{rules.name}:{file.scope}"
    names = (f"{quarter.quarter}/{quarter.path.name}", f"{quarter.quarter}/{file.member.name}")
    added = next((f for f in reading.kept if f.file in names), None)
    left = {
        "glued_records_split": -rows.glued,
        "blank_line": rows.blank,
        "quarantined": rows.rejected_records,
        "exact_copy_of_a_row": rows.copies,
    }
    return Piece(
        file={
            "source_id": source_id,
            "quarter": quarter.quarter,
            "table": file.table,
            "era": rules.era(quarter.quarter),
            "member": file.member.name,
            "bytes": staged.bytes,
            "sha256": staged.sha256,
            "encoding": staged.encoding,
            "line_count": rows.lines,
            "origin": added.origin if added else "simulator",
            "licence": rules.licence if added else "SIMULATED",
            "retrieved": added.retrieved if added else None,
        },
        quarantine=rows.rejected.select(pl.lit(source_id).alias("source_id"), LINE, TEXT, "reasons"),
        attrition=steps("sources", file.scope, "record", rows.lines, {reason: n for reason, n in left.items() if n}),
        deleted=deleted,
    )
