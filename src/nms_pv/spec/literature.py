"""`study/literature.csv`: what others have published, with the counts that may be pooled."""

import csv
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nms_pv.spec.strict import StudyError

FILE = "literature.csv"
OUTCOMES = {
    "incidence": "exposed people with an episode",
    "death": "people with an episode who died",
    "recurrence": "people with an episode in whom it recurred when a dopamine antagonist was started again",
}
DRUG_GROUPS = {
    "antipsychotic": "any antipsychotic",
    "FGA": "first generation",
    "SGA": "second generation",
    "TGA": "third generation",
    "long_acting": "long-acting injections",
    "oral": "oral antipsychotics",
    "flupentixol": "flupentixol",
    "not_stated": "not stated",
}
STATUS = {
    "found": "read in the source named",
    "found-secondary": "read in a text that cites it",
    "memory": "recalled, not yet verified",
}
POOLED = ("yes", "no")
FROM_MEMORY = "memory"


class Line(NamedTuple):
    """One row of the file: its number there, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class PublishedProportion:
    """One published proportion; `why_not` says why it is not pooled with others, and is empty when it is.

    `numerator` and `denominator` are whole numbers of people, None where none is printed; `printed` is the value as printed.
    """

    line: int
    study: str
    year: int
    outcome: str
    drug_group: str
    measure: str
    numerator: int | None
    denominator: int | None
    printed: str
    status: str
    doi_or_pmid: str
    why_not: str | None

    @property
    def stratum(self) -> str:
        """What tells it from other numbers of the same study, in `measures/results`."""
        return f"drugs={self.drug_group};published_as={self.measure}"


def read_lines(study: Path, wanted: Callable[[dict[str, str]], object]) -> list[Line]:
    """The rows whose cells are wanted, in the order of the file."""
    with (study / FILE).open(encoding="utf-8", newline="") as file:
        return [Line(number, cells) for number, cells in enumerate(csv.DictReader(file), start=2) if wanted(cells)]


def printed_value(study: Path, line: Line, unit: str, largest: float) -> float:
    """The value of a row that must be a number between 0 and `largest` of this unit.

    Raises
    ------
    StudyError
        Naming file, line, value, unit and what is allowed.
    """
    cells = line.cells
    try:
        value = float(cells["value"])
    except ValueError:
        value = math.nan
    if cells["unit"] != unit or not 0 <= value <= largest:
        allowed = "of 0 or more" if largest == math.inf else f"from 0 to {largest:g}"
        raise StudyError(
            f"{study / FILE}, line {line.number}: value {cells['value']!r} with unit {cells['unit']!r} does not fit measure "
            f"{cells['measure']!r}, which needs a number {allowed} in {unit!r}"
        )
    return value


def load_literature(study: Path) -> list[PublishedProportion]:
    """Read the rows whose column `outcome` is filled in, in the order of the file.

    Raises
    ------
    StudyError
        Naming file, line, column, value and what is allowed, for each cell that does not fit, and for rows that cannot be told
        apart.
    """
    rows = read_lines(study, lambda cells: cells["outcome"])
    wrong = [f"line {line}: {problem}" for line, row in rows for problem in _problems(row)]
    wrong += [
        f"{address} stands there {n} times; keep one row"
        for address, n in Counter((row["study"], row["outcome"], row["drug_group"], row["measure"]) for _, row in rows).items()
        if n > 1
    ]
    if wrong:
        raise StudyError(f"{study / FILE}: {'; '.join(wrong)}")
    return [_proportion(line, row) for line, row in rows]


def _problems(row: dict[str, str]) -> list[str]:
    """What is wrong with a row, in words."""
    allowed = {"outcome": OUTCOMES, "drug_group": DRUG_GROUPS, "pooled": POOLED, "status": STATUS}
    found = [
        f"{column} {row[column]!r} is not one of {list(codes)}" for column, codes in allowed.items() if row[column] not in codes
    ]
    if not row["year"].isdecimal():
        found.append(f"year {row['year']!r} is not a year")
    if row["denominator_n"] and not row["denominator_n"].isdecimal():
        found.append(f"denominator_n {row['denominator_n']!r} is neither empty nor a whole number")
    if row["pooled"] == "yes" and not (row["numerator"].isdecimal() and row["denominator_n"].isdecimal()):
        found.append("pooled is 'yes', which needs whole numbers in numerator and denominator_n")
    if (row["pooled"] == "no") != bool(row["why_not"]):
        found.append(f"why_not {row['why_not']!r} must be filled in where pooled is 'no', and only there")
    counts = _counts(row)
    if counts is not None and not (counts[0] <= counts[1] > 0):
        found.append(f"numerator {counts[0]} of denominator_n {counts[1]} is no proportion")
    return found


def _counts(row: dict[str, str]) -> tuple[int, int] | None:
    if row["numerator"].isdecimal() and row["denominator_n"].isdecimal():
        return int(row["numerator"]), int(row["denominator_n"])
    return None


def _proportion(line: int, row: dict[str, str]) -> PublishedProportion:
    numerator, denominator = _counts(row) or (None, None)
    return PublishedProportion(
        line=line,
        study=row["study"],
        year=int(row["year"]),
        outcome=row["outcome"],
        drug_group=row["drug_group"],
        measure=row["measure"],
        numerator=numerator,
        denominator=denominator,
        printed=f"{row['value']} {row['unit']}".strip(),
        status=row["status"],
        doi_or_pmid=row["doi_or_pmid"],
        why_not=row["why_not"] or None,
    )
