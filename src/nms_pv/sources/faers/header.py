"""The header line of a FAERS file -> our column names, through the column map."""

import re
from dataclasses import dataclass

from nms_pv.sources.faers.text import SourceError
from nms_pv.spec.source import FaersSpec, MappedColumn

DELIMITER = "$"
MAP_FILE = "study/column_maps/faers.csv"


@dataclass(frozen=True)
class Header:
    """The columns of one file in file order; None stands for R's name of the empty field after a trailing delimiter."""

    columns: tuple[str | None, ...]
    mapped: tuple[MappedColumn, ...]

    @property
    def width(self) -> int:
        """Fields of a complete row, not counting an empty one after a trailing delimiter."""
        return len(self.columns)


def read_header(line: str, faers: FaersSpec, quarter: str, table: str, what: str) -> Header:
    """Map the names of a header line.

    Raises
    ------
    SourceError
        Naming the file, every column that is unknown, repeated, or expected in that quarter and absent.

    """
    names = [name.strip().lower() for name in line.lstrip("\ufeff").rstrip("\r").split(DELIMITER)]
    while names and not names[-1]:
        names.pop()
    era = faers.rules.era(quarter)
    known = {c.raw_column: c for c in faers.columns_of(era, table)}
    trailing = re.compile(faers.rules.trailing_column)
    columns = tuple(None if trailing.fullmatch(name) else known[name].column if name in known else name for name in names)
    mapped = tuple(known[name] for name in names if name in known)
    _refuse(names, columns, mapped, known, trailing, quarter, what)
    return Header(columns, mapped)


def _refuse(
    names: list[str],
    columns: tuple[str | None, ...],
    mapped: tuple[MappedColumn, ...],
    known: dict[str, MappedColumn],
    trailing: re.Pattern[str],
    quarter: str,
    what: str,
) -> None:
    problems = []
    unknown = [name for name in names if name not in known and not trailing.fullmatch(name)]
    if unknown:
        problems.append(f"unknown columns {unknown} (known: {sorted(known)}); if they are new, add them to {MAP_FILE}")
    repeated = sorted({c for c in columns if c is not None and columns.count(c) > 1})
    if repeated:
        problems.append(f"columns {repeated} stand there more than once")
    present = {c.column for c in mapped}
    absent = sorted({c.column for c in known.values() if c.expected_in(quarter)} - present)
    if absent:
        problems.append(f"columns {absent} are expected in {quarter} and absent; download the file again or correct {MAP_FILE}")
    if problems:
        raise SourceError(f"{what}: " + "; ".join(problems))
