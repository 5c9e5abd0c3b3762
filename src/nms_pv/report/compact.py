"""The whole page in fewer bytes: each address and each style of a drawing stands in it once."""

import re
from dataclasses import dataclass
from html import unescape

ADDRESS = re.compile(r' data-result="([^"]*)" data-field="([^"]*)"(?: data-unit="percent")?')
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# What a page has thousands of; a value without these signs needs no quotation marks.
COMMON_TAG = re.compile(r"<(?:td|th|span|small)\b[^>]*>")
PLAIN_VALUE = re.compile(r'="([\w.:-]+)"(?=[\s>])')
STYLE = re.compile(r' style="([^"]*)"')


@dataclass(frozen=True)
class Compact:
    """A page, the addresses that its numbers count up, and the rules of its drawings."""

    html: str
    addresses: list[str]
    rules: str


def compact(html: str) -> Compact:
    """Give every number its address by number, `data-n`, and its fields as `data-f`; every drawing its styles by class."""
    numbers: dict[str, int] = {}
    classes: dict[str, int] = {}

    def by_number(found: re.Match[str]) -> str:
        number = numbers.setdefault(unescape(found[1]), len(numbers))
        return f' data-n="{number}" data-f="{found[2]}"'

    def by_class(found: re.Match[str]) -> str:
        return f' class="d{classes.setdefault(found[1], len(classes))}"'

    addressed = ADDRESS.sub(by_number, html)
    drawn = DRAWING.sub(lambda drawing: STYLE.sub(by_class, drawing[0]), addressed)
    plain = COMMON_TAG.sub(lambda tag: PLAIN_VALUE.sub(r"=\1", tag[0]), drawn)
    rules = "\n".join(f".d{number} {{ {unescape(style)} }}" for style, number in classes.items())
    return Compact(plain, list(numbers), rules)
