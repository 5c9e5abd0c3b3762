"""Figures of the page at the sizes of journals: SVG, PDF and PNG of 600 dpi."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from nms_pv.report.papers.column import can_be_read, narrowed
from nms_pv.report.papers.extra import needed
from nms_pv.report.svg import SVG, Drawing, describe, house_style, name_marked_and_drop_unused_ids, svg_tree
from nms_pv.tables.contract import replacing

# Millimetres of one and two columns and of a page, as most medical journals have them.
COLUMNS = {"single": 85.0, "double": 180.0}
PAGE_HEIGHT = 234.0
SMALLEST_TEXT = 6.0
DPI = 600
MM = 25.4


@dataclass(frozen=True)
class Sized:
    """One figure at one size: millimetres, the smallest text in points, and whether its axes were made narrower for it."""

    drawing: Drawing
    column: str
    width: float
    height: float
    smallest_text: float
    is_narrowed: bool = False
    fits_one_column: bool = True

    @property
    def name(self) -> str:
        """Name of its files."""
        return self.drawing.name if self.column == "double" else f"{self.drawing.name}-{self.column}"

    @property
    def note(self) -> str:
        """What the journal will object to."""
        wrong = [f"text smaller than {SMALLEST_TEXT:g} pt"] if self.smallest_text < SMALLEST_TEXT else []
        wrong += [f"higher than {PAGE_HEIGHT:g} mm"] if round(self.height, 1) > PAGE_HEIGHT else []
        wrong += [] if self.fits_one_column else [f"cannot be read in one column of {COLUMNS['single']:g} mm"]
        return "; ".join(wrong)


def sizes(drawing: Drawing) -> list[Sized]:
    """The figure across two columns, and in one column where it can be read there.

    In one column it is scaled where its smallest text still has 6 points, and otherwise drawn with narrower axes. A figure that
    is higher than a page is made narrower, but not so much that its text falls below 6 points.
    """
    width, height = (inches * MM for inches in drawing.figure.get_size_inches())
    texts = [float(t.get_fontsize()) for t in drawing.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    smallest = min(texts, default=SMALLEST_TEXT)
    scale = COLUMNS["single"] / width
    whole = min(COLUMNS["double"] / width, max(PAGE_HEIGHT / height, SMALLEST_TEXT / smallest))
    single: list[Sized] = []
    if scale * smallest >= SMALLEST_TEXT:
        single = [Sized(drawing, "single", width * scale, height * scale, smallest * scale)]
    elif _fits_narrowed(drawing):
        single = [Sized(drawing, "single", COLUMNS["single"], height, smallest, is_narrowed=True)]
    return [Sized(drawing, "double", width * whole, height * whole, smallest * whole, fits_one_column=bool(single)), *single]


def _fits_narrowed(drawing: Drawing) -> bool:
    with house_style(drawing.name), narrowed(drawing.figure, COLUMNS["single"] / MM) as figure:
        return can_be_read(figure)


@contextmanager
def _drawn(sized: Sized) -> Iterator[Figure]:
    if sized.is_narrowed:
        with narrowed(sized.drawing.figure, sized.width / MM) as figure:
            yield figure
    else:
        yield sized.drawing.figure


def write_figure(sized: Sized, folder: Path) -> list[Path]:
    """Write one figure as SVG, PDF and PNG, without dates; a number of the results keeps its address in the SVG."""
    paths = [folder / f"{sized.name}.{suffix}" for suffix in ("svg", "pdf", "png")]
    # Type 42 is TrueType, which journals ask for; matplotlib's own choice is Type 3.
    with house_style(sized.drawing.name), rc_context({"pdf.fonttype": 42}), _drawn(sized):
        for path, content in zip(paths, (_svg(sized), _pdf(sized), _png(sized)), strict=True):
            with replacing(path) as partial:
                partial.write_bytes(content)
    return paths


def _svg(sized: Sized) -> bytes:
    root = svg_tree(sized.drawing.figure)
    name_marked_and_drop_unused_ids(root)
    describe(root, sized.drawing.name, sized.drawing.title, sized.drawing.description)
    root.set("width", f"{sized.width:.2f}mm")
    root.set("height", f"{sized.height:.2f}mm")
    ET.register_namespace("", SVG[1:-1])
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _pdf(sized: Sized) -> bytes:
    """Matplotlib cannot scale text and lines with the page, so the page is scaled as a whole."""
    pypdf = needed("pypdf")
    drawn, scaled = BytesIO(), BytesIO()
    sized.drawing.figure.savefig(drawn, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    writer = pypdf.PdfWriter()
    page = writer.add_page(pypdf.PdfReader(drawn).pages[0])
    page.scale_to(sized.width / MM * 72, sized.height / MM * 72)
    writer.add_metadata({"/Title": sized.drawing.title, "/Subject": sized.drawing.description})
    writer.write(scaled)
    return scaled.getvalue()


def _png(sized: Sized) -> bytes:
    drawn = BytesIO()
    dots = DPI * sized.width / MM / sized.drawing.figure.get_size_inches()[0]
    sized.drawing.figure.savefig(
        drawn, format="png", dpi=dots, facecolor="white", metadata={"Software": None}, pil_kwargs={"dpi": (DPI, DPI)}
    )
    return drawn.getvalue()
