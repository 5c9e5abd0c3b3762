"""How many subjects reach each cut of a definition with points."""

import math
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.definitions.chosen import Cuts
from nms_pv.report.figures.draw import SMALL, SUBJECTS, WIDTH, axes_in_inches, new_figure, vertical_log_axis
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import ALARM, INK, MUTED
from nms_pv.report.svg import as_svg, house_style

HEIGHT, LEFT, TOP, FOOT, RIGHT = 2.7, 0.75, 0.5, 0.5, 1.45
LINES = {"possible": (0, (4, 2)), "met": "solid"}


def by_cut(cuts: Cuts, cells: SmallCells, arm: str, *, simulated: bool) -> Markup:
    """Met on documented evidence, and possible with what is not documented, at each cut; the definition's own cut is marked.

    The axis is logarithmic: a line ends where nobody, or a hidden count, is left.
    """
    name = f"cuts-{cuts.definition.replace('_', '-')}-{arm}"
    at, here = cuts.threshold, cuts.at_threshold
    shown = [row[column] for row in cuts.rows for column in LINES if row[column]] or [1]
    with house_style(name):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        vertical_log_axis(axes, (0.8 * 10 ** math.floor(math.log10(min(shown))), 1.6 * max(10, *shown)), SUBJECTS[arm])
        axes.set_xlim(0, max(row["cut"] for row in cuts.rows) + 1)
        axes.set_xlabel("points needed")
        for column, line in LINES.items():
            _line(axes, cuts, column, line)
        axes.axvline(at, color=ALARM, linewidth=1)
        said = f"cut {at}: {cells.count(here['met'])} met, {cells.count(here['possible'])} possible"
        axes.text(at, 1.02, said, transform=axes.get_xaxis_transform(), ha="center", va="bottom", size=SMALL, color=ALARM)
        return as_svg(
            figure,
            name,
            "Subjects at each cut",
            f"Two falling lines over the points needed, on a logarithmic axis: subjects whose documented points reach it, and "
            f"subjects who could. A vertical line marks the cut at {at}. The numbers are in the table that follows.",
        )


def _line(axes: Axes, cuts: Cuts, column: str, line: Any) -> None:
    values = [row[column] or math.nan for row in cuts.rows]
    axes.step([row["cut"] for row in cuts.rows], values, where="mid", color=INK, linewidth=1.4, linestyle=line)
    drawn = [(row["cut"], row[column]) for row in cuts.rows if row[column]]
    if drawn:
        beside: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "annotation_clip": False}
        axes.annotate(column, drawn[-1], va="center", color=MUTED, **beside)
