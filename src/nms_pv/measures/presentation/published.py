"""Published shares of the order of signs, from `study/literature.csv`."""

import csv
from pathlib import Path
from typing import NamedTuple

from nms_pv.spec.strict import StudyError

# The words of column `measure`, and the measure of ours that is set beside it.
COMPARED = {
    "order MS->rigidity->fever->autonomic": "sign_order_proportion",
    "first sign mental status or rigidity": "first_sign_early_proportion",
}


class PublishedOrder(NamedTuple):
    """One published share; `compares_with` is the measure of ours."""

    study: str
    compares_with: str
    share: float
    status: str

    @property
    def name(self) -> str:
        """`Velamoor 1994 (found)`: never without how well it is known."""
        return f"{self.study} ({self.status})"


def load_published_order(study: Path) -> list[PublishedOrder]:
    """Read the rows on the order of signs.

    Raises
    ------
    StudyError
        When the value of such a row is no percentage.
    """
    path = study / "literature.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(enumerate(csv.DictReader(file), start=2))
    return [_published(path, line, row) for line, row in rows if row["measure"] in COMPARED]


def _published(path: Path, line: int, row: dict[str, str]) -> PublishedOrder:
    try:
        value = float(row["value"])
    except ValueError:
        value = float("nan")
    if row["unit"] != "%" or not 0 <= value <= 100:  # noqa: PLR2004
        raise StudyError(
            f"{path}, line {line}: value {row['value']!r} with unit {row['unit']!r} does not fit measure {row['measure']!r}, "
            "which needs a number from 0 to 100 in '%'"
        )
    return PublishedOrder(row["study"], COMPARED[row["measure"]], value / 100, row["status"])
