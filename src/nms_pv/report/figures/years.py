"""Figure 1: cases by year and generation."""

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, heading, new_figure
from nms_pv.report.numbers import Row, shown
from nms_pv.report.style import GENERATIONS, MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark

PANEL, GAP, FOOT, TOP = 1.05, 0.42, 0.5, 0.5
MOST_LABELLED_YEARS = 18


def cases_by_year(rows: dict[tuple[str, int], Row], *, simulated: bool) -> Markup:
    """One panel of bars for each generation, on the same axes: a report may count in two of them, so nothing is stacked.

    The axis runs from the first to the last year with a case; at least one year must have one.
    """
    looks = [look for look in GENERATIONS if any(group == look.code for group, _ in rows)]
    with_cases = [year for (_, year), row in rows.items() if row["suppressed"] or row["numerator"]]
    years = range(min(with_cases), max(with_cases) + 1)
    height = TOP + len(looks) * PANEL + (len(looks) - 1) * GAP + FOOT
    labelled = len(years) <= MOST_LABELLED_YEARS
    most = max((row["numerator"] for row in rows.values() if not row["suppressed"]), default=0)
    with house_style("years"):
        figure = new_figure(height, simulated=simulated)
        for number, look in enumerate(looks):
            axes = axes_in_inches(figure, 0.7, height - TOP - (number + 1) * PANEL - number * GAP, WIDTH - 0.9, PANEL)
            heading(axes, look, look.label, y=1.1)
            for year in years:
                if (look.code, year) in rows:
                    _bar(axes, rows[look.code, year], year, look, labelled=labelled)
            axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
            axes.set_ylim(0, max(1, most) * 1.18)
            axes.set_xticks(years[:: 1 if labelled else 1 + len(years) // 12])
            axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
            axes.grid(axis="y")
            axes.set_axisbelow(True)
            axes.tick_params(labelbottom=number == len(looks) - 1)
            axes.set_ylabel("reports", color=MUTED)
        axes.set_xlabel("year in which the case was first received")
        return as_svg(
            figure,
            "years",
            "Cases by year and generation",
            "Bars: distinct reports that meet the main definition, by year first received, one panel for each generation. "
            "The numbers are in the table that follows.",
        )


def _bar(axes: Axes, row: Row, year: int, look: Look, *, labelled: bool) -> None:
    top = 0 if row["suppressed"] else row["numerator"]
    mark(axes.bar(year, top, width=0.8, color=look.colour)[0], row, "numerator")
    if labelled:
        text = "hidden" if row["suppressed"] else shown(row, "numerator")
        beside = axes.annotate(text, (year, top), xytext=(0, 2), textcoords="offset points", ha="center", size=SMALL)
        mark(beside, row, "numerator")
