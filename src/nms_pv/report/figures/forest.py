"""Estimates of many groups with their intervals, one panel for each generation."""

from dataclasses import dataclass

from markupsafe import Markup

from nms_pv.report.figures.draw import (
    SMALL,
    WIDTH,
    Limits,
    axes_in_inches,
    heading,
    interval,
    log_axis,
    new_figure,
    row_lines,
    rows_on_y,
)
from nms_pv.report.numbers import Row, estimate_and_interval, shown
from nms_pv.report.style import MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import shortened

ROW, TOP, FOOT = 0.19, 0.68, 0.48
LEFT, RIGHT = 2.15, 1.5
LONGEST_NAME = 24


@dataclass(frozen=True)
class Words:
    """What a forest is about."""

    name: str
    measure: str
    short: str
    counted: str
    is_ratio: bool


def forest(rows: list[Row], look: Look, limits: Limits, words: Words, *, simulated: bool) -> Markup:
    """The rows as given, from top to bottom, with what was counted and the estimate in figures beside each."""
    name = f"{words.name}-{look.code.lower()}"
    height = TOP + len(rows) * ROW + FOOT
    with house_style(name):
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, len(rows) * ROW)
        rows_on_y(axes, [""] * len(rows))
        log_axis(axes, limits, f"{words.measure} (logarithmic)", is_ratio=words.is_ratio)
        row_lines(axes, len(rows))
        beside = axes.get_yaxis_transform()
        axes_width = WIDTH - LEFT - RIGHT
        name_at, count_at, value_at = -(LEFT - 0.1) / axes_width, -0.12 / axes_width, 1 + (RIGHT - 0.08) / axes_width
        for y, row in enumerate(rows):
            interval(axes, row, y, look, limits)
            axes.text(name_at, y, shortened(row["group"], LONGEST_NAME), transform=beside, va="center")
            mark(axes.text(count_at, y, shown(row, "numerator"), transform=beside, va="center", ha="right"), row, "numerator")
            value = axes.text(value_at, y, estimate_and_interval(row), transform=beside, va="center", ha="right")
            mark(value, row, "estimate", "low", "high")
        heading(axes, look, look.label, y=1 + 0.36 / (len(rows) * ROW), x=name_at + 0.04 / axes_width)
        for x, text, align in (
            (name_at, "ingredient", "left"),
            (count_at, words.counted, "right"),
            (value_at, f"{words.short} (interval)", "right"),
        ):
            axes.text(x, -0.85, text, transform=beside, va="center", ha=align, size=SMALL, color=MUTED)
        return as_svg(
            figure,
            name,
            f"{words.measure[0].upper()}{words.measure[1:]} by ingredient: {look.label}",
            f"Estimates with intervals on a logarithmic axis, marked by a {look.shape}, sorted from high to low. "
            "The numbers are in the table that follows.",
        )
