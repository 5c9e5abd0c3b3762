"""Incidence by generation, class and ingredient: rates and proportions side by side, and below them published proportions."""

from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from nms_pv.report.figures.draw import (
    SMALL,
    WIDTH,
    Limits,
    axes_in_inches,
    interval,
    log_axis,
    new_figure,
    rate_limits,
    row_lines,
    rows_on_y,
    undefined,
)
from nms_pv.report.figures.studies import DrawnStudy, by_year, proportion_limits, refuse_reports
from nms_pv.report.numbers import Row, estimate_and_interval, is_drawable, shown
from nms_pv.report.style import INK, MUTED, Look
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import readable, shortened

ROW, TOP, FOOT = 0.172, 0.42, 0.6
# Inches from the left: names, right edges of figures, left and right edges of the two axes.
NAME, COUNT, RATES, RATE, SHARES, SHARE = 0.08, 2.2, (2.28, 3.5), 4.72, (4.82, 5.85), WIDTH - 0.06
LONGEST_NAME, INDENT = 27, 0.1
PUBLISHED = Look("published", "Published", INK, "o", "circle", "○")


@dataclass(frozen=True)
class Line:
    """One group: its look, its rate and its proportion of people."""

    group: str
    look: Look
    rate: Row | None
    proportion: Row | None


@dataclass(frozen=True)
class Block:
    """Groups of one kind under a heading, from top to bottom."""

    title: str
    lines: list[Line]


def incidence_forest(blocks: list[Block], published: list[DrawnStudy], *, simulated: bool) -> Markup:
    """The groups with episodes, rate and proportion; published proportions hollow, in their own block.

    Raises
    ------
    ContractError
        When a number of a group is not of the cohort arm.
    """
    refuse_reports([row for block in blocks for line in block.lines for row in (line.rate, line.proportion) if row is not None])
    studies = by_year(published)
    rows = sum(1 + len(block.lines) for block in blocks) + (1 + len(studies) if studies else 0)
    height = TOP + rows * ROW + FOOT
    with house_style("incidence"):
        figure = new_figure(height, simulated=simulated)
        rates, shares = (axes_in_inches(figure, left, FOOT, right - left, rows * ROW) for left, right in (RATES, SHARES))
        limits = _axes(rates, shares, rows, blocks, studies)
        page = axes_in_inches(figure, 0, FOOT, WIDTH, rows * ROW)
        page.set_axis_off()
        page.set_xlim(0, WIDTH)
        page.set_ylim(rows - 0.5, -0.5)
        for x, text in ((COUNT, "episodes"), (RATE, "rate (interval)"), (SHARE, "% (interval)")):
            page.text(x, -1.05, text, ha="right", va="center", size=SMALL, color=MUTED)
        y = 0
        for block in blocks:
            page.text(NAME, y, block.title, va="center", weight="bold")
            for place, line in enumerate(block.lines, start=y + 1):
                _group(page, rates, shares, line, place, limits)
            y += 1 + len(block.lines)
        if studies:
            page.text(NAME, y, "Published proportions", va="center", weight="bold")
            for place, study in enumerate(studies, start=y + 1):
                _study(page, shares, study, place, limits[1])
        return as_svg(
            figure,
            "incidence",
            "Incidence by generation, chemical class and ingredient, beside published numbers",
            "For each group its episodes, its rate with interval on the left axis, and the proportion of exposed people with an "
            "episode on the right axis, both logarithmic, in the colour and marker of its generation. Below, published "
            "proportions, hollow. The numbers are in the tables that follow.",
        )


def _axes(rates: Axes, shares: Axes, rows: int, blocks: list[Block], studies: list[DrawnStudy]) -> tuple[Limits, Limits]:
    ours = [line for block in blocks for line in block.lines]
    of_rates = rate_limits(line.rate for line in ours if line.rate is not None)
    proportions = [line.proportion for line in ours if line.proportion is not None]
    of_shares = proportion_limits([*proportions, *(study.row for study in studies)])
    for axes, limits, label in (
        (rates, of_rates, "episodes per\n100,000 person-years (logarithmic)"),
        (shares, of_shares, "% of people\n(logarithmic)"),
    ):
        rows_on_y(axes, [""] * rows)
        log_axis(axes, limits, label, is_ratio=False)
        axes.xaxis.label.set_fontsize(SMALL)
        axes.tick_params(axis="x", labelsize=SMALL)
        row_lines(axes, rows)
    shares.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}"))
    return of_rates, of_shares


def _group(page: Axes, rates: Axes, shares: Axes, line: Line, y: int, limits: tuple[Limits, Limits]) -> None:
    page.text(NAME + INDENT, y, shortened(readable(line.group), LONGEST_NAME), va="center", size=SMALL)
    if line.rate is not None and is_drawable(line.rate):
        mark(page.text(COUNT, y, shown(line.rate, "numerator"), ha="right", va="center", size=SMALL), line.rate, "numerator")
    for axes, row, within, at in ((rates, line.rate, limits[0], RATE), (shares, line.proportion, limits[1], SHARE)):
        _number(page, axes, row, line.look, y, within, at)


def _number(
    page: Axes, axes: Axes, row: Row | None, look: Look, y: int, limits: Limits, at: float, *, filled: bool = True
) -> None:
    if row is None or not is_drawable(row):
        undefined(axes, row, y)
        return
    interval(axes, row, y, look, limits, filled=filled)
    text = page.text(at, y, estimate_and_interval(row), ha="right", va="center", size=SMALL)
    mark(text, row, "estimate", "low", "high")


def _study(page: Axes, shares: Axes, study: DrawnStudy, y: int, limits: Limits) -> None:
    row = study.row
    page.text(NAME + INDENT, y, study.label, va="center", size=SMALL)
    counts = page.text(RATE, y, f"{shown(row, 'numerator')} of {shown(row, 'denominator')}", ha="right", va="center", size=SMALL)
    mark(counts, row, "numerator", "denominator")
    _number(page, shares, row, PUBLISHED, y, limits, SHARE, filled=False)
