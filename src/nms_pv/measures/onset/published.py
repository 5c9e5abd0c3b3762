"""Published times to onset, from `study/literature.csv`."""

import csv
from pathlib import Path
from typing import NamedTuple

from nms_pv.spec.strict import StudyError

# The words of column `measure`: share with onset within so many days, or the median of the time.
WITHIN_DAYS = {"onset within 24 h of initiation": 1, "onset within 1 week": 7, "onset within 30 days": 30}
MEDIANS = ["median time to onset", "typical onset after initiation"]


class PublishedOnset(NamedTuple):
    """One published number: the share with onset within `days`, or without `days` a median in days."""

    study: str
    days: int | None
    value: float
    status: str

    @property
    def name(self) -> str:
        """`Caroff & Mann 1988 (memory)`: never without how well it is known."""
        return f"{self.study} ({self.status})"


def load_published(study: Path) -> list[PublishedOnset]:
    """Read the rows on time to onset.

    Raises
    ------
    StudyError
        When the value of such a row is not a number of the unit it should have.
    """
    path = study / "literature.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(line, row) for line, row in enumerate(csv.DictReader(file), start=2)]
    wanted = [(line, row) for line, row in rows if row["measure"] in WITHIN_DAYS or row["measure"] in MEDIANS]
    return [_published(path, line, row) for line, row in wanted]


def _published(path: Path, line: int, row: dict[str, str]) -> PublishedOnset:
    days = WITHIN_DAYS.get(row["measure"])
    unit, largest = ("days", float("inf")) if days is None else ("%", 100.0)
    try:
        value = float(row["value"])
    except ValueError:
        value = float("nan")
    if row["unit"] != unit or not 0 <= value <= largest:
        raise StudyError(
            f"{path}, line {line}: value {row['value']!r} with unit {row['unit']!r} does not fit measure {row['measure']!r}, "
            f"which needs a number of 0 or more in {unit!r}"
        )
    return PublishedOnset(row["study"], days, value if days is None else value / 100, row["status"])
