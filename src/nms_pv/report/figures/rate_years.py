"""Incidence by calendar year, and beneath it the mix of generations."""

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import ALL, MUTED, STATES
from nms_pv.report.svg import as_svg, house_style, mark

LEFT, RIGHT, TOP, FOOT, PANEL, GAP = 0.9, 1.75, 0.5, 0.5, 1.7, 0.35
MOST_TICKS = 12
# Height of a label, in percent of the axis.
LINE = 8.0


def rate_and_mix_by_year(years: dict[str, Row], by_state: dict[tuple[str, str], Row], *, simulated: bool) -> Markup:
    """Above the overall rate of each year with its interval, below the share of person-days of each state of exposure."""
    height = TOP + 2 * PANEL + GAP + FOOT
    with house_style("rate-years"):
        figure = new_figure(height, simulated=simulated)
        above = axes_in_inches(figure, LEFT, FOOT + PANEL + GAP, WIDTH - LEFT - RIGHT, PANEL)
        below = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, PANEL)
        _rates(above, years)
        _mix(below, years, by_state)
        known = sorted(int(year) for year in years)
        for axes in (above, below):
            axes.set_xlim(known[0] - 0.6, known[-1] + 0.6)
            axes.set_xticks(known[:: 1 + len(known) // MOST_TICKS])
            axes.grid(axis="y")
            axes.set_axisbelow(True)
        above.tick_params(labelbottom=False)
        below.set_xlabel("calendar year")
        return as_svg(
            figure,
            "rate-years",
            "Incidence and drug mix by calendar year",
            "Above: episodes per 100,000 person-years exposed to any antipsychotic, by year, with intervals. Below: the share of "
            "exposed days of each generation. The numbers are in the table that follows.",
        )


def _rates(axes: Axes, years: dict[str, Row]) -> None:
    for year, row in years.items():
        if is_drawable(row):
            x = int(year)
            mark(axes.plot([x, x], [row["low"], row["high"]], color=ALL.colour, linewidth=1.3)[0], row, "low", "high")
            mark(axes.plot([x], [row["estimate"]], marker="o", color=ALL.colour, markersize=5)[0], row, "estimate")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("episodes per\n100,000 person-years", color=MUTED)


def last_share(state: str, years: dict[str, Row], days: dict[tuple[str, str], int], total: dict[str, int]) -> float:
    """The share of a state in the last year, 0 where it has none."""
    last = max(years)
    return days.get((state, last), 0) / total[last] if total[last] else 0.0


def _mix(axes: Axes, years: dict[str, Row], by_state: dict[tuple[str, str], Row]) -> None:
    days = {key: row["denominator"] for key, row in by_state.items()}
    total = {year: sum(n for (_, of), n in days.items() if of == year) for year in years}
    labels: list[float] = []
    for look in sorted(STATES, key=lambda look: last_share(look.code, years, days, total)):
        share = {
            int(year): 100 * days[look.code, year] / total[year]
            for year in sorted(years)
            if (look.code, year) in days and total[year]
        }
        if share:
            axes.plot(list(share), list(share.values()), marker=look.marker, color=look.colour, markersize=4, linewidth=1.2)
            # From below, each label at least a line above the one before.
            labels.append(max(share[max(share)], labels[-1] + LINE if labels else 0.0))
            axes.text(max(share) + 0.8, labels[-1], look.label, va="center", size=SMALL, color=look.colour, clip_on=False)
    axes.set_ylim(0, 100)
    axes.set_ylabel("% of exposed days", color=MUTED)
