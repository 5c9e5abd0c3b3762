"""Cumulative share of cases that recovered and that died, by days since the first, with the published days of recovery."""

from itertools import groupby

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import Row
from nms_pv.report.style import MUTED, RULE, Look
from nms_pv.report.svg import as_svg, house_style

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.6, 0.75, 0.5, 0.8, 0.2
LINE = {"recovered": "solid", "died": (0, (4, 2))}
ORDER = list(LINE)
LABEL = {"recovered": "recovered", "died": "died before"}
BAND = 0.15


def recovery(groups: list[tuple[Look, list[Row]]], mark: tuple[int, int] | None, *, simulated: bool) -> Markup:
    """Steps with bands, one colour and marker a group, full lines for recovery and broken ones for death.

    Parameters
    ----------
    groups
        Look, and rows of `measures/curves` of that group: curve (`recovered` or `died`), x (days), y, low, high.
    mark
        First and last day of the published span of recovery, drawn as a ground; absent where nothing is published.
    simulated
        Whether the data are simulated.
    """
    with house_style("recovery"):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        axes.set_ylim(0, 102)
        axes.set_ylabel("percent of the cases")
        axes.set_xlabel("days from the first day of the episode to its last documented sign")
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        if mark is not None:
            axes.axvspan(*mark, color=RULE, alpha=0.4, linewidth=0)
            axes.text(mark[1], 30, f" published: {mark[0]} to {mark[1]} days", color=MUTED, size=SMALL, va="center")
        for look, rows in groups:
            ordered = sorted(rows, key=lambda row: (ORDER.index(row["curve"]), row["x"]))
            for curve, points in groupby(ordered, key=lambda row: str(row["curve"])):
                _steps(axes, look, curve, list(points))
        axes.set_xlim(left=0)
        if groups:
            axes.legend(loc="center right", frameon=False, fontsize=8)
        return as_svg(
            figure,
            "recovery",
            "Recovery and death by day",
            "Cumulative percent of cases that recovered, and that died before, by days from the first day of the episode, with "
            "intervals as bands, one colour and marker for each group. The numbers are in the table that follows.",
        )


def _steps(axes: Axes, look: Look, curve: str, rows: list[Row]) -> None:
    days, share = [row["x"] for row in rows], [100 * row["y"] for row in rows]
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    axes.fill_between(
        [row["x"] for row in banded],
        [100 * row["low"] for row in banded],
        [100 * row["high"] for row in banded],
        step="post",
        color=look.colour,
        alpha=BAND,
        linewidth=0,
    )
    axes.step(
        days,
        share,
        where="post",
        color=look.colour,
        linestyle=LINE[curve],
        linewidth=1.3,
        marker=look.marker,
        markersize=4,
        markevery=max(1, len(rows) // 6),
        label=f"{look.label}: {LABEL[curve]}",
    )
