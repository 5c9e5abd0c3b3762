"""Published proportions by year of publication, and this study's among them."""

from markupsafe import Markup

from nms_pv.report.figures.draw import WIDTH, axes_in_inches, new_figure, vertical_log_axis
from nms_pv.report.figures.studies import DrawnStudy, by_year, lettered, proportion_limits, refuse_reports
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import ALL, INK, MUTED
from nms_pv.report.svg import as_svg, house_style, mark

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.6, 0.9, 0.4, 0.55, 2.0
MARGIN = 4


def published_years(studies: list[DrawnStudy], ours: Row | None, name: str, *, simulated: bool) -> Markup:
    """Studies with exact intervals by year, hollow when not pooled; ours, a row of the cohort arm, as a line with a band.

    Raises
    ------
    ContractError
        When ours is not of the cohort arm.
    """
    mine = [ours] if ours is not None and is_drawable(ours) else []
    refuse_reports(mine)
    drawn = [study for study in by_year(studies) if study.row["estimate"] > 0]
    years = [study.year for study in drawn] or [2000]
    limits = proportion_limits([*(study.row for study in drawn), *mine])
    with house_style(name):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        axes.set_xlim(min(years) - MARGIN, max(years) + MARGIN)
        vertical_log_axis(axes, limits, "proportion of people (logarithmic)")
        for study in drawn:
            low = max(study.row["low"], limits[0])
            mark(axes.plot([study.year] * 2, [low, study.row["high"]], color=INK, linewidth=0.9)[0], study.row, "low", "high")
        lettered(axes, drawn, None, HEIGHT - TOP - FOOT)
        for row in mine:
            axes.axhspan(max(row["low"], limits[0]), row["high"], color=ALL.colour, alpha=0.15, linewidth=0)
            mark(axes.axhline(row["estimate"], color=ALL.colour, linewidth=1.5), row, "estimate")
            axes.annotate(
                "this study",
                (0.99, row["estimate"]),
                xycoords=("axes fraction", "data"),
                xytext=(0, 4),
                textcoords="offset points",
                ha="right",
                weight="bold",
            )
        axes.set_xlabel("year of publication", color=MUTED)
        return as_svg(
            figure,
            name,
            "Published proportions by year, and this study",
            "Published proportions with exact intervals by year of publication, hollow when not pooled, and this study's as a "
            "line with its interval. The numbers are in the table that follows.",
        )
