"""Published times to onset, from `study/literature.csv`."""

import math
from pathlib import Path
from typing import NamedTuple

from nms_pv.spec.literature import Line, printed_value, read_lines

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
    known = {*WITHIN_DAYS, *MEDIANS}
    return [_published(study, line) for line in read_lines(study, lambda cells: cells["measure"] in known)]


def _published(study: Path, line: Line) -> PublishedOnset:
    days = WITHIN_DAYS.get(line.cells["measure"])
    value = printed_value(study, line, "days", math.inf) if days is None else printed_value(study, line, "%", 100) / 100
    return PublishedOnset(line.cells["study"], days, value, line.cells["status"])
