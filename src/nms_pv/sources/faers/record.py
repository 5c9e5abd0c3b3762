"""`study/sources/faers_files.csv`: every FAERS file a study was given, with its hash, where it came from and when."""

import csv
import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from nms_pv.tables.contract import replacing
from nms_pv.tables.errors import UserError


class RecordError(UserError):
    """A record of added files that is not as it was written."""


@dataclass(frozen=True)
class KeptFile:
    """One file under `data/1_sources/faers`, as it was when it was added."""

    quarter: str
    file: str
    bytes: int
    sha256: str
    origin: str
    retrieved: str


COLUMNS = [field.name for field in fields(KeptFile)]


def read_record(path: Path) -> list[KeptFile]:
    """Read the record; empty where there is none yet.

    Raises
    ------
    RecordError
        When the file has other columns, or a size that is no number.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="more")
        if reader.fieldnames != COLUMNS:
            raise RecordError(f"{path}: columns are {reader.fieldnames}, expected {COLUMNS}. Restore the file from git.")
        rows = list(reader)
    wrong = [row for row in rows if set(row) != set(COLUMNS) or None in row.values() or not row["bytes"].isdecimal()]
    if wrong:
        raise RecordError(f"{path}: {wrong[0]} is not a row of {COLUMNS}. Restore the file from git.")
    return [
        KeptFile(row["quarter"], row["file"], int(row["bytes"]), row["sha256"], row["origin"], row["retrieved"]) for row in rows
    ]


def write_record(files: list[KeptFile], path: Path) -> None:
    """Write the record, sorted by file."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in sorted(files, key=lambda row: row.file))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
