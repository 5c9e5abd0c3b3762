"""`snapshot.json`: what each Parquet file of a snapshot of a common data model is, and its digests."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from nms_pv.tables.cdm import CDM_TABLES, SNAPSHOT
from nms_pv.tables.contract import ContractError, replacing

RECORD = "snapshot.json"
ROWS_AT_A_TIME = 500_000


def write_snapshot_record(folder: Path, facts: Mapping[str, Mapping[str, str | None]]) -> None:
    """Write `snapshot.json` beside the Parquet files of a snapshot.

    Parameters
    ----------
    folder
        Holds `<table>.parquet` for every table of `facts`.
    facts
        For each table its `format`, `origin`, `retrieved`, and where known `cdm_version` and `vocabulary_version`. Rows, bytes
        and digests are found here.

    Raises
    ------
    ContractError
        When a table is not one of the model's, or a fact is not one that table `sources/snapshot` allows.

    """
    unknown = sorted(set(facts) - set(CDM_TABLES))
    if unknown:
        raise ContractError(f"{folder.name}: {unknown} are no tables that are read; allowed are {list(CDM_TABLES)}")
    rows = [{**_measured(folder / f"{table}.parquet"), **facts[table], "table": table} for table in facts]
    named = pl.DataFrame([{"source_id": source_id(row["table"]), **row} for row in rows], infer_schema_length=None)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in SNAPSHOT.types.items() if name not in named.columns]
    checked = SNAPSHOT.check(named.with_columns(missing))
    with replacing(folder / RECORD) as partial:
        partial.write_text(json.dumps(checked.to_dicts(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_snapshot_record(folder: Path) -> pl.DataFrame:
    """The rows of `snapshot.json`, as declared by `sources/snapshot`.

    Raises
    ------
    ContractError
        When the file is absent, is no JSON, or holds something else.

    """
    path = folder / RECORD
    again = "Run `dvc checkout` or `dvc pull`, or register the data again with `nms-pv add omop SOURCE`."
    try:
        return SNAPSHOT.check(pl.DataFrame(json.loads(path.read_text(encoding="utf-8")), infer_schema_length=None))
    except FileNotFoundError as error:
        raise ContractError(f"{SNAPSHOT.name}: there is no {path}. {again}") from error
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise ContractError(f"{SNAPSHOT.name}: {path} cannot be read as the record of a snapshot: {error}. {again}") from error


def source_id(table: object) -> str:
    """The name of a table as a source: `omop:person`."""
    return f"omop:{table}"


def batches(path: Path) -> Iterator[pl.DataFrame]:
    """The rows of one table of a snapshot, so many at a time, in order of the file; at least one batch."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_A_TIME):
            yield pl.DataFrame(batch)
        if not file.metadata.num_rows:
            yield pl.DataFrame(file.schema_arrow.empty_table())


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _measured(path: Path) -> dict[str, object]:
    digest, rows = hashlib.sha256(), 0
    for batch in batches(path):
        rows += batch.height
        text = batch.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.f", date_format="%Y-%m-%d")
        digest.update(text.encode())
    return {
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
        "content_sha256": digest.hexdigest(),
    }
