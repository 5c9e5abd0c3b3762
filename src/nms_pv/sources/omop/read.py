"""Snapshot of a common data model -> its tables with declared types, quarantine, values not believed, attrition."""

from collections import Counter
from pathlib import Path

import polars as pl

from nms_pv.sources.omop.rows import read_rows
from nms_pv.sources.omop.select import COLUMNS, REQUIRED
from nms_pv.sources.omop.source import CdmError
from nms_pv.sources.omop.stream import Stream
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cdm import CDM_TABLES, SNAPSHOT
from nms_pv.tables.snapshot import batches, file_sha256, read_snapshot_record
from nms_pv.tables.sources import QUARANTINE

AGAIN = "Run `dvc checkout` or `dvc pull`, or register the data again with `nms-pv add omop SOURCE`."


def write_cohort_sources(snapshot: Path | None, out: Path) -> None:
    """Read a snapshot and write the tables of layer 1 to `out`.

    Parameters
    ----------
    snapshot
        Folder with `<table>.parquet` for every table of `tables/cdm.py` and `snapshot.json`; None writes every table empty.
    out
        Gets `<table>.parquet`, `snapshot.parquet`, `quarantine.parquet`, `value_issues.parquet`, `attrition.csv`.

    Raises
    ------
    CdmError, ContractError
        When the snapshot is not as it was registered, lacks a table or column, or is not in order of its keys.

    """
    record = SNAPSHOT.empty() if snapshot is None else read_snapshot_record(snapshot)
    if snapshot is not None:
        _verify(snapshot, record)
    SNAPSHOT.write(record, out / "snapshot.parquet")
    issues, attrition = [VALUE_ISSUES.empty()], []
    with Stream(QUARANTINE, out / "quarantine.parquet") as quarantine:
        # In order of source_id, the first column of the quarantine's key.
        for name in sorted(CDM_TABLES):
            found, left, received = _write_table(snapshot, name, quarantine, out)
            issues.append(found)
            attrition.append(steps("sources", name, "row", received, left))
    _write_issues(pl.concat(issues), out)
    write_attrition(attrition, out / "attrition.csv")


def _write_table(snapshot: Path | None, name: str, quarantine: Stream, out: Path) -> tuple[pl.DataFrame, dict[str, int], int]:
    """Write one table, and say what was not believed, how many rows left for which first reason, and how many came."""
    table = CDM_TABLES[name]
    issues, left, received, last = [VALUE_ISSUES.empty()], Counter[str](), 0, table.empty()
    with Stream(table, out / f"{name}.parquet") as kept:
        for batch in batches(snapshot / f"{name}.parquet") if snapshot is not None else ():
            rows = read_rows(batch, name, table, received, last)
            kept.add(rows.kept)
            quarantine.add(rows.quarantine)
            issues.append(rows.issues)
            left.update(dict(rows.left.iter_rows()))
            received += batch.height
            last = pl.concat([last, rows.kept.tail(1)]).tail(1)
    return pl.concat(issues), dict(sorted(left.items())), received


def _write_issues(issues: pl.DataFrame, out: Path) -> None:
    of_one = ["source_id", "column", "reason"]
    VALUE_ISSUES.write(issues.group_by(of_one).agg(pl.col("values").sum(), pl.col("example").min()), out / "value_issues.parquet")


def _verify(snapshot: Path, record: pl.DataFrame) -> None:
    """Refuse a snapshot of which a table is absent, changed, or without a column that is needed."""
    digests = dict(record.select("table", "sha256").iter_rows())
    problems = []
    for name in COLUMNS:
        path = snapshot / f"{name}.parquet"
        if name not in digests or not path.exists():
            problems.append(f"{path.name} is absent")
        elif file_sha256(path) != digests[name]:
            problems.append(f"{path.name} is not the file that was registered (sha256 differs)")
        else:
            problems += _columns(path, name)
    if problems:
        raise CdmError(f"{snapshot}: {'; '.join(problems)}. {AGAIN}")


def _columns(path: Path, name: str) -> list[str]:
    columns = list(pl.read_parquet_schema(path))
    wrong = [f"has no column {column}" for column in REQUIRED[name] if column not in columns]
    wrong += [f"has column {column}, which is not read" for column in columns if column not in COLUMNS[name]]
    return [f"{path.name} {problem}" for problem in wrong]
