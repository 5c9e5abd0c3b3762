"""Numbers as text: the only place where a number of the results is rounded."""

import math
from typing import Any

Row = dict[str, Any]

DASH = "—"
MINUS = "−"
NOT_COMPUTED = "not in the results"
HIDDEN = "hidden, small cell"
COUNTS = ("numerator", "denominator", "reference_numerator", "reference_denominator")
SIGNIFICANT_DIGITS = 3
# Measures whose name ends so are shares.
PERCENT = ("_proportion", "_share", "_check")


def count(value: int) -> str:
    """An integer with thousands separators."""
    return f"{value:,}".replace("-", MINUS)


def rounded(value: float) -> str:
    """Three significant digits, but no digit before the point is ever lost."""
    if not math.isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞" if value < 0 else DASH
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = max(0, SIGNIFICANT_DIGITS - 1 - magnitude)
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def percent(part: int, whole: int) -> str:
    """A share of two counts in percent, or a dash when there is nothing to share."""
    return rounded(100 * part / whole) if whole else DASH


def is_percent(row: Row, field: str) -> bool:
    """Whether the field is shown in percent."""
    return field == "level" or (field not in COUNTS and row["measure"].endswith(PERCENT))


def shown(row: Row, field: str) -> str:
    """One field of one result as the reader sees it."""
    value = row[field]
    if row["suppressed"]:
        return HIDDEN
    if value is None:
        return DASH
    if field in COUNTS:
        return count(value)
    if field == "level":
        return f"{100 * value:g}"
    return rounded(100 * value if is_percent(row, field) else value)


def is_drawable(row: Row | None) -> bool:
    """Whether there is an estimate that may be drawn."""
    return row is not None and not row["suppressed"] and row["estimate"] is not None and math.isfinite(row["estimate"])


def state(row: Row | None) -> str:
    """One word in place of an estimate that cannot be drawn."""
    return "not computed" if row is None else "hidden" if row["suppressed"] else "undefined"


def reason_undefined(row: Row | None) -> str:
    """Why there is no estimate to show."""
    if row is None:
        return NOT_COMPUTED
    return HIDDEN if row["suppressed"] else row["undefined_reason"] or "undefined, no reason given"


def estimate_and_interval(row: Row) -> str:
    """`45.1 (39.4–51.7)`."""
    return f"{shown(row, 'estimate')} ({shown(row, 'low')}–{shown(row, 'high')})"
