"""Eras -> the windows of the self-controlled case series, and stretches of age and season."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.own_control.spans import FAR, SPAN, Ints, Spans, day_of, following, numbered, person_of, previous, spans
from nms_pv.spec.own_control import Series

BEFORE, AFTER, TAKEN, UNEXPOSED = "before start", "after end", "taken", "unexposed"
QUARTERS = 4


class Windows(NamedTuple):
    """Windows of the eras of a group; level n stands for the n-th name, level 0 for all other observed days."""

    layer: Spans
    names: list[str]
    # What level 0 is called, and the other windows that some are compared with.
    baseline: str
    reference: str | None
    compared: list[str]


def band_names(bounds: list[int], last: int | None = None) -> list[str]:
    """`0-7`, `8-30`, and for the last `31+`, or `31-90` up to a last day."""
    closed = [f"{low}-{high - 1}" for low, high in zip(bounds, bounds[1:], strict=False)]
    return [*closed, f"{bounds[-1]}+" if last is None else f"{bounds[-1]}-{last}"]


def era_windows(eras: Spans, settings: Series) -> Windows:
    """Windows before the start, since the start, and after the end of each era.

    A window since the start ends with the era. The days after an era end before the next one starts, and the days before a start
    begin after those.
    """
    start, end = eras.start, eras.end
    washed = np.minimum(end + settings.washout_days, following(start) - 1)
    before = np.maximum(start - settings.before_start_days, previous(washed) + 1)
    since = band_names(settings.since_start_days)
    pieces = [
        (before, start - 1),
        *_bands(start, end, settings.since_start_days),
        (end + 1, washed),
    ]
    return Windows(_numbered(pieces), [BEFORE, *since, AFTER], UNEXPOSED, since[-1], since[:-1])


def stop_windows(eras: Spans, settings: Series) -> Windows:
    """Days on a drug, and windows since its stop; they end before it is taken again."""
    start, end = eras.start, eras.end
    last = np.minimum(end + settings.last_day_since_stop, following(start) - 1)
    since = [f"stopped {name}" for name in band_names(settings.since_stop_days, settings.last_day_since_stop)]
    pieces = [(start, end), *_bands(end, last, settings.since_stop_days)]
    return Windows(_numbered(pieces), [TAKEN, *since], UNEXPOSED, TAKEN, since)


def first_start_windows(eras: Spans, settings: Series) -> Windows:
    """Windows since the first start of a person, whatever is taken later; level 0 are the days after them."""
    bounds = settings.since_start_days
    first = eras.start[np.flatnonzero(np.diff(person_of(eras.start), prepend=-1))]
    *since, rest = band_names(bounds)
    pieces = _bands(first, first + bounds[-1] - 1, bounds[:-1])
    return Windows(_numbered(pieces), since, rest, None, [])


def from_first_start(observed: Spans, eras: Spans) -> Spans:
    """Observed days from the first start of a person on; of persons without an era none."""
    place = np.searchsorted(eras.start, person_of(observed.start) * SPAN)
    first = np.append(eras.start, FAR)[place]
    return spans(np.maximum(observed.start, first), observed.end)


def age_spans(birth: Ints, bounds: list[int]) -> Spans:
    """Stretches between birthdays. `birth` has the day of birth of each person, by number; a very early one where unknown.

    Who is born on 29 February has the birthday on 1 March in other years.
    """
    known = birth > -FAR
    person = np.flatnonzero(known)
    day = birth[known].astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    in_month = day - month.astype("datetime64[D]")
    starts = [numbered(person, ((month + 12 * age).astype("datetime64[D]") + in_month).astype(np.int64)) for age in bounds]
    ends = [*(start - 1 for start in starts[1:]), (person + 1) * SPAN - 1]
    return _numbered(list(zip(starts, ends, strict=True)))


def season_spans(observed: Spans) -> Spans:
    """Calendar quarters of the observed days."""
    person = person_of(observed.start)
    first, last = (_quarter(day_of(number)) for number in (observed.start, observed.end))
    number = last - first + 1
    row = np.repeat(np.arange(person.size), number)
    quarter = np.arange(row.size) - np.repeat(np.cumsum(number) - number, number) + first[row]
    start, after = (numbered(person[row], _first_day(quarter + step)) for step in (0, 1))
    return spans(np.maximum(start, observed.start[row]), np.minimum(after - 1, observed.end[row]), quarter % QUARTERS + 1)


def _quarter(day: Ints) -> Ints:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3


def _first_day(quarter: Ints) -> Ints:
    return (3 * quarter).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _bands(anchor: Ints, end: Ints, bounds: list[int]) -> list[tuple[Ints, Ints]]:
    """One window for each lower bound of days since the anchor, up to the end."""
    upper = [*(anchor + high - 1 for high in bounds[1:]), end]
    return [(anchor + low, np.minimum(last, end)) for low, last in zip(bounds, upper, strict=True)]


def _numbered(pieces: list[tuple[Ints, Ints]]) -> Spans:
    start, end = (np.concatenate([piece[side] for piece in pieces]) for side in (0, 1))
    return spans(start, end, np.repeat(np.arange(1, len(pieces) + 1), [first.size for first, _ in pieces]))
