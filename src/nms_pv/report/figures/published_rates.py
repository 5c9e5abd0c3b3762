"""Our proportion of people with an episode among the published ones."""

from markupsafe import Markup

from nms_pv.report.cohort.inputs import PublishedRate
from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure, vertical_log_axis
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import ALL, INK, MUTED, PAPER
from nms_pv.report.svg import as_svg, house_style, mark

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.4, 0.9, 0.5, 0.55, 1.5
PER = 10_000
# Room on the left for the names of the earliest studies.
FIRST_YEAR = 1975


def proportion_among_published(ours: Row | None, published: list[PublishedRate], *, simulated: bool) -> Markup:
    """Hollow: studies that printed both counts, by year of publication. Filled: ours, as a line with its interval."""
    drawn = [(int(p.year), p.per_10_000, p.study) for p in published if p.per_10_000 and p.year.isdecimal()]
    values = [value for _, value, _ in drawn]
    if ours is not None and is_drawable(ours):
        values += [PER * ours[field] for field in ("estimate", "low", "high") if ours[field]]
    with house_style("published-rates"):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        axes.set_xlim(FIRST_YEAR, max(year for year, _, _ in drawn) + 8)
        vertical_log_axis(axes, (min(values) / 1.5, max(values) * 1.5), "people with an episode, per 10,000 exposed")
        for number, (year, value, study) in enumerate(sorted(drawn)):
            # Left and right by turns, because neighbours in time are neighbours in the list.
            x, align = ((6, "left"), (-6, "right"))[number % 2]
            axes.plot([year], [value], marker="o", color=INK, markerfacecolor=PAPER, markersize=5, linestyle="none")
            axes.annotate(study, (year, value), xytext=(x, 0), textcoords="offset points", size=SMALL, va="center", ha=align)
        if ours is not None and is_drawable(ours):
            axes.axhspan(PER * ours["low"], PER * ours["high"], color=ALL.colour, alpha=0.15, linewidth=0)
            mark(axes.axhline(PER * ours["estimate"], color=ALL.colour, linewidth=1.5), ours, "estimate")
            axes.text(
                1.01, PER * ours["estimate"], "this study", transform=axes.get_yaxis_transform(), va="center", weight="bold"
            )
        axes.set_xlabel("year of publication", color=MUTED)
        return as_svg(
            figure,
            "published-rates",
            "This study among published ones",
            "Published proportions of exposed people with an episode, by year of publication, hollow, and this study's as a line "
            "with its interval. The numbers are in the table that follows.",
        )
