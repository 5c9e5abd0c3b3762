"""What a common data model looks like, wherever it lies: its tables, their columns, and rows for one SELECT."""

import os
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from nms_pv.tables.errors import UserError


class CdmError(UserError):
    """A common data model that cannot be used as it is; the message names source, table, column and what to do."""


@dataclass(frozen=True)
class Found:
    """One table as it was found.

    `path` is its name with what it stands in, as stored; `columns` gives the stored name of each column by its lower-case name.
    """

    path: tuple[str, ...]
    columns: dict[str, str]
    format: str
    origin: str


@dataclass(frozen=True)
class Dialect:
    """How SQL is written for a source: quotes of identifiers, and what a column is turned into."""

    quote: str = '"'
    cell: str = "{}"
    asks_for_needed_rows: bool = False


class Source(Protocol):
    """A common data model that can be asked with SQL."""

    @property
    def name(self) -> str:
        """What it is, for messages and records; never a user name or password."""

    @property
    def dialect(self) -> Dialect:
        """How SQL is written for it."""

    def tables(self) -> list[Found]:
        """All its tables."""

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT, in no order."""

    def close(self) -> None:
        """Let it go."""


def lowered(names: list[str], table: str, source: str) -> dict[str, str]:
    """Stored names by their lower-case form.

    Raises
    ------
    CdmError
        When two names differ only in case.

    """
    found: dict[str, str] = {}
    for name in names:
        if name.lower() in found:
            raise CdmError(f"{source}: {table} has {found[name.lower()]!r} and {name!r}, and only one can be meant. Rename one.")
        found[name.lower()] = name
    return found


def said(error: Exception) -> str:
    """What a driver said, in one line, without DuckDB's advice to its own users, and never with the password."""
    text = " ".join(str(error).partition("Possible")[0].partition("\n\nLINE ")[0].split())
    secret = os.environ.get("PGPASSWORD")
    return text.replace(secret, "***") if secret else text
