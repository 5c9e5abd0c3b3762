"""Links within the page: each leads to something that can be seen, and says in words where it leads."""

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

from nms_pv.spec.strict import StudyError

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "template", "title", "desc", "metadata"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# The attribute of a link that says who wrote it: `study/guidelines/readus_pv.csv, item 8a`.
WRITTEN_IN = "data-written-in"


@dataclass
class _Open:
    """An element that has started and not ended."""

    tag: str
    id: str | None
    is_hidden: bool


@dataclass
class _Link:
    """A link within the page: where it leads, who wrote it, what it says."""

    target: str
    written_in: str
    text: str


class _Page(HTMLParser):
    """The ids under which something can be seen, and the links within the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[_Link] = []
        self._open: list[_Open] = []
        self._link: _Link | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(_Open(tag, given.get("id"), "hidden" in given or tag in UNSEEN))
        if tag in ("svg", "img"):
            self._see()
        if tag == "a" and given.get("href", "").startswith("#"):
            target = unquote(given["href"].removeprefix("#"))
            self._link = _Link(target, given.get(WRITTEN_IN, "the page"), given.get("aria-label", ""))
            self.links.append(self._link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        if tag in (element.tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._see()
            if self._link is not None:
                self._link.text += data.strip()

    def _see(self) -> None:
        """Everything here can be seen: under each id around it there is something, but for a heading, which only announces it."""
        if any(element.is_hidden for element in self._open):
            return
        for element in reversed(self._open):
            if element.id is not None:
                self.seen.add(element.id)
            if element.tag in HEADINGS:
                return


def dead_links(html: str, anchors: Iterable[str]) -> list[str]:
    """The ids under which the page shows nothing, in order, each once.

    Parameters
    ----------
    html
        A whole page.
    anchors
        Ids that are linked to. A section that holds a heading and nothing else shows nothing.

    """
    return _dead(_Page(html), anchors)


def check_links(html: str) -> None:
    """Every link within the page leads to something that can be seen, and has a text.

    Raises
    ------
    StudyError
        Naming each link that does not: the file and item that wrote it, the id, and what is wrong.

    """
    page = _Page(html)
    dead = set(_dead(page, (link.target for link in page.links)))
    wrong = [
        f"{link.written_in} links to #{link.target}, under which the page shows nothing"
        for link in page.links
        if link.target in dead
    ]
    wrong += [f"{link.written_in} links to #{link.target} without a text" for link in page.links if not link.text.strip()]
    if wrong:
        told = "; ".join(dict.fromkeys(wrong))
        raise StudyError(f"dead or empty links: {told}. Name an id of the page that has content, or leave the cell empty")


def _dead(page: _Page, anchors: Iterable[str]) -> list[str]:
    return [anchor for anchor in dict.fromkeys(anchors) if anchor not in page.seen]
