"""A written page taken apart, for tests: elements, texts, the numbers that carry an address, and the data of its script."""

import base64
import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "br", "hr", "img", "input"}
NOT_RENDERED = ("script", "style")
PACKED = "application/gzip"
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")
METHOD = ("small", "code")
READ_ALOUD = ("title", "aria-label", "alt", "content")


@dataclass
class Element:
    """One element with the text in and under it."""

    tag: str
    attributes: dict[str, str]
    path: tuple[str, ...]
    in_cohort: bool
    text: str = ""
    text_without_address: str = ""
    text_outside_cohort: str = ""


@dataclass
class Page(HTMLParser):
    """All elements of a page, in order of their start."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._element(tag, attrs)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(self._element(tag, attrs))

    def _element(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        attributes = {k: v or "" for k, v in attrs}
        in_cohort = attributes.get("data-arm") == "cohort" or (bool(self._open) and self._open[-1].in_cohort)
        return Element(tag, attributes, tuple(e.tag for e in self._open), in_cohort)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        has_address = any("data-n" in e.attributes or e.tag in METHOD for e in self._open)
        if self._open and self._open[-1].tag in NOT_RENDERED:
            self._open[-1].text += data
            return
        for element in self._open:
            element.text += data
            element.text_outside_cohort += "" if self._open[-1].in_cohort else data
            element.text_without_address += "" if has_address else data

    def all(self, tag: str) -> list[Element]:
        """All elements of one tag."""
        return [e for e in self.elements if e.tag == tag]

    def by_id(self, identifier: str) -> Element:
        """The element with this id."""
        return next(e for e in self.elements if e.attributes.get("id") == identifier)

    @property
    def addressed(self) -> list[Element]:
        """The elements that carry the address of a number."""
        return [e for e in self.elements if "data-n" in e.attributes]

    @cached_property
    def blocks(self) -> dict[str, Any]:
        """What the script of the page unpacks, by name."""
        packed = [e for e in self.all("script") if e.attributes.get("type") == PACKED]
        return {e.attributes["id"].removeprefix("data-"): unpacked(e.text) for e in packed}

    @cached_property
    def numbers(self) -> list[dict[str, Any]]:
        """The numbers that addresses count up."""
        return records(self.blocks["numbers"]["numbers"])

    @property
    def words(self) -> str:
        """All that is rendered or read aloud."""
        return self._words(self.elements[0].text, self.elements)

    @property
    def words_about_reports(self) -> str:
        """All that is rendered or read aloud outside the sections of the cohort arm."""
        return self._words(self.elements[0].text_outside_cohort, [e for e in self.elements if not e.in_cohort])

    def _words(self, text: str, elements: list[Element]) -> str:
        return text + " ".join(v for e in elements for k, v in e.attributes.items() if k in READ_ALOUD)


def unpacked(block: str) -> Any:
    """The content of a block of data, as the script reads it."""
    return json.loads(gzip.decompress(base64.b64decode(block)))


def records(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table that is packed in columns."""
    columns = {name: _cells(values) for name, values in table["columns"].items()}
    return [{name: cells[row] for name, cells in columns.items()} for row in range(table["rows"])]


def _cells(values: Any) -> list[Any]:
    if isinstance(values, list):
        return values
    return [None if place is None else values["words"][place] for place in values["at"]]


def parse(html: str) -> Page:
    """The page of this HTML."""
    page = Page()
    page.feed(html)
    return page


def numbers_in(text: str) -> list[tuple[float, float]]:
    """Each number of a text, and half a unit of its last digit."""
    found = [token.replace(",", "").replace("−", "-") for token in NUMBER.findall(text)]
    return [(float(token), 0.5 * 10.0 ** -len(token.partition(".")[2])) for token in found]
