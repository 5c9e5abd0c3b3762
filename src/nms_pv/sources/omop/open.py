"""What the user named as SOURCE -> a source that can be asked, recognised by what it is and not by its name."""

import re
from pathlib import Path

from nms_pv.sources.omop.source import CdmError, Source

_FORMS = "Allowed are a folder, a DuckDB file, an SQLite file, postgresql://HOST/DATABASE, and spark:SCHEMA."
_SQLITE = b"SQLite format 3\x00"
# DuckDB's storage header: a checksum of eight bytes, then these.
_DUCKDB = b"DUCK"


def open_source(source: str, schema: str | None) -> Source:
    """Open what `source` names.

    `schema` names the schema of a PostgreSQL database (default public) or of a DuckDB file (default main).

    Raises
    ------
    CdmError
        When there is nothing like that, or it cannot be opened. A message never repeats what may be a password.

    """
    if source.startswith("postgresql://"):
        # Drivers are loaded only for the source that needs them.
        from nms_pv.sources.omop.postgresql import PostgreSql

        return PostgreSql(source, schema or "public")
    if schema and (source.startswith("spark:") or not _is_duckdb(Path(source))):
        raise CdmError("--schema is for PostgreSQL databases and DuckDB files; leave it out.")
    if source.startswith("spark:"):
        from nms_pv.sources.omop.spark import Spark

        return Spark(source.removeprefix("spark:"))
    if re.search("://|=|@", source) and not Path(source).exists():
        raise CdmError(f"SOURCE looks like an address, but not like one that is known. {_FORMS}")
    return _open_path(Path(source), schema)


def _open_path(path: Path, schema: str | None) -> Source:
    if path.is_dir():
        from nms_pv.sources.omop.folder import Folder

        return Folder(path)
    head = _head(path)
    if head.startswith(_SQLITE):
        from nms_pv.sources.omop.sqlite_file import SqliteFile

        return SqliteFile(path)
    if _is_duckdb(path):
        from nms_pv.sources.omop.duckdb_file import DuckDbFile

        return DuckDbFile(path, schema or "main")
    raise CdmError(f"{path}: {_guess(head)}. {_FORMS}")


def _is_duckdb(path: Path) -> bool:
    return path.is_file() and _head(path)[8:12] == _DUCKDB


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(1024)
    except FileNotFoundError as error:
        raise CdmError(f"{path}: there is no such file or folder. Check the path. {_FORMS}") from error
    except OSError as error:
        raise CdmError(f"{path}: cannot be read: {error.strerror}. Check its permissions.") from error


def _guess(head: bytes) -> str:
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return "is a Git-LFS pointer, a note that the file is stored elsewhere: run `git lfs pull` where you took it from"
    if head.startswith((b"PK", b"\x1f\x8b")):
        return "is packed: unpack it first"
    if head.startswith(b"PAR1"):
        return "is one Parquet file: give the folder that holds all tables"
    return "is neither a DuckDB nor an SQLite file; if it is one table, give the folder that holds all tables"
