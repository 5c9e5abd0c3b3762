"""Who meets a definition of neuroleptic malignant syndrome, of another syndrome, or of both: what else it could be."""

from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from nms_pv.report.figures.draw import SMALL, SUBJECTS, WIDTH, axes_in_inches, new_figure, rows_on_y
from nms_pv.report.numbers import Row
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import INK, MUTED
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

ROW, TOP, FOOT, LEFT, RIGHT = 0.24, 0.72, 0.5, 1.95, 2.3
LONGEST_NAME = 26
# Filled, hatched and open: told apart without colour.
PARTS: dict[str, dict[str, Any]] = {
    "nms_only": {"label": "NMS only", "facecolor": INK, "edgecolor": INK, "linewidth": 0.6},
    "both": {"label": "both", "facecolor": "none", "edgecolor": MUTED, "hatch": "//////", "linewidth": 0.6},
    "other_only": {"label": "the other only", "facecolor": "none", "edgecolor": MUTED, "linewidth": 0.6},
}
# Inches beside the axes at which the counts end.
COUNTS = {"nms_only": 0.5, "both": 0.95, "other_only": 1.5, "undecidable": RIGHT - 0.08}
HEADINGS = {"nms_only": "NMS", "both": "both", "other_only": "other", "undecidable": "undecided"}


def overlap_with_others(overlaps: list[Row], nms: str, cells: SmallCells, arm: str, *, simulated: bool) -> Markup:
    """Of those who meet either definition, the shares that meet only one and both; beside it the counts.

    Parameters
    ----------
    overlaps
        One row for each definition of something else (serotonin toxicity, malignant hyperthermia, malignant catatonia, ...):
        other_definition, nms_only, both, other_only, undecidable; a hidden count is empty, and not drawn.
    nms
        The definition of neuroleptic malignant syndrome.
    cells
        How numbers leave.
    arm, simulated
        The arm, and whether its data are simulated.
    """
    height = TOP + len(overlaps) * ROW + FOOT
    name = f"differential-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, len(overlaps) * ROW)
        rows_on_y(axes, [shortened(row["other_definition"], LONGEST_NAME) for row in overlaps])
        axes.set_xlim(0, 100)
        axes.set_xticks(range(0, 101, 25))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.set_xlabel(f"% of {SUBJECTS[arm]} that meet {shortened(nms, LONGEST_NAME)} or the other")
        for y, row in enumerate(overlaps):
            _bars(axes, row, y)
            for part in COUNTS:
                _beside(axes, part, y, cells.count(row[part]))
        for part, words in HEADINGS.items():
            _beside(axes, part, -0.95, words, size=SMALL, color=MUTED)
        figure.legend(
            handles=[Patch(**look) for look in PARTS.values()],
            loc="upper left",
            bbox_to_anchor=(0, 1 - 0.2 / height),
            ncols=len(PARTS),
            frameon=False,
            fontsize=SMALL,
        )
        return as_svg(
            figure,
            name,
            "What else it could be",
            "For each definition of something else one bar: of those who meet it or the definition of neuroleptic malignant "
            "syndrome, who meets only the latter (filled), both (hatched), or only the other (open), with the counts and how "
            "many are undecided. The numbers are in the table.",
        )


def _bars(axes: Axes, row: Row, y: int) -> None:
    counts = {part: row[part] or 0 for part in PARTS}
    whole, start = sum(counts.values()), 0.0
    for part, count in counts.items():
        if count:
            width = 100 * count / whole
            axes.barh(y, width, left=start, height=0.66, **PARTS[part])
            start += width


def _beside(axes: Axes, part: str, y: float, text: str, **look: Any) -> None:
    x = 1 + COUNTS[part] / (WIDTH - LEFT - RIGHT)
    axes.text(x, y, text, transform=axes.get_yaxis_transform(), ha="right", va="center", **look)
