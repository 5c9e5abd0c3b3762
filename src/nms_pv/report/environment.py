"""Templates that escape what they are given, and pass every text of theirs through one filter."""

from collections.abc import Callable
from itertools import count as numbers_from
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nms_pv.report import numbers, style
from nms_pv.report.words import readable
from nms_pv.tables.canonical import CODING_METHOD, DUPLICATE_RULE
from nms_pv.tables.measures import DUPLICATES, ROLES


def figure_numbers() -> Callable[[], int]:
    """What gives the figures of one page their numbers, in the order in which they are made."""
    return numbers_from(1).__next__


def environment(shown_text: Callable[[str], str], figure_number: Callable[[], int]) -> Environment:
    """Templates whose texts all go through `shown_text`."""

    def finalize(value: Any) -> Any:
        return shown_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    made = Environment(
        loader=PackageLoader("nms_pv.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    made.globals |= {
        "figure_number": figure_number,
        "shown": numbers.shown,
        "estimate_and_interval": numbers.estimate_and_interval,
        "is_percent": numbers.is_percent,
        "is_drawable": numbers.is_drawable,
        "reason_undefined": numbers.reason_undefined,
        "count": numbers.count,
        "percent": numbers.percent,
        "rounded": numbers.rounded,
        "readable": readable,
        "looks": style.GENERATIONS,
        "roles_meaning": ROLES,
        "duplicates_meaning": DUPLICATES,
        "coding_meaning": CODING_METHOD,
        "duplicate_rule_meaning": DUPLICATE_RULE,
    }
    return made
