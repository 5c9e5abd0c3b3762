"""The shares of all checks of data quality by period, in figures and in shades."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import DASH, Row
from nms_pv.report.quality.chosen import Matrix
from nms_pv.report.style import INK, MUTED, RULE
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

ROW, TOP, FOOT, GROUP, LEFT, LARGEST_CELL = 0.19, 0.3, 0.1, 0.5, 2.75, 0.5
LONGEST_NAME = 44
MOST_PERIODS = 12
# At most so dark: the figure in the cell stays readable, in dark mode too.
DARKEST = 0.4


def checks_by_period(dimensions: list[tuple[str, Matrix]], arm: str, *, simulated: bool) -> Markup:
    """One row for each check and one column for each period, grouped by dimension; the larger the share the darker the cell.

    Parameters
    ----------
    dimensions
        Name of each dimension and its shares by period, at most `MOST_PERIODS` of them.
    arm, simulated
        The arm, and whether its data are simulated.

    """
    rows = sum(len(found.columns) for _, found in dimensions)
    height = TOP + len(dimensions) * GROUP + rows * ROW + FOOT
    name = f"quality-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        bottom = height - TOP
        for dimension, found in dimensions:
            bottom -= GROUP + len(found.columns) * ROW
            cell = min(LARGEST_CELL, (WIDTH - LEFT) / len(found.lines))
            axes = axes_in_inches(figure, LEFT, bottom, cell * len(found.lines), len(found.columns) * ROW)
            _grid(axes, dimension, found, cell)
        return as_svg(
            figure,
            name,
            "Checks of data quality by period, in percent",
            "A grid of numbers: one row for each check, one column for each period, grouped by dimension of data quality. The "
            "numbers are in the tables that follow.",
        )


def _grid(axes: Axes, dimension: str, found: Matrix, cell: float) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, len(found.lines))
    axes.set_ylim(len(found.columns), 0)
    size = min(SMALL, 19 * cell)
    axes.text(-(LEFT - 0.1) / cell, -0.75, dimension.capitalize(), weight="bold", va="center")
    for y, column in enumerate(found.columns):
        axes.text(-(LEFT - 0.1) / cell, y + 0.5, shortened(column.title, LONGEST_NAME), va="center", size=SMALL)
        axes.plot([0, len(found.lines)], [y, y], color=RULE, linewidth=0.4)
    for x, (period, rows) in enumerate(found.lines):
        axes.text(x + 0.5, -0.75, period, ha="center", va="center", size=size, color=MUTED)
        for y, row in enumerate(rows):
            share = None if row is None else row["estimate"]
            if share:
                axes.add_patch(Rectangle((x, y), 1, 1, linewidth=0, facecolor=INK, alpha=round(DARKEST * share, 2)))
            axes.text(x + 0.5, y + 0.5, _in_cell(row), ha="center", va="center", size=size, color=INK if row else MUTED)


def _in_cell(row: Row | None) -> str:
    """Percent in few letters: no decimal from 10 on, and what is above 0 is never printed as 0."""
    if row is None or row["estimate"] is None:
        return DASH
    percent = 100 * row["estimate"]
    if 0 < percent < 0.05:
        return "<0.1"
    return f"{percent:.1f}" if 0 < percent < 10 else f"{percent:.0f}"
