"""Words that come from data: what is dropped, hidden or shortened before a reader sees them."""

import re
import unicodedata

# Reports have no denominator of people, so a page about them never uses these words, not even in a quotation.
FORBIDDEN = re.compile(r"(?<![A-Za-z])(?:risks?|risky|incidences?)(?![A-Za-z])", re.IGNORECASE)
WITHHELD = "[…]"
# Control characters, bidirectional marks and the like can make a cell read as something else than it holds.
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def visible(text: str) -> str:
    """The text without invisible characters."""
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in INVISIBLE)


def clean(text: str) -> str:
    """The text without invisible characters and without the words that a page about reports never uses."""
    return FORBIDDEN.sub(WITHHELD, visible(text))


def shortened(text: str, longest: int) -> str:
    """The cleaned text, cut so that it fits beside a figure."""
    whole = clean(text)
    return whole if len(whole) <= longest else whole[: longest - 1].rstrip() + "…"


def readable(code: str) -> str:
    """A code as words: `life_threatening` -> `life threatening`."""
    return code.replace("_", " ")
