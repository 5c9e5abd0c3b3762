"""Courses and times to onset for tests: rows of `evidence/exposures` in a few words, and times drawn under limits."""

from typing import Any

import numpy as np
import polars as pl

from nms_pv.measures.interval import Floats
from nms_pv.tables.evidence import EXPOSURES

EVENT = 15_000
DEFAULTS: dict[str, Any] = {
    "subject_id": "faers:1",
    "relation": "antagonist",
    "ingredient": "haloperidol",
    "formulation": "other",
    "role": "PS",
    "start_day_precision": "day",
    "end_day_precision": "day",
    "dechallenge": "unknown",
    "rechallenge": "unknown",
    "source_id": "made up",
    "source_line": 1,
}


def courses(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of `evidence/exposures`: `start` and `end` in days before the event (negative after it), None where there is none."""
    return pl.DataFrame([_course(number, row) for number, row in enumerate(rows, start=1)], schema=EXPOSURES.types)


def _course(number: int, given: dict[str, Any]) -> dict[str, Any]:
    row = {**DEFAULTS, **given}
    start, end, timing = row.pop("start", None), row.pop("end", None), row.pop("timing", "known")
    has_event = not timing.startswith("event_date")
    starts = _days(row, "start", start)
    ends = _days(row, "end", end)
    if timing == "known" and not starts:
        timing = "start_date_missing" if start is None else "start_date_not_exact"
    elif timing == "known" and start < 0:
        timing = "event_before_start"
    return {
        "course_no": number,
        **row,
        "timing": timing,
        "onset_minus_start": start if timing == "known" else None,
        "onset_minus_end": end if has_event and ends else None,
    }


def _days(row: dict[str, Any], which: str, before: int | None) -> bool:
    """Fill in the day and its precision; whether it is exact."""
    row[f"{which}_day"] = None if before is None else EVENT - before
    if before is None:
        row[f"{which}_day_precision"] = "none"
    return row[f"{which}_day_precision"] == "day"


def drawn_under_limits(
    random: np.random.Generator, n: int, shape: float, scale: float, longest_limit: float
) -> tuple[Floats, Floats]:
    """Whole days of n cases that were seen: Weibull times not above limits that are uniform up to the longest."""
    days, limits = np.empty(0), np.empty(0)
    while days.size < n:
        limit = np.floor(random.uniform(0, longest_limit, 4 * n))
        day = np.floor(scale * random.weibull(shape, 4 * n))
        days, limits = np.append(days, day[day <= limit]), np.append(limits, limit[day <= limit])
    return days[:n], limits[:n]


def share_within(days: float, shape: float, scale: float) -> float:
    """The share of all onsets on day 0 to `days`."""
    return float(-np.expm1(-(((days + 1) / scale) ** shape)))
