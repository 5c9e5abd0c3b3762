"""Published proportions by the size of the study."""

import numpy as np
from markupsafe import Markup

from nms_pv.report.figures.draw import WIDTH, axes_in_inches, log_axis, new_figure, vertical_log_axis
from nms_pv.report.figures.studies import DrawnStudy, by_year, lettered, proportion_limits
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.style import ALL, MUTED
from nms_pv.report.svg import as_svg, house_style, mark

HEIGHT, LEFT, TOP, FOOT, RIGHT = 3.6, 0.9, 0.4, 0.55, 2.0
# What a funnel of proportions does and does not show; stands below the figure.
WARNING = (
    "An asymmetric funnel is no proof of unpublished studies. Small studies of NMS look for it prospectively, in one hospital, "
    "over a short time; large ones read registers: they find different things. And the standard error of a proportion "
    "contains the proportion itself, so that proportions go with their standard errors even where nothing is missing; the "
    "axis is therefore the number of people."
)


def funnel(studies: list[DrawnStudy], pooled: Row | None, name: str, *, simulated: bool) -> Markup:
    """Proportion against people; dashed lines show how far chance alone takes 95 % of studies that have the pooled one."""
    drawn = [study for study in by_year(studies) if study.row["estimate"] > 0]
    people = [study.row["denominator"] for study in drawn] or [100, 1000]
    fewest, most = min(people) / 2, max(people) * 2
    with house_style(name):
        figure = new_figure(HEIGHT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT)
        log_axis(axes, (fewest, most), "people in the study (logarithmic)", is_ratio=False)
        vertical_log_axis(axes, proportion_limits([study.row for study in drawn]), "proportion (logarithmic)")
        if pooled is not None and is_drawable(pooled):
            mark(axes.axhline(pooled["estimate"], color=ALL.colour, linewidth=1.5), pooled, "estimate")
            for side in (-1, 1):
                sizes, reached = _reach_of_chance(pooled["estimate"], side, fewest, most)
                axes.plot(sizes, reached, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)))
        lettered(axes, drawn, "denominator", HEIGHT - TOP - FOOT)
        return as_svg(
            figure,
            name,
            "Published proportions by the size of the study",
            "Each study by its number of people and its proportion, hollow when not pooled; the line is the pooled proportion, "
            "dashed lines the reach of chance around it. The numbers are in the table that follows.",
        )


def _reach_of_chance(proportion: float, side: int, fewest: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of people, and for each the proportion 1.96 standard errors away on the logit scale."""
    people = np.geomspace(fewest, most, 100)
    reach = 1.96 / np.sqrt(people * proportion * (1 - proportion))
    return people, 1 / (1 + (1 - proportion) / proportion * np.exp(-side * reach))
