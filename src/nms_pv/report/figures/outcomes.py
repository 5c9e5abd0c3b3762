"""Figure 4: how many of the cases had outcome death or a seriousness code, by generation."""

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, row_lines, rows_on_y, undefined
from nms_pv.report.numbers import Row, estimate_and_interval, is_drawable, shown
from nms_pv.report.style import MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark

ROW, HEAD, FOOT, TOP = 0.26, 0.52, 0.5, 0.06
LEFT, RIGHT = 1.45, 2.5
COUNT_AT, VALUE_AT = 1.12, RIGHT - 0.08

Lines = list[tuple[Look, Row | None]]


def outcomes(panels: list[tuple[str, Lines]], *, simulated: bool) -> Markup:
    """One panel for each proportion, one line for each group, with numerator and denominator beside it."""
    height = TOP + sum(HEAD + len(lines) * ROW for _, lines in panels) + FOOT
    with house_style("outcomes"):
        figure = new_figure(height, simulated=simulated)
        top = height - TOP
        for number, (title, lines) in enumerate(panels, start=1):
            top -= HEAD + len(lines) * ROW
            axes = axes_in_inches(figure, LEFT, top, WIDTH - LEFT - RIGHT, len(lines) * ROW)
            _panel(axes, title, lines)
            axes.tick_params(labelbottom=number == len(panels))
        axes.set_xlabel("percent of the cases of known outcome")
        return as_svg(
            figure,
            "outcomes",
            "Outcome death and seriousness by generation",
            "Proportions with exact intervals, in percent of the reports that meet the main definition and whose outcome is "
            "known. The numbers are in the table that follows.",
        )


def _panel(axes: Axes, title: str, lines: Lines) -> None:
    rows_on_y(axes, [look.label for look, _ in lines])
    axes.set_xlim(-2, 102)
    axes.set_xticks(range(0, 101, 25))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    row_lines(axes, len(lines))
    axes.set_title(title, loc="left", weight="bold")
    for at, text in ((COUNT_AT, "cases"), (VALUE_AT, "percent (interval)")):
        axes.text(_beside(at), -0.9, text, transform=axes.get_yaxis_transform(), ha="right", size=SMALL, color=MUTED)
    for y, (look, row) in enumerate(lines):
        if row is None or not is_drawable(row):
            undefined(axes, row, y)
        else:
            _line(axes, row, y, look)


def _line(axes: Axes, row: Row, y: int, look: Look) -> None:
    if row["low"] is not None and row["high"] is not None:
        ends = [100 * row["low"], 100 * row["high"]]
        mark(axes.plot(ends, [y, y], color=look.colour, linewidth=1.3, solid_capstyle="butt")[0], row, "low", "high")
    point = axes.plot([100 * row["estimate"]], [y], marker=look.marker, color=look.colour, markersize=5.5, clip_on=False)
    mark(point[0], row, "estimate")
    transform = axes.get_yaxis_transform()
    of = f"{shown(row, 'numerator')} of {shown(row, 'denominator')}"
    count = axes.text(_beside(COUNT_AT), y, of, transform=transform, va="center", ha="right")
    mark(count, row, "numerator", "denominator")
    value = axes.text(_beside(VALUE_AT), y, estimate_and_interval(row), transform=transform, va="center", ha="right")
    mark(value, row, "estimate", "low", "high")


def _beside(inches: float) -> float:
    return 1 + inches / (WIDTH - LEFT - RIGHT)
