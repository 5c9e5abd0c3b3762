"""Published proportions with their intervals, what they come to together, and this study's beside them."""

from markupsafe import Markup
from matplotlib.axes import Axes

from nms_pv.report.figures.draw import (
    SMALL,
    WIDTH,
    Limits,
    axes_in_inches,
    interval,
    log_axis,
    new_figure,
    row_lines,
    rows_on_y,
    undefined,
)
from nms_pv.report.figures.studies import DrawnStudy, by_year, proportion_limits, refuse_reports
from nms_pv.report.numbers import Row, estimate_and_interval, is_drawable, shown
from nms_pv.report.style import ALL, INK, MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import shortened

ROW, TOP, FOOT = 0.19, 0.5, 0.48
LEFT, RIGHT = 2.95, 1.8
AXES = WIDTH - LEFT - RIGHT
NAME_AT, COUNT_AT, VALUE_AT = -(LEFT - 0.1) / AXES, -0.12 / AXES, 1 + (RIGHT - 0.08) / AXES
LONGEST_NAME = 18
PUBLISHED = Look("published", "Published", INK, "s", "square", "■")


def meta_forest(
    studies: list[DrawnStudy], pooled: Row | None, predicted: Row | None, ours: list[Row], name: str, *, simulated: bool
) -> Markup:
    """Published rows by year, hollow when not pooled; below them the pooled proportion, the prediction interval, and ours.

    Raises
    ------
    ContractError
        When a row of ours is not of the cohort arm.
    """
    refuse_reports(ours)
    published = by_year(studies)
    lines: list[tuple[str, Row | None, Look, bool]] = [
        *((study.label, study.row, PUBLISHED, study.is_pooled) for study in published),
        ("pooled", pooled, ALL, True),
        ("a new study", predicted, ALL, False),
        *((f"this study, {shortened(row['group'], LONGEST_NAME)}", row, ALL, True) for row in ours),
    ]
    limits = proportion_limits([row for _, row, _, _ in lines if row is not None])
    with house_style(name):
        figure = new_figure(TOP + len(lines) * ROW + FOOT, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, AXES, len(lines) * ROW)
        rows_on_y(axes, [""] * len(lines))
        log_axis(axes, limits, "proportion of people (logarithmic)", is_ratio=False)
        row_lines(axes, len(lines))
        for y, (label, row, look, filled) in enumerate(lines):
            axes.text(NAME_AT, y, label, transform=axes.get_yaxis_transform(), va="center")
            _line(axes, row, y, look, limits, filled=filled)
        axes.axhline(len(published) - 0.5, color=INK, linewidth=0.8)
        for x, text, align in ((NAME_AT, "study", "left"), (COUNT_AT, "people", "right"), (VALUE_AT, "% (interval)", "right")):
            axes.text(x, -0.85, text, transform=axes.get_yaxis_transform(), va="center", ha=align, size=SMALL, color=MUTED)
        return as_svg(
            figure,
            name,
            "Published proportions, and what they come to together",
            "Published proportions with exact intervals by year, hollow when not pooled, an asterisk when recalled and not yet "
            "verified; below them the pooled proportion, the interval for a new study, and this study. The numbers are in the "
            "table that follows.",
        )


def _line(axes: Axes, row: Row | None, y: int, look: Look, limits: Limits, *, filled: bool) -> None:
    beside = axes.get_yaxis_transform()
    if row is None or not is_drawable(row):
        undefined(axes, row, y)
        return
    interval(axes, row, y, look, limits, filled=filled)
    if row["numerator"] is not None:
        counts = f"{shown(row, 'numerator')}/{shown(row, 'denominator')}"
        mark(axes.text(COUNT_AT, y, counts, transform=beside, va="center", ha="right"), row, "numerator", "denominator")
    value = axes.text(VALUE_AT, y, estimate_and_interval(row), transform=beside, va="center", ha="right")
    mark(value, row, "estimate", "low", "high")
