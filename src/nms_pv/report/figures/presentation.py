"""How often each element is documented, by generation."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, row_lines, rows_on_y
from nms_pv.report.figures.flow import wrapped
from nms_pv.report.numbers import Row, is_drawable, state
from nms_pv.report.style import GENERATIONS, MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import readable, shortened

ROW, TOP, FOOT, LEFT, RIGHT = 0.36, 0.62, 0.5, 1.95, 0.25
LONGEST_NAME, APART, LINE = 26, 0.24, 0.15


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
    told = [one for one in elements if any(is_drawable(row) or row["suppressed"] for row in one[1].values())]
    untold = [_name(element) for element, rows in elements if (element, rows) not in told]
    note = wrapped(f"Undefined, or not computed, in every generation: {', '.join(untold)}.", WIDTH - 0.2, SMALL) if untold else []
    foot = FOOT + len(note) * LINE
    height, name = TOP + max(len(told), 1) * ROW + foot, f"presentation-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, foot, WIDTH - LEFT - RIGHT, max(len(told), 1) * ROW)
        rows_on_y(axes, [_name(element) for element, _ in told])
        axes.set_xlim(-1, 101)
        axes.set_xticks(range(0, 101, 25))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.set_xlabel("% of cases in whom it is documented as present, a lower bound")
        row_lines(axes, len(told))
        for y, (_, rows) in enumerate(told):
            for look, shift in zip(GENERATIONS, (-APART, 0.0, APART), strict=True):
                _share(axes, rows.get(look.code), y + shift, look)
        for number, line in enumerate(note):
            figure.text(0.1 / WIDTH, ((len(note) - number) * LINE - 0.02) / height, line, va="top", size=SMALL, color=MUTED)
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
        axes.text(0, y, f"{look.symbol} {state(row)}", va="center", size=SMALL - 1, color=MUTED)
        return
    line = axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=look.colour, linewidth=1.1, solid_capstyle="butt")
    mark(line[0], row, "low", "high")
    drawn = axes.plot(
        [100 * row["estimate"]],
        [y],
        marker=look.marker,
        color=look.colour,
        markersize=4,
        linestyle="none",
        clip_on=False,
    )
    mark(drawn[0], row, "estimate")


def _key(look: Look) -> Line2D:
    return Line2D([], [], color=look.colour, marker=look.marker, markersize=4, label=look.label)


def _name(element: str) -> str:
    return shortened(readable(element.rpartition(":")[2]), LONGEST_NAME)
