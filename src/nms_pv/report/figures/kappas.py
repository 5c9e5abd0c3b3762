"""How well each two definitions agree: Cohen's kappa, in figures."""

from markupsafe import Markup
from matplotlib.patches import Rectangle

from nms_pv.report.figures.draw import WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import DASH, Row
from nms_pv.report.rounding import two_decimals
from nms_pv.report.style import INK, MUTED, RULE, TEXT_SIZE
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

TOP, FOOT, LEFT, NAME, LARGEST_CELL, CELL_HEIGHT = 0.35, 0.1, 0.1, 2.0, 0.5, 0.24
LONGEST_NAME = 26
# At most so dark: the figure in the cell stays readable, in dark mode too.
DARKEST = 0.4


def kappas(pairs: dict[frozenset[str], Row], definitions: list[str], arm: str, main: str, *, simulated: bool) -> Markup:
    """One cell for each two definitions, the darker the higher kappa; a name stands where its row and its column meet."""
    many = len(definitions)
    cell = min(LARGEST_CELL, (WIDTH - LEFT - NAME) / (many - 1))
    height = TOP + many * CELL_HEIGHT + FOOT
    name = f"kappas-{arm}"
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT, many * CELL_HEIGHT)
        axes.set_axis_off()
        axes.set_xlim(0, (WIDTH - LEFT) / cell)
        axes.set_ylim(many, 0)
        size = min(TEXT_SIZE, 20 * cell)
        for y, first in enumerate(definitions):
            weight = "bold" if first == main else "normal"
            axes.text(y + 0.08 / cell, y + 0.5, shortened(first, LONGEST_NAME), va="center", weight=weight)
            for x, second in enumerate(definitions[:y]):
                kappa = pairs[frozenset((first, second))]["estimate"]
                shade = {"facecolor": INK, "alpha": round(DARKEST * max(0.0, kappa), 2)} if kappa else {"facecolor": "none"}
                axes.add_patch(Rectangle((x, y), 1, 1, linewidth=0, **shade))
                text, colour = (DASH, MUTED) if kappa is None else (two_decimals(kappa), INK)
                axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", size=size, color=colour)
            axes.plot([0, y], [y, y], color=RULE, linewidth=0.5)
        return as_svg(
            figure,
            name,
            "Agreement of each two definitions",
            "A triangle of numbers: Cohen's kappa of each two definitions that somebody meets. A definition's name stands at "
            "the end of its row and on top of its column. The numbers, with intervals, are in the table that follows.",
        )
