"""A declared table written piece by piece, so that memory follows a piece."""

from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow.parquet as pq

from nms_pv.tables.contract import ContractError, Table, replacing


class Stream:
    """Write a table in pieces that come in order of its key: `with Stream(table, path) as stream: stream.add(rows)`.

    Each piece is checked as `Table.check` does; keys that go up from piece to piece are unique in the whole. A reader sees the
    whole file or none of it.
    """

    def __init__(self, table: Table, path: Path) -> None:
        self.rows = 0
        self._table = table
        self._last = table.empty().select(table.key)
        self._replacing = replacing(path)
        self._schema = table.empty().to_arrow().schema

    def __enter__(self) -> "Stream":
        self._writer = pq.ParquetWriter(self._replacing.__enter__(), self._schema, compression="zstd")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()
        self._replacing.__exit__(kind, error, trace)

    def add(self, rows: pl.DataFrame) -> None:
        """Check and write the next rows.

        Raises
        ------
        ContractError
            When they do not fit the declaration, or do not come after those already written.

        """
        if rows.is_empty():
            return
        checked = self._table.check(rows)
        keys = checked.select(self._table.key)
        if not self._last.is_empty() and self._last.row(0) >= keys.row(0):
            raise ContractError(
                f"{self._table.name}: rows {self._last.row(0)} and {keys.row(0)} are not in order of {self._table.key}"
            )
        self._writer.write_table(checked.to_arrow().cast(self._schema))
        self._last = keys.tail(1)
        self.rows += checked.height
