"""Tables of a source -> a folder with one Parquet file a table, in order of its key: the same rows give the same bytes."""

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nms_pv.sources.omop.select import COLUMNS, REQUIRED, VERSION_COLUMNS, Needed, select
from nms_pv.sources.omop.source import CdmError, Found, Source, said
from nms_pv.sources.omop.tables import find_tables
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.snapshot import write_snapshot_record

# Sorting goes to disk beyond this.
_SORT_MEMORY = "1GB"
_ROWS_AT_A_TIME = 250_000


def take_snapshot(source: Source, folder: Path, needed: Needed, today: date) -> list[str]:
    """Write every table that is read, and `snapshot.json`, to an empty folder; return what to know about them.

    Raises
    ------
    CdmError
        When a table or column is missing, the vocabulary is empty, or rows cannot be read.

    """
    tables = find_tables(source)
    cdm_version, vocabulary_version = _versions(source, tables)
    facts: dict[str, dict[str, str | None]] = {}
    for name in COLUMNS:
        found = tables[name]
        asks = source.dialect.asks_for_needed_rows
        query = needed.query(name, tables, source.dialect) if asks else select(name, found, source.dialect)
        _write_sorted(source, query, name, folder)
        facts[name] = {
            "format": found.format,
            "origin": found.origin,
            "cdm_version": cdm_version,
            "vocabulary_version": vocabulary_version,
            "retrieved": today.isoformat(),
        }
    _refuse_empty_vocabulary(source, folder)
    write_snapshot_record(folder, facts)
    return _warnings(cdm_version)


def _write_sorted(source: Source, query: str, name: str, folder: Path) -> None:
    """Write the rows of a query in order of the table's key; rows with one key stand in order of their other columns."""
    spill = folder / "sorting"
    try:
        rows = _plain(source.read(query))
        # A connection of its own: no query of the source runs on it, and what does not fit in memory goes to the folder.
        with duckdb.connect(config={"memory_limit": _SORT_MEMORY, "temp_directory": str(spill)}) as sorter:
            sorter.register("received", rows)
            ordered = sorter.sql(f"SELECT * FROM received ORDER BY {', '.join(_order(name, rows.schema))}")
            _write(ordered.to_arrow_reader(_ROWS_AT_A_TIME), folder / f"{name}.parquet")
    except (OSError, MemoryError):
        raise
    except Exception as error:
        # Each driver has errors of its own, and each may come in the middle of the rows.
        raise CdmError(f"{source.name}: table {name} cannot be read: {said(error)}") from None
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _write(rows: pa.RecordBatchReader, path: Path) -> None:
    with pq.ParquetWriter(path, rows.schema, compression="zstd") as writer:
        for part in _evenly(rows):
            writer.write_table(part, row_group_size=_ROWS_AT_A_TIME)


def _evenly(rows: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The rows in pieces of one size, so that the bytes do not depend on how they came."""
    waiting = rows.schema.empty_table()
    for batch in rows:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while waiting.num_rows >= _ROWS_AT_A_TIME:
            yield waiting.slice(0, _ROWS_AT_A_TIME)
            waiting = waiting.slice(_ROWS_AT_A_TIME)
    if waiting.num_rows:
        yield waiting.combine_chunks()


def _order(name: str, schema: pa.Schema) -> list[str]:
    """What a table is ordered by: the columns of its key (or those required), numbers as numbers, then all others."""
    key = [column for column in CDM_TABLES[name].key if column in schema.names] or REQUIRED[name]
    numbers = [
        rf"""try_cast(regexp_extract("{column}", '^[ \t\r\n]*(-?[0-9]+)', 1) AS BIGINT) NULLS LAST"""
        for column in key
        if pa.types.is_string(schema.field(column).type) and CDM_TABLES[name].types[column].is_integer()
    ]
    return [*numbers, *(f'"{column}" NULLS LAST' for column in dict.fromkeys((*key, *schema.names)))]


def _plain(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The rows with types that every reader knows, without time zones."""
    schema = pa.schema([pa.field(field.name, _plain_type(field.type)) for field in rows.schema])
    return pa.RecordBatchReader.from_batches(schema, (_cast(batch, schema) for batch in rows))


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    # Not safe: nanoseconds of a time of day may go.
    columns = [_stored(column).cast(field.type, safe=False) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays([_without_empty_text(column) for column in columns], schema=schema)


def _without_empty_text(column: pa.Array) -> pa.Array:
    """Empty text is no value: CSV cannot tell the two apart, and OMOP means the same by both."""
    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _stored(column: pa.Array) -> pa.Array:
    if isinstance(column.type, pa.BaseExtensionType):
        return _stored(column.storage)
    if pa.types.is_timestamp(column.type) and column.type.tz:
        # OMOP's times are those of the clock on the wall, which is what a source shows in its own time zone.
        return pc.local_timestamp(column)
    return column


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.BaseExtensionType):
        return _plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return pa.string()
    return kind


def _refuse_empty_vocabulary(source: Source, folder: Path) -> None:
    head = next(pq.ParquetFile(folder / "concept.parquet").iter_batches(2), None)
    rows = head.to_pylist() if head is not None else []
    if not rows or (len(rows) == 1 and str(rows[0]["concept_id"]).lower() == "concept_id"):
        raise CdmError(
            f"{source.name}: table concept has no rows that the study needs, so the vocabulary is empty or another, and no code "
            "could be understood. Load the vocabularies (from https://athena.ohdsi.org) into the CDM first."
        )


def _versions(source: Source, tables: Mapping[str, Found]) -> tuple[str | None, str | None]:
    """The versions of the model and of its vocabulary, as the source states them."""
    stated = _cells(source, tables, "cdm_source")
    vocabularies = _cells(source, tables, "vocabulary")
    # The row `None` stands for the vocabularies as a whole.
    whole = [row["vocabulary_version"] for row in vocabularies if row.get("vocabulary_id") == "None"]
    model = [row.get("cdm_version") for row in stated]
    return _first(model), _first([*whole, *(row.get("vocabulary_version") for row in stated)])


def _cells(source: Source, tables: Mapping[str, Found], name: str) -> list[dict[str, str | None]]:
    if name not in tables or not set(VERSION_COLUMNS[name]) & set(tables[name].columns):
        return []
    try:
        rows = source.read(select(name, tables[name], source.dialect)).read_all().to_pylist()
    except Exception as error:
        raise CdmError(f"{source.name}: table {name} cannot be read: {said(error)}") from None
    return [row for row in rows if not any(str(value).lower() == column for column, value in row.items())]


def _warnings(cdm_version: str | None) -> list[str]:
    if cdm_version is None:
        return ["table cdm_source states no version of the common data model; 5.3 and 5.4 are understood."]
    if not re.match(r"(CDM )?v?5\.[34]\b", cdm_version, re.IGNORECASE):
        return [f"table cdm_source states version {cdm_version!r} of the common data model; only 5.3 and 5.4 are understood."]
    return []


def _first(values: list[str | None]) -> str | None:
    return next((str(value) for value in values if value), None)
