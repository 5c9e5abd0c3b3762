"""How the rate changed between two periods: by the mix of drugs, and within generations (Kitagawa's decomposition)."""

from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, row_lines, rows_on_y, undefined
from nms_pv.report.numbers import Row, estimate_and_interval, is_drawable
from nms_pv.report.style import ALL, INK, MUTED
from nms_pv.report.svg import as_svg, house_style, mark

ROW, TOP, FOOT, LEFT, RIGHT = 0.32, 0.5, 0.5, 1.95, 1.75
PARTS = {
    "rate_change": "change in all",
    "rate_change_by_mix": "of it, by the mix of drugs",
    "rate_change_within": "of it, within generations",
}
# The sum is filled, its parts are hatched: told apart without colour.
SUM, HATCH = "rate_change", "//////"


def change_by_part(changes: list[Row], early: str, late: str, *, simulated: bool) -> Markup:
    """One bar from 0 for the whole change and for each of its two parts, with intervals; what is hidden is said in a word.

    Parameters
    ----------
    changes
        Rows of `rate_change`, `rate_change_by_mix` and `rate_change_within`.
    early, late
        The two periods, as the page says them.
    simulated
        Whether the data are simulated.
    """
    of_part = {row["measure"]: row for row in changes}
    height = TOP + len(PARTS) * ROW + FOOT
    with house_style("rate-change"):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, len(PARTS) * ROW)
        rows_on_y(axes, list(PARTS.values()))
        ends = [row[end] for row in changes if is_drawable(row) for end in ("estimate", "low", "high") if row[end] is not None]
        reach = 1.08 * max([1.0, *(abs(end) for end in ends)])
        axes.set_xlim(-reach, reach)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        row_lines(axes, len(PARTS))
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_xlabel(f"episodes per 100,000 person-years, {late} less {early}")
        at = 1 + (RIGHT - 0.08) / (WIDTH - LEFT - RIGHT)
        axes.text(
            at, -0.85, "change (interval)", transform=axes.get_yaxis_transform(), ha="right", va="center", size=SMALL, color=MUTED
        )
        for y, part in enumerate(PARTS):
            row = of_part.get(part)
            if row is None or not is_drawable(row):
                undefined(axes, row, y)
            else:
                _bar(axes, row, y, at)
        return as_svg(
            figure,
            "rate-change",
            f"Change of the rate from {early} to {late}, by what made it",
            "Three bars from zero with intervals: the change of the rate between the two periods, the part that the mix of drugs "
            "explains, and the part that changed within generations. The numbers are in the table that follows.",
        )


def _bar(axes: Axes, row: Row, y: int, at: float) -> None:
    look: dict[str, Any] = {"facecolor": MUTED} if row["measure"] == SUM else {"facecolor": "none", "hatch": HATCH}
    drawn = axes.barh(y, row["estimate"], height=0.55, edgecolor=MUTED, linewidth=0.8, **look)
    mark(drawn[0], row, "estimate")
    if row["low"] is not None and row["high"] is not None:
        ends = axes.plot([row["low"], row["high"]], [y, y], color=ALL.colour, linewidth=1.3, marker="|", markersize=7)
        mark(ends[0], row, "low", "high")
    text = axes.text(at, y, estimate_and_interval(row), transform=axes.get_yaxis_transform(), ha="right", va="center")
    mark(text, row, "estimate", "low", "high")
