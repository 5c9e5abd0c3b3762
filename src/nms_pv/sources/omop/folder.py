"""A folder of Parquet, CSV or TSV files: one file a table, or one folder of files a table."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from nms_pv.sources.omop.duck import open_folder, rows_of
from nms_pv.sources.omop.select import COLUMNS, VERSION_COLUMNS
from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered, said

_ENDINGS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".txt.gz": "csv",
}


class Folder:
    """The tables below a folder; files that are no table of the model are left alone."""

    dialect = Dialect()

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        self._folder = folder
        self._connection = open_folder(folder)

    def tables(self) -> list[Found]:
        """All tables of the model that it holds."""
        return [self._table(table, files) for table, files in sorted(_files_by_table(self._folder).items())]

    def read(self, query: str) -> pa.RecordBatchReader:
        """The rows of one SELECT."""
        return rows_of(self._connection, query)

    def close(self) -> None:
        """Close the files."""
        self._connection.close()

    def _table(self, table: str, files: list[Path]) -> Found:
        formats = sorted({_ENDINGS[_ending(path)] for path in files})
        standing = {path.parent for path in files}
        if len(formats) > 1 or len(standing) > 1 or (self._folder in standing and len(files) > 1):
            shown = ", ".join(path.relative_to(self._folder).as_posix() for path in files[:4])
            raise CdmError(f"{self._folder}: {shown} all look like table {table}, and only one can be. Move the others away.")
        try:
            self._connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM {_scan(files, formats[0])}')
            names = [row[0] for row in self._connection.execute(f'DESCRIBE "{table}"').fetchall()]
        except duckdb.Error as error:
            raise CdmError(f"{files[0]}: cannot be read as {formats[0]}: {said(error)}") from error
        place = files[0] if self._folder in standing else files[0].parent
        origin = f"{self.name}/{place.relative_to(self._folder).as_posix()}"
        return Found((table,), lowered(names, table, self.name), formats[0], origin)


def _files_by_table(folder: Path) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(_data_files(folder)):
        inside = path.relative_to(folder).parts
        # `person.csv`, or any file below `person/` (or `person.parquet/`, as Spark names the folder).
        table = inside[0].lower().partition(".")[0]
        if table in COLUMNS or table in VERSION_COLUMNS:
            files[table].append(path)
    return files


def _data_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and _ending(path) in _ENDINGS:
            yield path


def _ending(path: Path) -> str:
    name = path.name.lower()
    return next((ending for ending in _ENDINGS if name.endswith(ending)), "")


def _scan(files: list[Path], format: str) -> str:  # noqa: A002 (a column of the snapshot's record)
    listed = f"[{', '.join(_text(str(path.absolute())) for path in files)}]"
    if format == "parquet":
        return f"read_parquet({listed}, union_by_name = true, hive_partitioning = false)"
    header, delimiter, quote = _header(files[0])
    for other in files[1:]:
        if _header(other) != (header, delimiter, quote):
            raise CdmError(f"{other}: its first line is not that of {files[0].name}. Give all files of a table the same columns.")
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({listed}, auto_detect = false, header = true, columns = {{{columns}}}, delim = {_text(delimiter)}, "
        f"quote = {_text(quote)}, escape = {_text(quote)})"
    )


def _header(path: Path) -> tuple[list[str], str, str]:
    """The column names, the delimiter and the quote of a text file, by its first line.

    Fields of a tab-separated file are taken as they stand unless the header is quoted: OHDSI's Athena writes vocabularies without
    quotes, and with `"` as inches in names.
    """
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rb") as file:
            line = file.readline(1 << 16).decode("utf-8-sig").rstrip("\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CdmError(f"{path}: cannot be read as UTF-8 text: {error}. Save it as UTF-8.") from error
    delimiter = "\t" if "\t" in line else ","
    quote = '"' if delimiter == "," or line.startswith('"') else ""
    names = next(csv.reader([line], delimiter=delimiter), [])
    if not all(names) or not names or len({name.lower() for name in names}) < len(names):
        raise CdmError(f"{path}: its first line {line[:80]!r} is no header of distinct column names. Add one.")
    return names, delimiter, quote


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
