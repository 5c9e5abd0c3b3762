"""How many subjects meet each definition, and how many it leaves open."""

from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, rows_on_y
from nms_pv.report.numbers import Row
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import INK, MUTED
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

ROW, TOP, FOOT, GROUP = 0.2, 0.45, 0.3, 0.5
LEFT, COUNT, BAR, BETWEEN = 1.95, 0.6, 1.5, 0.3
LONGEST_NAME = 26
# Filled, hatched and open: three states that no reader needs colour to tell apart.
MET: dict[str, Any] = {"facecolor": INK, "edgecolor": INK, "linewidth": 0.6}
OPEN: dict[str, Any] = {"facecolor": "none", "edgecolor": MUTED, "hatch": "//////", "linewidth": 0.6}
NOT_MET: dict[str, Any] = {"facecolor": "none", "edgecolor": MUTED, "linewidth": 0.6}
VERDICTS = {"met": MET, "indeterminate": OPEN, "not_met": NOT_MET}
LEGEND = {"met": MET, "indeterminate: what is not documented decides": OPEN, "not met": NOT_MET}


def who_meets(rows: list[Row], cells: SmallCells, arm: str, main: str, *, simulated: bool) -> Markup:
    """Left: subjects that meet each definition; right: of all subjects, the shares met, indeterminate and not met."""
    groups = [
        (title, found)
        for title, found in (
            ("neuroleptic malignant syndrome", [row for row in rows if row["syndrome"] == "nms"]),
            ("what else it could be", [row for row in rows if row["syndrome"] != "nms"]),
        )
        if found
    ]
    height = TOP + sum(GROUP + len(found) * ROW for _, found in groups) + FOOT
    name = f"definition-counts-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        figure.legend(
            handles=[Patch(label=label, **style) for label, style in LEGEND.items()],
            loc="upper left",
            bbox_to_anchor=(0, 1 - 0.2 / height),
            ncols=3,
            frameon=False,
            fontsize=SMALL,
            handlelength=2.2,
        )
        bottom = height - TOP
        for title, found in groups:
            bottom -= GROUP + len(found) * ROW
            sides = (LEFT + COUNT, BAR), (LEFT + COUNT + BAR + BETWEEN, WIDTH - LEFT - COUNT - BAR - BETWEEN - 0.2)
            left, right = (axes_in_inches(figure, at, bottom, width, len(found) * ROW) for at, width in sides)
            _met(left, found, cells, main)
            _shares(right, found)
            for axes, x, text, weight in (
                (left, -(LEFT + COUNT - 0.1) / BAR, title, "bold"),
                (left, 0, "met", "normal"),
                (right, 0, "% of all", "normal"),
            ):
                axes.text(x, -0.95, text, transform=axes.get_yaxis_transform(), va="center", fontweight=weight)
        return as_svg(
            figure,
            name,
            "Who meets which definition",
            "For each definition a filled bar for the subjects that meet it, and beside it their share with those it leaves "
            "undecided (hatched) and those it rules out (open). The numbers are in the table that follows.",
        )


def _met(axes: Axes, rows: list[Row], cells: SmallCells, main: str) -> None:
    rows_on_y(axes, [shortened(row["definition"], LONGEST_NAME) for row in rows])
    axes.tick_params(axis="y", pad=4 + 72 * COUNT)
    axes.set_xlim(0, 1.05 * max(1, *(row["met"] or cells.limit for row in rows)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    beside = axes.get_yaxis_transform()
    for y, row in enumerate(rows):
        axes.text(-0.08 / BAR, y, cells.count(row["met"]), transform=beside, ha="right", va="center")
        if row["definition"] == main:
            axes.get_yticklabels()[y].set_fontweight("bold")
    _bars(axes, [row["met"] or 0 for row in rows], [0.0] * len(rows), MET)


def _shares(axes: Axes, rows: list[Row]) -> None:
    rows_on_y(axes, [""] * len(rows))
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 25))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    wholes = [max(1, sum(row[verdict] or 0 for verdict in VERDICTS)) for row in rows]
    ends = [0.0] * len(rows)
    for verdict, style in VERDICTS.items():
        widths = [100 * (row[verdict] or 0) / whole for row, whole in zip(rows, wholes, strict=True)]
        _bars(axes, widths, ends, style)
        ends = [end + width for end, width in zip(ends, widths, strict=True)]


def _bars(axes: Axes, widths: list[float], starts: list[float], style: dict[str, Any]) -> None:
    drawn = [(y, width, start) for y, (width, start) in enumerate(zip(widths, starts, strict=True)) if width]
    if drawn:
        ys, wide, left = zip(*drawn, strict=True)
        axes.barh(ys, wide, left=left, height=0.66, **style)
