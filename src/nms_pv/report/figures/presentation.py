"""How often each element is documented, by generation."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, row_lines, rows_on_y, undefined
from nms_pv.report.numbers import Row, is_drawable, state
from nms_pv.report.style import GENERATIONS, MUTED, PAPER, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import readable, shortened

ROW, TOP, FOOT, LEFT, RIGHT = 0.36, 0.62, 0.5, 1.95, 0.25
LONGEST_NAME, APART = 26, 0.24


def element_shares(elements: list[tuple[str, dict[str, Row]]], arm: str, *, simulated: bool) -> Markup:
    """A point with an interval for each element and generation.

    Parameters
    ----------
    elements
        Name of an item or element, and its rows of `measures/results` (element_documented_proportion) by generation, in the order
        in which they are drawn from the top; at least one. A generation without a row, or without an estimate, is said in a word.
    arm
        `reports` or `cohort`.
    simulated
        Whether the data are simulated.
    """
    height, name = TOP + len(elements) * ROW + FOOT, f"presentation-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, len(elements) * ROW)
        rows_on_y(axes, [shortened(readable(element.rpartition(":")[2]), LONGEST_NAME) for element, _ in elements])
        axes.set_xlim(-1, 101)
        axes.set_xticks(range(0, 101, 25))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.set_xlabel("% of cases in whom it is documented as present, a lower bound")
        row_lines(axes, len(elements))
        for y, (_, rows) in enumerate(elements):
            if not any(is_drawable(row) for row in rows.values()):
                undefined(axes, next(iter(rows.values()), None), y)
                continue
            for look, shift in zip(GENERATIONS, (-APART, 0.0, APART), strict=True):
                _share(axes, rows.get(look.code), y + shift, look)
        figure.legend(
            handles=[_key(look) for look in GENERATIONS],
            loc="upper left",
            bbox_to_anchor=(0, 1 - 0.2 / height),
            ncols=len(GENERATIONS),
            frameon=False,
            fontsize=SMALL,
        )
        return as_svg(
            figure,
            name,
            "Elements by generation",
            "For each element the share of cases in whom it is documented as present, with intervals: first generation circles, "
            "second squares, third diamonds. What is not documented may have been there. The numbers are in the table that "
            "follows.",
        )


def _share(axes: Axes, row: Row | None, y: float, look: Look) -> None:
    if row is None or not is_drawable(row):
        axes.text(0, y, f"{look.symbol} {state(row)}", va="center", size=SMALL - 2, color=MUTED)
        return
    line = axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=look.colour, linewidth=1.1, solid_capstyle="butt")
    mark(line[0], row, "low", "high")
    drawn = axes.plot(
        [100 * row["estimate"]],
        [y],
        marker=look.marker,
        color=look.colour,
        markerfacecolor=PAPER if look.marker == "s" else look.colour,
        markersize=4,
        linestyle="none",
        clip_on=False,
    )
    mark(drawn[0], row, "estimate")


def _key(look: Look) -> Line2D:
    face = PAPER if look.marker == "s" else look.colour
    return Line2D([], [], color=look.colour, marker=look.marker, markerfacecolor=face, markersize=4, label=look.label)
