"""Rate ratios within persons by window around exposure, one series for each generation."""

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import LOWEST, MUTED, SMALL, WIDTH, axes_in_inches, new_figure, vertical_log_axis
from nms_pv.report.numbers import Row, is_drawable, state
from nms_pv.report.style import Look
from nms_pv.report.svg import as_svg, house_style, mark

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.6, 0.9, 0.62, 0.65, 0.2
STEP = 0.18
# What has no estimate is named in a word near the foot of the axes; an interval beyond the axes ends in an arrow.
WORD_AT = 0.03


def ratios_by_window(series: list[tuple[Look, list[tuple[str, Row | None]]]], reference: str, *, simulated: bool) -> Markup:
    """Points with intervals by window, all against one reference; what is hidden or undefined is named, not drawn.

    `series` has for each look the windows in order, the same for all, each with its result.
    """
    windows = [window for window, _ in series[0][1]]
    drawable = [row for _, points in series for _, row in points if row is not None and is_drawable(row)]
    estimates = [row["estimate"] for row in drawable if row["estimate"] > 0]
    limits = (min([0.5, *estimates]) / 3, max([2.0, *estimates]) * 3)
    with house_style("own-control"):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        vertical_log_axis(axes, limits, f"rate ratio against {reference}")
        axes.axhline(1, color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
        axes.set_xlim(-0.5, len(windows) - 0.5)
        axes.set_xticks(range(len(windows)), windows)
        axes.set_xlabel("days since the start of the era, and around it")
        for number, (look, points) in enumerate(series):
            shift = STEP * (number - (len(series) - 1) / 2)
            for place, (_, row) in enumerate(points):
                _point(axes, row, place + shift, look, limits)
            axes.plot([], [], marker=look.marker, color=look.colour, linestyle="none", markersize=5, label=look.label)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=SMALL)
        return as_svg(
            figure,
            "own-control",
            "Rate ratios within persons by window",
            f"Rate ratios with intervals on a logarithmic axis by window around exposure, each person compared with itself, "
            f"against {reference}, one series for each group. The numbers are in the table that follows.",
        )


def _point(axes: Axes, row: Row | None, x: float, look: Look, limits: tuple[float, float]) -> None:
    if row is None or not is_drawable(row):
        axes.text(
            x,
            WORD_AT,
            state(row),
            transform=axes.get_xaxis_transform(),
            rotation=90,
            ha="center",
            va="bottom",
            size=SMALL,
            color=look.colour,
        )
        return
    low, high = max(row["low"] or LOWEST, limits[0]), min(row["high"], limits[1])
    mark(axes.plot([x, x], [low, high], color=look.colour, linewidth=1.3, solid_capstyle="butt")[0], row, "low", "high")
    for end, value, arrow in ((low, row["low"], "v"), (high, row["high"], "^")):
        if not limits[0] <= value <= limits[1]:
            axes.plot([x], [end], marker=arrow, color=look.colour, markersize=4, clip_on=False)
    drawn = axes.plot([x], [row["estimate"]], marker=look.marker, color=look.colour, markersize=5, linestyle="none")
    mark(drawn[0], row, "estimate")
