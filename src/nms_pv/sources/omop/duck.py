"""A DuckDB connection that reads what it was given, and nothing else of the machine."""

from pathlib import Path

import duckdb
import pyarrow as pa

ROWS_AT_A_TIME = 500_000
# A file must not make DuckDB load code, nor read or write other files: only what is opened here is reachable.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file for reading; nothing is written to it or beside it."""
    return duckdb.connect(path, read_only=True, config={**_CLOSED, "enable_external_access": "false"})


def open_folder(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open an empty database that can read files below one folder."""
    connection = duckdb.connect(config=_CLOSED)
    connection.execute("SET allowed_directories = [$folder]", {"folder": str(folder.absolute())})
    connection.execute("SET enable_external_access = false")
    return connection


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    """The rows of a query as a stream."""
    return connection.sql(query).to_arrow_reader(ROWS_AT_A_TIME)
