"""What all figures share: size in inches, the mark of simulated data, an interval, a logarithmic axis."""

import math
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from nms_pv.report.numbers import Row, is_drawable, state
from nms_pv.report.style import ALARM, INK, MUTED, PAPER, RULE, TEXT_SIZE, Look
from nms_pv.report.svg import mark

WIDTH = 7.2
SMALL = TEXT_SIZE - 1
# An interval that reaches beyond these ends in an arrow; otherwise one wide interval flattens all others.
LOWEST, HIGHEST = 0.01, 10_000.0

# What is counted in each arm, as an axis says it.
SUBJECTS = {"reports": "reports", "cohort": "episodes"}

Limits = tuple[float, float]


def new_figure(height: float, *, simulated: bool) -> Figure:
    """An empty figure; simulated data say so inside it, because a figure travels without its page."""
    figure = Figure(figsize=(WIDTH, height))
    if simulated:
        figure.text(0.007, 1 - 0.05 / height, "SIMULATED DATA", va="top", color=ALARM, weight="bold")
    return figure


def axes_in_inches(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place that does not depend on the length of labels."""
    whole_width, whole_height = figure.get_size_inches()
    return figure.add_axes((left / whole_width, bottom / whole_height, width / whole_width, height / whole_height))


def log_limits(rows: Iterable[Row]) -> Limits:
    """Limits that hold all estimates and intervals, and always 1."""
    values = [row[field] for row in rows if is_drawable(row) for field in ("estimate", "low", "high")]
    inside = [min(HIGHEST, max(LOWEST, value)) for value in values if value is not None]
    return min([0.5, *inside]) / 1.25, max([2.0, *inside]) * 1.25


def rate_limits(rows: Iterable[Row]) -> Limits:
    """Limits that hold all estimates above 0 and all finite limits of intervals above 0."""
    values = [row[field] for row in rows if is_drawable(row) for field in ("estimate", "low", "high")]
    above = [value for value in values if value and math.isfinite(value)]
    return min([10.0, *above]) / 1.25, max([100.0, *above]) * 1.25


def log_axis(axes: Axes, limits: Limits, label: str, *, is_ratio: bool = True) -> None:
    """A horizontal logarithmic axis with plain numbers; that of a ratio has a line at 1."""
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    decades = range(math.ceil(math.log10(limits[0])), math.floor(math.log10(limits[1])) + 1)
    axes.xaxis.set_major_locator(FixedLocator([10.0**n for n in decades]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    if is_ratio:
        axes.axvline(1, color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
    axes.set_xlabel(label)


def vertical_log_axis(axes: Axes, limits: Limits, label: str) -> None:
    """A vertical logarithmic axis with plain numbers."""
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    decades = range(math.ceil(math.log10(limits[0])), math.floor(math.log10(limits[1])) + 1)
    axes.yaxis.set_major_locator(FixedLocator([10.0**n for n in decades]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_ylabel(label)


def interval(axes: Axes, row: Row, y: float, look: Look, limits: Limits, *, filled: bool = True) -> None:
    """Estimate and interval of one result; what lies beyond the axis ends in an arrow."""
    low = limits[0] if row["low"] is None else max(row["low"], limits[0])
    high = limits[1] if row["high"] is None else min(row["high"], limits[1])
    if row["low"] is not None or row["high"] is not None:
        mark(axes.plot([low, high], [y, y], color=look.colour, linewidth=1.3, solid_capstyle="butt")[0], row, "low", "high")
        for end, value, arrow in ((low, row["low"], "<"), (high, row["high"], ">")):
            if value is None or not limits[0] <= value <= limits[1]:
                axes.plot([end], [y], marker=arrow, color=look.colour, markersize=4, clip_on=False)
    face = look.colour if filled else PAPER
    point = min(limits[1], max(limits[0], row["estimate"]))
    drawn = axes.plot([point], [y], marker=look.marker, color=look.colour, markerfacecolor=face, markersize=5, linestyle="none")
    mark(drawn[0], row, "estimate")


def undefined(axes: Axes, row: Row | None, y: float) -> None:
    """Say in a word that there is nothing to draw."""
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
    beside = axes.get_yaxis_transform()
    axes.text(0.5, y, state(row), transform=beside, ha="center", va="center", size=SMALL, color=MUTED, bbox=ground)


def rows_on_y(axes: Axes, labels: list[str]) -> None:
    """One row for each label, the first on top, without ticks."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def heading(axes: Axes, look: Look, text: str, y: float, x: float = 0.0) -> None:
    """A heading over the axes, with the marker of its generation."""
    axes.plot([x], [y], transform=axes.transAxes, marker=look.marker, color=look.colour, markersize=5.5, clip_on=False)
    axes.annotate(
        text, (x, y), xycoords="axes fraction", xytext=(8, 0), textcoords="offset points", va="center", weight="bold", color=INK
    )


def row_lines(axes: Axes, count: int) -> None:
    """Faint lines that lead the eye from a label to its interval."""
    for y in range(count):
        axes.axhline(y, color=RULE, linewidth=0.4, zorder=0)
