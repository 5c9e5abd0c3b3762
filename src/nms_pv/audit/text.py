"""Plain text for a terminal or a file: 100 columns, and nothing from the data that a terminal would obey."""

import textwrap
from datetime import date, timedelta

WIDTH = 100
LABEL = 18


def plain(value: object) -> str:
    """The value on one line; control and invisible characters are shown as escapes, and nothing as `not stated`."""
    if value is None or value == "":
        return "not stated"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))


def line(text: str, indent: int = 2) -> str:
    """One item, wrapped under itself."""
    pad = " " * indent
    return textwrap.fill(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)


def field(label: str, text: str) -> str:
    """A labelled value, wrapped under the value."""
    return textwrap.fill(
        text, WIDTH, initial_indent=f"  {label:<{LABEL}}", subsequent_indent=" " * (LABEL + 2), break_on_hyphens=False
    )


def on(day: object, precision: object) -> str:
    """A date as exactly as it is known."""
    if not isinstance(day, int):
        return "not stated"
    text = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    shown = {"month": text[:7], "year": text[:4], "padded": f"{text} (day perhaps filled in)"}
    return shown.get(str(precision), text)
