"""An SQLite file, opened read-only; its cells may each be of another type, so all are read as text."""

from pathlib import Path
from urllib.parse import quote

import adbc_driver_manager
import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa

from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered, said


class SqliteFile:
    """The tables of an SQLite file."""

    # The driver takes a column's type from its first rows, so that each cell must be text; empty text stands for no value.
    dialect = Dialect(cell="coalesce(CAST({} AS TEXT), '')")

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._connection = sqlite.connect(f"file:{quote(str(path.absolute()))}?mode=ro")
        self._cursor = self._connection.cursor()
        try:
            self._names = [
                row[0] for row in self._ask("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            ]
        except adbc_driver_manager.Error as error:
            self.close()
            raise CdmError(
                f"{path}: SQLite cannot open it: {said(error)}. Copy it again, or close programs that write to it."
            ) from error

    def tables(self) -> list[Found]:
        """All its tables."""
        return [Found((name,), lowered(self._columns(name), name, self.name), "sqlite", self.name) for name in self._names]

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT, until the next one."""
        # The rows end when their cursor is let go.
        self._cursor.close()
        self._cursor = self._connection.cursor()
        self._cursor.execute(query)
        return self._cursor.fetch_record_batch()

    def close(self) -> None:
        """Close the file."""
        self._cursor.close()
        self._connection.close()

    def _columns(self, table: str) -> list[str]:
        return [row[0] for row in self._ask("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]

    def _ask(self, query: str, parameters: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()
