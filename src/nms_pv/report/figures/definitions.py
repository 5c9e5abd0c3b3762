"""Figure 3: the same reporting odds ratio under each case definition."""

from markupsafe import Markup

from nms_pv.report.compared import Facet
from nms_pv.report.figures.draw import (
    WIDTH,
    axes_in_inches,
    heading,
    interval,
    log_axis,
    log_limits,
    new_figure,
    row_lines,
    rows_on_y,
    undefined,
)
from nms_pv.report.numbers import is_drawable
from nms_pv.report.svg import as_svg, house_style
from nms_pv.report.words import shortened

COLUMNS = 3
ROW, HEAD, FOOT, TOP = 0.18, 0.34, 0.5, 0.24
LEFT, RIGHT, BETWEEN = 1.75, 0.25, 0.36
LONGEST_NAME, LONGEST_GROUP = 26, 22


def by_definition(facets: list[Facet], definitions: list[str], main: str, *, simulated: bool) -> Markup:
    """One panel for each group, one line for each definition; the main definition is the filled marker."""
    limits = log_limits(row for facet in facets for row in facet.rows if row is not None)
    lines = -(-len(facets) // COLUMNS)
    panel = len(definitions) * ROW
    height = TOP + lines * (HEAD + panel) + FOOT
    width = (WIDTH - LEFT - RIGHT - (COLUMNS - 1) * BETWEEN) / COLUMNS
    with house_style("definitions"):
        figure = new_figure(height, simulated=simulated)
        for number, facet in enumerate(facets):
            line, column = divmod(number, COLUMNS)
            bottom = height - TOP - (line + 1) * (HEAD + panel)
            axes = axes_in_inches(figure, LEFT + column * (width + BETWEEN), bottom, width, panel)
            rows_on_y(axes, [shortened(name, LONGEST_NAME) for name in definitions])
            is_lowest = number + COLUMNS >= len(facets)
            log_axis(axes, limits, "reporting odds ratio" if is_lowest else "")
            axes.tick_params(labelleft=column == 0, labelbottom=is_lowest)
            row_lines(axes, len(definitions))
            heading(axes, facet.look, shortened(facet.group, LONGEST_GROUP), y=1 + 0.1 / panel)
            for y, (definition, row) in enumerate(zip(definitions, facet.rows, strict=True)):
                if row is not None and is_drawable(row):
                    interval(axes, row, y, facet.look, limits, filled=definition == main)
                else:
                    undefined(axes, row, y)
        return as_svg(
            figure,
            "definitions",
            "Reporting odds ratio by case definition",
            "One panel for each generation and for the ingredients with most reports; in each, one estimate with interval for "
            "each case definition, on the same logarithmic axis. The numbers are in the table that follows.",
        )
