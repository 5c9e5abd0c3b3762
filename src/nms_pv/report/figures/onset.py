"""Time to onset: the share of cases with onset up to each day, one curve for each generation, beside published marks."""

from typing import Any, NamedTuple

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import Row
from nms_pv.report.style import INK, PAPER, Look
from nms_pv.report.svg import as_svg, house_style

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.7, 0.75, 0.35, 0.65, 0.25
DAYS = [0, 1, 3, 7, 14, 30, 90, 365, 1_000, 3_000, 10_000]
# The longest time that is drawn: later onset lies in the table.
FURTHEST = 10_000
LINES: dict[str, Any] = {"FGA": "solid", "SGA": (0, (5, 2)), "TGA": (0, (1.5, 1.5))}


class PublishedMark(NamedTuple):
    """A published share with onset within so many days, with the letter of its study."""

    days: int
    share: float
    letter: str


def share_with_onset(
    series: list[tuple[Look, list[Row]]], published: list[PublishedMark], arm: str, *, simulated: bool
) -> Markup:
    """Steps with a band for each generation, and published shares as hollow diamonds.

    Parameters
    ----------
    series
        Look of a generation and the points of its curve (rows of `measures/curves`, in order of `x`); one without points is
        named in the legend as having too few cases.
    published
        Published shares.
    arm, simulated
        Which arm, and whether the data are simulated.

    """
    furthest = min(FURTHEST, max([30.0, *(row["x"] for _, points in series for row in points)]))
    name = f"onset-{arm}"
    with house_style(name):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        _axes(axes, furthest)
        for number, (look, points) in enumerate(series, start=1):
            _curve(axes, look, points, furthest, number / (len(series) + 1))
        for one in published:
            axes.plot([one.days], [100 * one.share], marker="D", color=INK, markerfacecolor=PAPER, markersize=6, zorder=4)
            axes.annotate(one.letter, (one.days, 100 * one.share), xytext=(6, -9), textcoords="offset points", size=SMALL)
        if published:
            key: dict[str, Any] = {"marker": "D", "color": INK, "markerfacecolor": PAPER, "linestyle": "none"}
            axes.plot([], [], label="published, by letter", **key)
        axes.legend(loc="upper left", frameon=False, fontsize=8)
        return as_svg(
            figure,
            name,
            "Time to onset",
            "Share of the cases whose time is known with onset up to each day since the start of the drug, with a band, one "
            "curve for each generation, and published shares as hollow diamonds with the letter of their study. The axis is "
            "logarithmic from one day on. The numbers are in the table that follows.",
        )


def _axes(axes: Axes, furthest: float) -> None:
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(0, furthest * 1.15)
    axes.xaxis.set_major_locator(FixedLocator([day for day in DAYS if day <= furthest]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 103)
    axes.set_xlabel("days since the start (day 0), logarithmic from day 1 on")
    axes.set_ylabel("% of cases with a known time")
    axes.grid()
    axes.set_axisbelow(True)


def _curve(axes: Axes, look: Look, points: list[Row], furthest: float, marked: float) -> None:
    """From 0 at the first day on, up to the last day drawn; its marker stands after so large a part of its points."""
    if not points:
        axes.plot([], [], color=look.colour, marker=look.marker, linestyle="none", label=f"{look.label}: too few cases")
        return
    inside = [row for row in points if row["x"] <= furthest]
    days = [0.0, *(row["x"] for row in inside), furthest]
    low, share, high = ([0.0, *(100 * _of(row, field) for row in inside)] for field in ("low", "y", "high"))
    for values in (low, share, high):
        values.append(values[-1])
    axes.fill_between(days, low, high, step="post", color=look.colour, alpha=0.15, linewidth=0)
    axes.step(days, share, where="post", color=look.colour, linewidth=1.4, linestyle=LINES[look.code])
    place = 1 + int(marked * len(inside))
    axes.plot([days[place]], [share[place]], marker=look.marker, color=look.colour, markersize=6, linestyle="none")
    axes.plot([], [], color=look.colour, marker=look.marker, linewidth=1.4, linestyle=LINES[look.code], label=look.label)


def _of(row: Row, field: str) -> float:
    """A limit that is empty is drawn at the curve itself."""
    return float(row["y"] if row[field] is None else row[field])
