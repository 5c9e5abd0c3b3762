"""What figures of published proportions share: a study that is drawn, the limits of the axis, points with letters."""

from collections import Counter
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, Limits
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import INK, PAPER
from nms_pv.report.svg import mark
from nms_pv.report.words import shortened
from nms_pv.tables.contract import ContractError

LONGEST_NAME = 24
# An axis of proportions goes from 1 in 100,000 to all.
LOWEST, HIGHEST = 1e-5, 1.0
LINE = 0.145


@dataclass(frozen=True)
class DrawnStudy:
    """One published proportion: its row of the results, its year, and whether it is pooled and verified."""

    row: Row
    year: int
    is_pooled: bool
    is_from_memory: bool

    @property
    def label(self) -> str:
        """`Lao 2020`, with an asterisk when recalled but not yet verified."""
        return f"{shortened(self.row['group'], LONGEST_NAME)}{' *' if self.is_from_memory else ''}"


def by_year(studies: list[DrawnStudy]) -> list[DrawnStudy]:
    """Those with an estimate, by year and name."""
    return sorted((study for study in studies if is_drawable(study.row)), key=lambda s: (s.year, s.row["group"]))


def refuse_reports(rows: list[Row]) -> None:
    """Refuse rows of another arm than the cohort among published proportions of people.

    Raises
    ------
    ContractError
        When a row is of another arm: reports have no denominator of people.
    """
    strangers = sorted({row["arm"] for row in rows} - {"cohort"})
    if strangers:
        raise ContractError(f"measures/results: column 'arm' holds {strangers}; only 'cohort' rows stand among published ones")


def proportion_limits(rows: list[Row]) -> Limits:
    """Limits that hold all estimates and all limits of intervals above 0."""
    values = [row[field] for row in rows if is_drawable(row) for field in ("estimate", "low", "high")]
    above = [max(LOWEST, value) for value in values if value]
    return min([1e-3, *above]) / 1.4, min(HIGHEST, max([1e-2, *above]) * 1.4)


def lettered(axes: Axes, studies: list[DrawnStudy], field: str | None, height: float) -> None:
    """Points with letters, hollow when not pooled, by year or by a field of the row; what the letters mean on the right."""
    at_x: Counter[float] = Counter()
    for number, study in enumerate(studies):
        letter = ascii_uppercase[number % 26] * (1 + number // 26)
        row, x = study.row, study.year if field is None else study.row[field]
        face = INK if study.is_pooled else PAPER
        point = axes.plot([x], [row["estimate"]], marker="o", color=INK, markerfacecolor=face, markersize=4.5, linestyle="none")
        mark(point[0], row, "estimate", *([] if field is None else [field]))
        # Right and left by turns: of all by size, and of those of one year, which stand above each other.
        aside, align = ((5, "left"), (-5, "right"))[(at_x[x] if field is None else number) % 2]
        at_x[x] += 1
        beside: dict[str, Any] = {"xytext": (aside, 3), "textcoords": "offset points", "ha": align}
        axes.annotate(letter, (x, row["estimate"]), size=SMALL, **beside)
        at = (1.05, 1 - (number + 0.5) * LINE / height)
        axes.annotate(f"{letter}  {study.label}", at, xycoords="axes fraction", size=SMALL, va="center")
