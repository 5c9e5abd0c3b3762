"""A written page taken apart, for tests: elements, texts, and the numbers that carry an address."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}
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
        has_address = any("data-result" in e.attributes or e.tag in METHOD for e in self._open)
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
    def words(self) -> str:
        """All that is rendered or read aloud."""
        return self._words(self.elements[0].text, self.elements)

    @property
    def words_about_reports(self) -> str:
        """All that is rendered or read aloud outside the sections of the cohort arm."""
        return self._words(self.elements[0].text_outside_cohort, [e for e in self.elements if not e.in_cohort])

    def _words(self, text: str, elements: list[Element]) -> str:
        hidden = "".join(e.text for e in self.all("style"))
        return text.replace(hidden, "") + " ".join(v for e in elements for k, v in e.attributes.items() if k in READ_ALOUD)


def parse(html: str) -> Page:
    """The page of this HTML."""
    page = Page()
    page.feed(html)
    return page


def numbers_in(text: str) -> list[tuple[float, float]]:
    """Each number of a text, and half a unit of its last digit."""
    found = [token.replace(",", "").replace("−", "-") for token in NUMBER.findall(text)]
    return [(float(token), 0.5 * 10.0 ** -len(token.partition(".")[2])) for token in found]
