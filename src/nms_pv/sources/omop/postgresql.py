"""A PostgreSQL database, read in one transaction that cannot write; user and password come from the environment only."""

import re
from collections import defaultdict
from urllib.parse import urlsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa

from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered, said

_COLUMNS = """
    SELECT table_name::text, column_name::text FROM information_schema.columns
    WHERE table_schema = $1 ORDER BY table_name, ordinal_position
"""
_ENVIRONMENT = (
    "Give user and password in PGUSER and PGPASSWORD, PGPASSFILE or PGSERVICE, "
    "and other settings as libpq reads them (PGSSLMODE)."
)


class PostgreSql:
    """The tables of one schema of a PostgreSQL database."""

    dialect = Dialect(asks_for_needed_rows=True)

    def __init__(self, url: str, schema: str) -> None:
        self.name = public_url(url)
        self._schema = schema
        try:
            self._connection = postgresql.connect(self.name)
        except adbc_driver_manager.Error as error:
            raise CdmError(f"{self.name}: cannot be opened: {said(error)}. {_ENVIRONMENT}") from error
        self._cursor = self._connection.cursor()
        # All tables as of one moment, whoever writes to them meanwhile.
        self._ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def tables(self) -> list[Found]:
        """All tables and views of the schema that the user may read."""
        names: dict[str, list[str]] = defaultdict(list)
        for table, column in self._ask(_COLUMNS, (self._schema,)):
            names[table].append(column)
        origin = f"{self.name}, schema {self._schema}"
        return [
            Found((self._schema, table), lowered(columns, table, self.name), "postgresql", origin)
            for table, columns in names.items()
        ]

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT, until the next one."""
        # The rows end when their cursor is let go.
        self._cursor.close()
        self._cursor = self._connection.cursor()
        self._cursor.execute(query)
        return self._cursor.fetch_record_batch()

    def close(self) -> None:
        """Leave the database."""
        self._cursor.close()
        self._connection.close()

    def _ask(self, query: str, parameters: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []


def public_url(url: str) -> str:
    """The address as scheme, host, port and database.

    Raises
    ------
    CdmError
        When it carries a user, a password or anything else; the message repeats nothing of it.

    """
    form = "A database is given as postgresql://HOST/DATABASE or postgresql://HOST:PORT/DATABASE and nothing more."
    if "@" in url or "?" in url or "#" in url:
        raise CdmError(
            f"The address of the database carries a user name, a password or settings, which are not read. {form} {_ENVIRONMENT}"
        )
    if not re.fullmatch(r"postgresql://[\w.\-:\[\]]+/[\w.\-%]+", url):
        raise CdmError(f"The address of the database is not understood. {form} {_ENVIRONMENT}")
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc}{parts.path}"
