"""Figure 1: cases by year and generation."""

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, heading, new_figure
from nms_pv.report.numbers import Row, shown
from nms_pv.report.style import GENERATIONS, MUTED
from nms_pv.report.svg import as_svg, house_style, mark

PANEL, GAP, FOOT, TOP = 1.05, 0.42, 0.5, 0.5
MOST_LABELLED_YEARS = 14


def cases_by_year(rows: dict[tuple[str, int], Row], *, simulated: bool) -> Markup:
    """One panel of bars for each generation, on the same axes: a report may count in two of them, so nothing is stacked."""
    looks = [look for look in GENERATIONS if any(group == look.code for group, _ in rows)]
    years = sorted({year for _, year in rows})
    height = TOP + len(looks) * PANEL + (len(looks) - 1) * GAP + FOOT
    labelled = len(years) <= MOST_LABELLED_YEARS
    most = max((row["numerator"] for row in rows.values() if not row["suppressed"]), default=0)
    with house_style("years"):
        figure = new_figure(height, simulated=simulated)
        for number, look in enumerate(looks):
            axes = axes_in_inches(figure, 0.7, height - TOP - (number + 1) * PANEL - number * GAP, WIDTH - 0.9, PANEL)
            heading(axes, look, look.label, y=1.1)
            for year in years:
                row = rows.get((look.code, year))
                if row is None:
                    continue
                if not row["suppressed"]:
                    mark(axes.bar(year, row["numerator"], width=0.8, color=look.colour)[0], row, "numerator")
                if labelled:
                    top = 0 if row["suppressed"] else row["numerator"]
                    text = axes.annotate(
                        "hidden" if row["suppressed"] else shown(row, "numerator"),
                        (year, top),
                        xytext=(0, 2),
                        textcoords="offset points",
                        ha="center",
                        size=SMALL,
                    )
                    mark(text, row, "numerator")
            axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
            axes.set_ylim(0, max(1, most) * 1.18)
            axes.set_xticks(years if labelled else years[:: 1 + len(years) // 12])
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
