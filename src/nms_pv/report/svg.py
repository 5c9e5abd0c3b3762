"""A matplotlib figure as inline SVG: named, without dates or random ids, coloured by the page."""

import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import StringIO
from typing import TypeVar

import matplotlib
import matplotlib.style
from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from nms_pv.report.numbers import Row, is_percent
from nms_pv.report.slim import slim
from nms_pv.report.style import FIGURE_SETTINGS, VARIABLE_OF
from nms_pv.report.words import visible

SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
FONT = re.compile(r"font: ((?:[\w.]+ )*[\d.]+px) [^;]+")
MARK = "result"
REFERENCE = re.compile(r"#([\w-]+)")

Drawn = TypeVar("Drawn", bound=Artist)


@dataclass(frozen=True)
class Drawing:
    """A figure of the page with its words, as other formats than inline SVG need it."""

    figure: Figure
    name: str
    title: str
    description: str


_kept: ContextVar[list[Drawing] | None] = ContextVar("kept_drawings", default=None)


@contextmanager
def keeping_drawings() -> Iterator[list[Drawing]]:
    """Every figure that is drawn inside, in that order; outside, a figure is forgotten once it is SVG."""
    kept: list[Drawing] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


@contextmanager
def house_style(name: str) -> Iterator[None]:
    """The settings a figure is drawn and written under; `name` keeps its inner ids apart from those of other figures."""
    with matplotlib.style.context(["default", {**FIGURE_SETTINGS, "svg.hashsalt": name}]), warnings.catch_warnings():
        # Text is measured with matplotlib's font but drawn with the reader's, which may well have the glyph.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def mark(artist: Drawn, row: Row, *fields: str) -> Drawn:
    """Let the drawn thing carry the id of the number that it shows."""
    unit = "percent" if any(is_percent(row, field) for field in fields) else ""
    artist.set_gid("|".join((MARK, unit, " ".join(fields), visible(row["result_id"]))))
    return artist


def as_svg(figure: Figure, name: str, title: str, description: str) -> Markup:
    """The figure as one `<svg role="img">` with title and description."""
    kept = _kept.get()
    if kept is not None:
        kept.append(Drawing(figure, name, title, description))
    root = svg_tree(figure)
    _drop_own_style_and_metadata(root)
    name_marked_and_drop_unused_ids(root)
    _take_colours_and_font_from_page(root)
    describe(root, name, title, description)
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    slim(root)
    ET.register_namespace("", SVG[1:-1])
    return Markup(ET.tostring(root, encoding="unicode"))


def svg_tree(figure: Figure) -> ET.Element:
    """The figure as matplotlib writes it, without dates."""
    buffer = StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return ET.fromstring(buffer.getvalue())  # noqa: S314


def _drop_own_style_and_metadata(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{SVG}metadata", f"{SVG}style"}:
                parent.remove(child)


def name_marked_and_drop_unused_ids(root: ET.Element) -> None:
    """Give what was marked the address of its number, as the page has it."""
    for element in root.iter():
        if XLINK_HREF in element.attrib:
            element.set("href", element.attrib.pop(XLINK_HREF))
    used = {
        found
        for element in root.iter()
        for key in ("href", "clip-path", "style")
        for found in REFERENCE.findall(element.get(key, ""))
    }
    for element in root.iter():
        identifier = element.get("id")
        if identifier is None or identifier in used:
            continue
        del element.attrib["id"]
        if identifier.startswith(f"{MARK}|"):
            _, unit, fields, result_id = identifier.split("|", 3)
            element.set("data-result", result_id)
            element.set("data-field", fields)
            if unit:
                element.set("data-unit", unit)


def _take_colours_and_font_from_page(root: ET.Element) -> None:
    for element in root.iter():
        style = element.get("style")
        if style is None:
            continue
        for colour, variable in VARIABLE_OF.items():
            style = style.replace(colour, f"var({variable}, {colour})")
        element.set("style", FONT.sub(r"font: \1 var(--font, sans-serif)", style))


def describe(root: ET.Element, name: str, title: str, description: str) -> None:
    """Give the drawing a title and a description that a screen reader reads in place of it."""
    root.attrib.pop("version", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{SVG}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(position, element)
