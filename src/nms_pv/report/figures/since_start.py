"""Incidence by time since the start of the era, one series for each generation."""

from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import LOWEST, SMALL, WIDTH, axes_in_inches, new_figure, rate_limits, vertical_log_axis
from nms_pv.report.numbers import Row, is_drawable, state
from nms_pv.report.style import Look
from nms_pv.report.svg import as_svg, house_style, mark

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.4, 0.9, 0.62, 0.55, 0.2
STEP = 0.16
# What has no estimate is named in a word near the foot of the axes, below which there is room for it.
WORD_AT, ROOM = 0.03, 3


def by_time_since_start(series: list[tuple[Look, list[tuple[str, Row | None]]]], *, simulated: bool) -> Markup:
    """Points with intervals by band of days; what is hidden or undefined is named, not drawn."""
    bands = [band for band, _ in series[0][1]]
    limits = rate_limits(row for _, points in series for _, row in points if row is not None)
    with house_style("since-start"):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        vertical_log_axis(axes, (limits[0] / ROOM, limits[1]), "episodes per 100,000 person-years")
        axes.set_xlim(-0.5, len(bands) - 0.5)
        axes.set_xticks(range(len(bands)), bands)
        axes.set_xlabel("days since the start of the era")
        for number, (look, points) in enumerate(series):
            shift = STEP * (number - (len(series) - 1) / 2)
            for place, (_, row) in enumerate(points):
                _point(axes, row, place + shift, look)
            axes.plot([], [], marker=look.marker, color=look.colour, linestyle="none", markersize=5, label=look.label)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=SMALL)
        return as_svg(
            figure,
            "since-start",
            "Incidence by time since start",
            "Episodes per 100,000 person-years with intervals by days since the start of the era, on a logarithmic axis, "
            "one series for each generation. The numbers are in the table that follows.",
        )


def _point(axes: Axes, row: Row | None, x: float, look: Look) -> None:
    if row is None or not is_drawable(row):
        word: dict[str, Any] = {"rotation": 90, "ha": "center", "va": "bottom", "size": SMALL, "color": look.colour}
        axes.text(x, WORD_AT, state(row), transform=axes.get_xaxis_transform(), **word)
        return
    floor = axes.get_ylim()[0]
    low = max(row["low"] or LOWEST, floor)
    mark(axes.plot([x, x], [low, row["high"]], color=look.colour, linewidth=1.3, solid_capstyle="butt")[0], row, "low", "high")
    if row["estimate"] > 0:
        drawn = axes.plot([x], [row["estimate"]], marker=look.marker, color=look.colour, markersize=5, linestyle="none")
        mark(drawn[0], row, "estimate")
