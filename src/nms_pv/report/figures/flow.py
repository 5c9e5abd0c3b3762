"""Flow diagram: boxes of what stayed from top to bottom, beside them what left and why (as in CONSORT and STROBE)."""

from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from nms_pv.report.attrition.chart import Step
from nms_pv.report.figures.draw import SMALL, WIDTH, axes_in_inches, new_figure
from nms_pv.report.numbers import MINUS, count
from nms_pv.report.style import ALARM, INK, MUTED, PAPER, RULE, TEXT_SIZE
from nms_pv.report.svg import as_svg, house_style, mark
from nms_pv.report.words import visible

# Inches: left edge and width of the two columns, what surrounds text in a box, lines, and the space between boxes.
STAYED, LEFT_OUT, COLUMN, BESIDE = 0.08, 3.95, 3.35, WIDTH - 3.95 - 0.08
PAD, LINE, SMALL_LINE, GAP, APART, TOP, FOOT = 0.09, 0.165, 0.15, 0.2, 0.34, 0.3, 0.08
POINTS_PER_INCH = 72
ARROW = {"arrowstyle": "-|>", "linewidth": 1, "shrinkA": 0, "shrinkB": 0}


@dataclass(frozen=True)
class Placed:
    """One step where it is drawn: inches down from the top."""

    step: Step
    title: list[str]
    reasons: list[tuple[list[str], bool]]
    top: float
    height: float
    side_top: float
    side_height: float

    @property
    def bottom(self) -> float:
        """Where its box ends."""
        return self.top + self.height


def flow_diagram(steps: list[Step], arm: str, title: str, *, simulated: bool) -> Markup:
    """What stayed and what left; where a step does not add up, the difference is printed and framed."""
    name = f"flow-{arm}"
    with house_style(name):
        placed = _placed(steps)
        height = max(placed[-1].bottom, placed[-1].side_top + placed[-1].side_height) + FOOT
        figure = new_figure(height, simulated=simulated)
        axes = axes_in_inches(figure, 0, 0, WIDTH, height)
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        for here, after in pairwise(placed):
            _link(axes, here, after)
        for here in placed:
            _box(axes, here)
            _side(axes, here)
        return as_svg(
            figure,
            name,
            f"Flow diagram: {title[0].lower()}{title[1:]}",
            "Boxes from top to bottom hold what stayed at each step, boxes beside them what left before the next, by reason. "
            "The numbers are in the table that follows.",
        )


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of the text that are at most so many inches wide; a word that is wider by itself is cut."""
    lines = [""]
    for word in visible(text).split():
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{lines[-1]} {piece}".strip()
            if text_width(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Inches that the text takes in the font it is measured with, which is wider than those of most readers."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / POINTS_PER_INCH


def _pieces(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    if text_width(word, size, bold=bold) <= width:
        return [word]
    fits = max(n for n in range(1, len(word)) if n == 1 or text_width(word[:n], size, bold=bold) <= width)
    return [word[:fits], *_pieces(word[fits:], width, size, bold=bold)]


def _placed(steps: list[Step]) -> list[Placed]:
    """The steps from top to bottom; between two boxes there is room for what left."""
    placed: list[Placed] = []
    top = TOP
    for step in steps:
        title = wrapped(step.box.title, COLUMN - 2 * PAD, TEXT_SIZE)
        reasons = _reasons(step)
        side = sum(len(lines) for lines, _ in reasons) * SMALL_LINE + 2 * PAD if reasons else 0.0
        if placed and step.box.starts_anew:
            top += APART - GAP
        height = (len(title) + 1) * LINE + 2 * PAD
        between = max(GAP, side + 0.12)
        placed.append(Placed(step, title, reasons, top, height, top + height + (between - side) / 2, side))
        top += height + between
    return placed


def _reasons(step: Step) -> list[tuple[list[str], bool]]:
    """What stands in the box beside a step: wrapped lines, and whether they are an alarm."""
    width = BESIDE - 2 * PAD
    left = [(wrapped(_left(n, reason), width, SMALL), False) for reason, n in step.box.left]
    if step.alarm:
        left.append((wrapped(f"! Does not add up: {step.alarm}", width, SMALL, bold=True), True))
    return left


def _left(n: int, reason: str) -> str:
    return f"{count(n)}  {reason}" if n >= 0 else f"+{count(n).removeprefix(MINUS)}  {reason}"


def _box(axes: Axes, here: Placed) -> None:
    box = here.step.box
    axes.add_patch(Rectangle((STAYED, here.top), COLUMN, here.height, facecolor=PAPER, edgecolor=INK, linewidth=1))
    y = here.top + PAD
    for line in here.title:
        axes.text(STAYED + PAD, y, line, va="top", color=INK)
        y += LINE
    if box.n is None:
        axes.text(STAYED + PAD, y, box.why_empty, va="top", color=MUTED, style="italic")
        return
    number = axes.text(STAYED + PAD, y, box.text, va="top", weight="bold", color=INK)
    if box.row is not None:
        mark(number, box.row, box.field)
    beside = STAYED + PAD + text_width(box.text, TEXT_SIZE, bold=True) + 0.06
    axes.text(beside, y, box.unit, va="top", color=MUTED)


def _side(axes: Axes, here: Placed) -> None:
    if not here.reasons:
        return
    alarming = any(is_alarm for _, is_alarm in here.reasons)
    middle = here.side_top + here.side_height / 2
    stem = STAYED + COLUMN / 2
    axes.annotate("", (LEFT_OUT, middle), (stem, middle), arrowprops={**ARROW, "color": MUTED})
    edge, width = (ALARM, 2.2) if alarming else (RULE, 1)
    axes.add_patch(
        Rectangle((LEFT_OUT, here.side_top), BESIDE, here.side_height, facecolor=PAPER, edgecolor=edge, linewidth=width)
    )
    y = here.side_top + PAD
    for lines, is_alarm in here.reasons:
        for line in lines:
            weight, colour = ("bold", ALARM) if is_alarm else ("normal", INK)
            axes.text(LEFT_OUT + PAD, y, line, va="top", size=SMALL, color=colour, weight=weight)
            y += SMALL_LINE


def _link(axes: Axes, here: Placed, after: Placed) -> None:
    """An arrow to the next box, or words where another thing is counted from there on."""
    stem = STAYED + COLUMN / 2
    if after.step.box.starts_anew:
        middle = (here.bottom + after.top) / 2
        axes.text(stem, middle, f"counted anew, in {after.step.box.unit}", ha="center", va="center", size=SMALL, color=MUTED)
        return
    axes.annotate("", (stem, after.top), (stem, here.bottom), arrowprops={**ARROW, "color": INK})
