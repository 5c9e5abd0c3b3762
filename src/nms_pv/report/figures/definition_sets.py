"""Which definitions are met together (UpSet plot: Lex A et al. 2014, doi:10.1109/TVCG.2014.2346248, memory: to be verified)."""

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, SUBJECTS, WIDTH, axes_in_inches, new_figure, rows_on_y
from nms_pv.report.numbers import Row
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import INK, MUTED, PAPER, RULE
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

LEFT, RIGHT, TOP, BARS, GAP, ROW, FOOT = 1.95, 0.15, 0.5, 1.5, 0.12, 0.2, 0.12
LONGEST_NAME = 26


def met_together(sets: list[Row], definitions: list[str], cells: SmallCells, arm: str, main: str, *, simulated: bool) -> Markup:
    """A bar for each set of definitions, and below it a dot for each definition of the set; filled bars hold the main one."""
    height = TOP + BARS + GAP + len(definitions) * ROW + FOOT
    members = [set(row["met"].split(";")) for row in sets]
    name = f"definition-sets-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        width = WIDTH - LEFT - RIGHT
        bars = axes_in_inches(figure, LEFT, height - TOP - BARS, width, BARS)
        dots = axes_in_inches(figure, LEFT, FOOT, width, len(definitions) * ROW)
        _bars(bars, sets, [main in met for met in members], cells)
        bars.set_ylabel(f"{SUBJECTS[arm]} that\nmeet just these", color=MUTED)
        _dots(dots, members, definitions, main)
        return as_svg(
            figure,
            name,
            "Who is a case by which definitions",
            "Each column is one set of definitions that are met together and no other: the bar counts the subjects, the dots "
            "below name the definitions. The largest sets are shown. The numbers are in the table that follows.",
        )


def _bars(axes: Axes, sets: list[Row], holds_main: list[bool], cells: SmallCells) -> None:
    most = max(row["n"] or cells.limit for row in sets)
    axes.set_xlim(-0.6, len(sets) - 0.4)
    axes.set_ylim(0, most * 1.12)
    axes.set_xticks([])
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for x, (row, is_main) in enumerate(zip(sets, holds_main, strict=True)):
        top = row["n"] or 0
        axes.bar(x, top, width=0.66, facecolor=INK if is_main else PAPER, edgecolor=INK, linewidth=0.8)
        axes.annotate(
            cells.count(row["n"]), (x, top), xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", size=SMALL
        )


def _dots(axes: Axes, members: list[set[str]], definitions: list[str], main: str) -> None:
    rows_on_y(axes, [shortened(name, LONGEST_NAME) for name in definitions])
    axes.set_xlim(-0.6, len(members) - 0.4)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for y in range(0, len(definitions), 2):
        axes.axhspan(y - 0.5, y + 0.5, facecolor=RULE, alpha=0.3, linewidth=0)
    places = [(x, y, name in met) for x, met in enumerate(members) for y, name in enumerate(definitions)]
    for is_met, colour, size in ((False, RULE, 4.0), (True, INK, 5.5)):
        at = [(x, y) for x, y, met in places if met == is_met]
        axes.plot([x for x, _ in at], [y for _, y in at], marker="o", markersize=size, color=colour, linestyle="none")
    for x, met in enumerate(members):
        rows = [y for y, name in enumerate(definitions) if name in met]
        axes.plot([x, x], [min(rows), max(rows)], color=INK, linewidth=1.4)
    if main in definitions:
        axes.get_yticklabels()[definitions.index(main)].set_fontweight("bold")
