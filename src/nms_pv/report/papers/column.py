"""A figure redrawn in one column: margins and text keep their size, axes become narrower; and whether that can be read."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, combinations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

# Inches: axes narrower than this hold nothing; letters are about so wide for each point of their size.
NARROWEST_AXES, LETTER = 1.0, 0.58 / 72
# Two texts may touch by so many dots, since the box of a text is larger than its letters.
TOUCHING = 2.0


@contextmanager
def narrowed(figure: Figure, width: float) -> Iterator[Figure]:
    """The figure `width` inches wide, with all its margins and text sizes; as it was afterwards."""
    before, height = figure.get_size_inches()
    places = [(axes, axes.get_position(original=True).frozen()) for axes in figure.axes]
    labels = [(axes.xaxis.label, axes.xaxis.label.get_text()) for axes in figure.axes]
    figure.set_size_inches(width, height)
    for axes, place in places:
        left, right = place.x0 * before, (1 - place.x1) * before
        axes.set_position((left / width, place.y0, max(width - left - right, 0.01) / width, place.height))
    for label, text in labels:
        label.set_text("\n".join(textwrap.wrap(text, int(0.8 * width / (LETTER * float(label.get_fontsize()))))))
    try:
        yield figure
    finally:
        figure.set_size_inches(before, height)
        for axes, place in places:
            axes.set_position(place)
        for label, text in labels:
            label.set_text(text)


def can_be_read(figure: Figure) -> bool:
    """Whether no text leaves the figure, none lies on another, and all axes have room."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    whole, inches = figure.bbox, figure.get_size_inches()[0]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in _texts(figure)]
    has_room = all(axes.get_position().width * inches >= NARROWEST_AXES for axes in figure.axes)
    return has_room and all(_inside(box, whole) for box in boxes) and not any(_overlap(*two) for two in combinations(boxes, 2))


def _texts(figure: Figure) -> Iterator[Text]:
    """Every text that is drawn: matplotlib keeps labels of ticks beyond the axes, too."""
    hidden = set(chain.from_iterable(_beyond(axis) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)))
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip() and text not in hidden:
            yield text


def _beyond(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    for tick in axis.get_major_ticks():
        if not low <= tick.get_loc() <= high:
            yield from (tick.label1, tick.label2)


def _inside(box: Bbox, whole: BboxBase) -> bool:
    fits_across = box.x0 >= whole.x0 - TOUCHING and box.x1 <= whole.x1 + TOUCHING
    return bool(fits_across and box.y0 >= whole.y0 - TOUCHING and box.y1 <= whole.y1 + TOUCHING)


def _overlap(one: Bbox, other: Bbox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > TOUCHING and down > TOUCHING)
