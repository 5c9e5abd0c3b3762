"""The specification curve: one estimate for each combination of choices, sorted, above the choices that made it."""

from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import (
    HIGHEST,
    LOWEST,
    SMALL,
    WIDTH,
    Limits,
    axes_in_inches,
    heading,
    new_figure,
    vertical_log_axis,
)
from nms_pv.report.numbers import Row, rounded
from nms_pv.report.style import INK, MUTED, PAPER, RULE, Look
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import readable

LEFT, RIGHT, TOP, CURVE, GAP, FOOT = 2.2, 0.15, 0.62, 1.7, 0.12, 0.1
LINE, BETWEEN = 0.135, 0.07
CHOICES = ["definition", "roles", "duplicates", "analysis", "comparator", "era"]
# Their levels are names of files of the study, and stand as they do elsewhere on the page.
NAMED = ("definition", "analysis")
WORDS = {"analysis": "time at risk", "ps": "primary suspect", "ps+ss": "primary or secondary", "any": "any role"}


@dataclass(frozen=True)
class Level:
    """One line of the matrix: a level of a choice, and how far below the top it lies, in inches."""

    choice: str
    level: str
    down: float


# Height of a mark, in lines.
TICK = 0.6 * LINE


def specification_curve(rows: list[Row], look: Look, limits: Limits, measure: str, *, simulated: bool) -> Markup:
    """The rows of `measures/grid` of one group; those without an estimate above 0 are counted, not drawn."""
    drawn = sorted((row for row in rows if row["estimate"]), key=lambda row: (row["estimate"], row["specification_id"]))
    levels = matrix_levels(rows)
    matrix = levels[-1].down + LINE
    height = TOP + CURVE + GAP + matrix + FOOT
    name = f"specifications-{rows[0]['arm']}-{look.code.lower()}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        above = axes_in_inches(figure, LEFT, FOOT + matrix + GAP, WIDTH - LEFT - RIGHT, CURVE)
        below = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, matrix)
        for axes in (above, below):
            axes.set_xlim(-2, max(len(drawn), 1) + 1)
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
        _curve(above, drawn, look, limits, measure)
        _matrix(below, drawn, levels, matrix)
        heading(above, look, look.label, y=1 + 0.22 / CURVE)
        left_out = len(rows) - len(drawn)
        said = f"{len(drawn)} specifications" + (f", {left_out} more are undefined or 0" if left_out else "")
        above.text(1, 1 + 0.22 / CURVE, said, transform=above.transAxes, ha="right", va="center", size=SMALL, color=MUTED)
        for place, row in enumerate(drawn):
            if row["is_main"]:
                _main(above, below, place, row, limits)
        return as_svg(
            figure,
            name,
            f"{measure[0].upper()}{measure[1:]} under every combination of choices: {look.label}",
            "Above, estimates with intervals, sorted, on a logarithmic axis; filled where the interval lies above 1. Below, one "
            "line for each choice, with a mark where the estimate above was made with it. A vertical line marks the main "
            "specification. The numbers are in the table that follows.",
        )


def shared_limits(rows: list[Row]) -> Limits:
    """Limits that hold all estimates above 0 and 1; intervals are cut off there, since the widest would flatten the curve."""
    values = [min(HIGHEST, max(LOWEST, row["estimate"])) for row in rows if row["estimate"]]
    return min([0.5, *values]) / 2, max([2.0, *values]) * 2


def matrix_levels(rows: list[Row]) -> list[Level]:
    """The lines of the matrix from top to bottom: every level of every choice that the rows have."""
    levels: list[Level] = []
    down = 0.0
    for choice in CHOICES:
        for level in dict.fromkeys(sorted({row[choice] for row in rows if row[choice] is not None})):
            levels.append(Level(choice, level, down))
            down += LINE
        down += BETWEEN if levels and levels[-1].choice == choice else 0
    return levels


def _curve(axes: Axes, drawn: list[Row], look: Look, limits: Limits, measure: str) -> None:
    vertical_log_axis(axes, limits, measure)
    axes.axhline(1, color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
    low = [max(limits[0], row["low"]) for row in drawn]
    high = [min(limits[1], row["high"]) for row in drawn]
    axes.vlines(range(len(drawn)), low, high, color=look.colour, linewidth=0.7, alpha=0.45)
    for is_above, face in ((True, look.colour), (False, PAPER)):
        places = [place for place, row in enumerate(drawn) if (row["low"] > 1) == is_above]
        estimates = [min(limits[1], max(limits[0], drawn[place]["estimate"])) for place in places]
        axes.plot(
            places,
            estimates,
            marker=look.marker,
            color=look.colour,
            markerfacecolor=face,
            markersize=2.6,
            linestyle="none",
            markeredgewidth=0.6,
        )


def _matrix(axes: Axes, drawn: list[Row], levels: list[Level], height: float) -> None:
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    inches = WIDTH - LEFT - RIGHT
    beside = axes.get_yaxis_transform()
    named: set[str] = set()
    for level in levels:
        y = level.down + LINE / 2
        axes.axhline(y, color=RULE, linewidth=0.4, zorder=0)
        places = [place for place, row in enumerate(drawn) if row[level.choice] == level.level]
        axes.vlines(places, y - TICK / 2, y + TICK / 2, color=INK, linewidth=0.8)
        axes.text(-0.08 / inches, y, _shown(level), transform=beside, ha="right", va="center", size=SMALL - 1)
        if level.choice not in named:
            named.add(level.choice)
            at = -(LEFT - 0.08) / inches
            axes.text(
                at,
                y,
                WORDS.get(level.choice, level.choice),
                transform=beside,
                va="center",
                size=SMALL - 1,
                color=MUTED,
                weight="bold",
            )


def _main(above: Axes, below: Axes, place: int, row: Row, limits: Limits) -> None:
    for axes in (above, below):
        axes.axvline(place, color=INK, linewidth=0.9, zorder=1)
    is_left = place < sum(above.get_xlim()) / 2
    above.annotate(
        f"main {rounded(row['estimate'])}",
        (place, limits[1]),
        xytext=(3 if is_left else -3, -1),
        textcoords="offset points",
        ha="left" if is_left else "right",
        va="top",
        size=SMALL,
        weight="bold",
        color=INK,
    )


def _shown(level: Level) -> str:
    return level.level if level.choice in NAMED else WORDS.get(level.level, readable(level.level))
