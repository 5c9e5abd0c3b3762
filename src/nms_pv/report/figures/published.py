"""Figure 5: our reporting odds ratio beside those that others have published."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from nms_pv.report.compared import Comparison, PublishedRor
from nms_pv.report.figures.draw import (
    SMALL,
    WIDTH,
    Limits,
    axes_in_inches,
    interval,
    log_axis,
    log_limits,
    new_figure,
    row_lines,
    rows_on_y,
    undefined,
)
from nms_pv.report.numbers import estimate_and_interval, is_drawable
from nms_pv.report.style import INK, LOOKS, PAPER, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import shortened

ROW, TOP, FOOT = 0.18, 0.66, 0.48
LEFT, RIGHT = 1.95, 1.65
MARKERS = "v*<p>h"
LONGEST_NAME = 22


def beside_published(comparisons: list[Comparison], *, simulated: bool) -> Markup:
    """For each ingredient our number, filled, and below it the published ones, hollow, with the letter of their study."""
    lines = sum(1 + len(c.published) for c in comparisons)
    limits = _limits(comparisons)
    height = TOP + lines * ROW + FOOT
    with house_style("published"):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, lines * ROW)
        rows_on_y(axes, [label for c in comparisons for label in ("ours", *(p.letter for p in c.published))])
        log_axis(axes, limits, "reporting odds ratio (logarithmic)")
        row_lines(axes, lines)
        y = 0
        for comparison in comparisons:
            at = -(LEFT - 0.1) / (WIDTH - LEFT - RIGHT)
            axes.text(
                at, y, shortened(comparison.drug, LONGEST_NAME), transform=axes.get_yaxis_transform(), va="center", weight="bold"
            )
            _ours(axes, comparison, y, limits)
            for number, published in enumerate(comparison.published, start=1):
                _theirs(axes, published, y + number)
            y += 1 + len(comparison.published)
        figure.legend(
            handles=_key(comparisons),
            loc="upper left",
            bbox_to_anchor=(0, 1 - 0.2 / height),
            ncols=3,
            frameon=False,
            fontsize=SMALL,
        )
        return as_svg(
            figure,
            "published",
            "Reporting odds ratios beside published ones",
            "For each ingredient our estimate with interval, filled, and the published ones, hollow, with the letter of their "
            "study. The numbers are in the table that follows.",
        )


def _key(comparisons: list[Comparison]) -> list[Line2D]:
    """The generations that are drawn, and that hollow markers are published ones."""
    used = {comparison.look.code for comparison in comparisons}
    published = Look("published", "published, by letter", INK, MARKERS[0], "triangle", "▽")
    shown = [*((look, look.colour) for look in LOOKS.values() if look.code in used), (published, PAPER)]
    return [
        Line2D([], [], color=look.colour, marker=look.marker, markerfacecolor=face, linestyle="none", label=look.label)
        for look, face in shown
    ]


def _limits(comparisons: list[Comparison]) -> Limits:
    low, high = log_limits(c.ours for c in comparisons)
    values = [value for c in comparisons for p in c.published for value in (p.estimate, p.low, p.high) if value]
    return min([low, *(value / 1.25 for value in values)]), max([high, *(value * 1.25 for value in values)])


def _ours(axes: Axes, comparison: Comparison, y: int, limits: Limits) -> None:
    row = comparison.ours
    if not is_drawable(row):
        undefined(axes, row, y)
        return
    interval(axes, row, y, comparison.look, limits)
    mark(_value(axes, y, estimate_and_interval(row)), row, "estimate", "low", "high")


def _theirs(axes: Axes, published: PublishedRor, y: int) -> None:
    if published.low and published.high:
        axes.plot([published.low, published.high], [y, y], color=INK, linewidth=1, solid_capstyle="butt")
    marker = MARKERS[(ord(published.letter) - ord("A")) % len(MARKERS)]
    axes.plot([published.estimate], [y], marker=marker, color=INK, markerfacecolor=PAPER, markersize=5, linestyle="none")
    _value(axes, y, published.printed)


def _value(axes: Axes, y: int, text: str) -> Text:
    at = 1 + (RIGHT - 0.08) / (WIDTH - LEFT - RIGHT)
    return axes.text(at, y, text, transform=axes.get_yaxis_transform(), va="center", ha="right")
