"""A DuckDB file, opened read-only."""

from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa

from nms_pv.sources.omop.duck import open_file, rows_of
from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered, said

_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_catalog = current_database() AND table_schema = $schema ORDER BY table_name, ordinal_position
"""


class DuckDbFile:
    """The tables of one schema of a DuckDB file."""

    dialect = Dialect()

    def __init__(self, path: Path, schema: str) -> None:
        self.name = path.name
        self._schema = schema
        try:
            self._connection = open_file(path)
        except duckdb.Error as error:
            raise CdmError(
                f"{path}: DuckDB cannot open it ({said(error)}). Close other programs that have it open; if it was written by a "
                "newer DuckDB, export it as Parquet files, and give their folder."
            ) from error

    def tables(self) -> list[Found]:
        """All its tables."""
        names: dict[str, list[str]] = defaultdict(list)
        for table, column in self._connection.execute(_COLUMNS, {"schema": self._schema}).fetchall():
            names[table].append(column)
        return [
            Found((self._schema, table), lowered(columns, table, self.name), "duckdb", self.name)
            for table, columns in names.items()
        ]

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT."""
        return rows_of(self._connection, query)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
