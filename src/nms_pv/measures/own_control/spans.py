"""Stretches of days of many persons in one row of numbers, so that what is asked of all persons is asked at once.

A day of a person has the number `person * SPAN + SPAN // 2 + day`: persons follow each other, far apart, and days of one person
keep their distance. So one running maximum, or one search, serves all persons.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]

# More than four times the days from year 0 to 9999, so that no day before 1970 and no window reaches from one person to the next.
SPAN = 2**24
FAR = 2**62


class Spans(NamedTuple):
    """Stretches from a first to a last day, both included, each with a level from 1 on; sorted, and they share no day."""

    start: Ints
    end: Ints
    level: Ints


def numbered(person: Ints, day: Ints) -> Ints:
    """The numbers of days; `person` counts from 0, `day` is days since 1970-01-01."""
    return person * SPAN + SPAN // 2 + day


def day_numbers(person: pl.Series, day: pl.Series) -> Ints:
    """The same of two columns."""
    return numbered(person.to_numpy().astype(np.int64), day.to_numpy().astype(np.int64))


def person_of(number: Ints) -> Ints:
    """The person of each number."""
    return number // SPAN


def day_of(number: Ints) -> Ints:
    """Days since 1970-01-01 of each number."""
    return number % SPAN - SPAN // 2


def spans(start: Ints, end: Ints, level: Ints | int = 1) -> Spans:
    """Sorted, without those that have no day."""
    kept = start <= end
    start, end, levels = start[kept], end[kept], np.broadcast_to(level, start.shape)[kept].astype(np.int64)
    order = np.argsort(start, kind="stable")
    return Spans(start[order], end[order], levels[order])


def merged(start: Ints, end: Ints, gap: int) -> Spans:
    """Stretches that may overlap, those at most `gap` days apart (start - latest end so far) taken for one."""
    order = np.argsort(start, kind="stable")
    start, latest = start[order], np.maximum.accumulate(end[order])
    first = np.flatnonzero(start - previous(latest) > gap)
    last = np.append(first, start.size)[1:] - 1
    return spans(start[first], latest[last])


def previous(values: Ints) -> Ints:
    """The value before each, long ago for the first."""
    return np.append(-FAR, values)[: values.size]


def following(values: Ints) -> Ints:
    """The value after each, far ahead for the last."""
    return np.append(values, FAR)[1:]


def edges(layers: Sequence[Spans]) -> Ints:
    """Where any stretch begins, and the days after any ends; sorted, each once."""
    days = np.sort(np.concatenate([edge for layer in layers for edge in (layer.start, layer.end + 1)]))
    return days[days > previous(days)]


def level_at(layer: Spans, day: Ints) -> Ints:
    """The level of each day; 0 outside all stretches."""
    if layer.start.size == 0:
        return np.zeros(day.shape, dtype=np.int64)
    place = np.searchsorted(layer.start, day, side="right") - 1
    return np.where((place >= 0) & (layer.end[place] >= day), layer.level[place], 0)


def is_touched(layer: Spans, first: Ints, last: Ints) -> npt.NDArray[np.bool_]:
    """Whether any day from `first` to `last` lies in a stretch."""
    if layer.start.size == 0:
        return np.zeros(first.shape, dtype=bool)
    place = np.searchsorted(layer.start, last, side="right") - 1
    return (place >= 0) & (layer.end[place] >= first)


def starts_between(layer: Spans, first: Ints, last: Ints) -> Ints:
    """The number of stretches that start from `first` to `last`."""
    return np.searchsorted(layer.start, last, side="right") - np.searchsorted(layer.start, first, side="left")
