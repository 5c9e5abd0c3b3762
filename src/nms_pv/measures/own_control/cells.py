"""Stretches of days -> cells: the days and episodes of one person under one combination of covariates."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Floats
from nms_pv.measures.own_control.spans import Ints, Spans, edges, level_at, person_of


class Cells(NamedTuple):
    """One row for each person and combination of levels, sorted by both.

    `pattern` is the row of `levels` that says the level of each layer; `person` is numbered from 0.
    """

    person: Ints
    pattern: Ints
    days: Ints
    events: Ints
    levels: Ints


def cells(observed: Spans, layers: Sequence[Spans], events: Ints) -> Cells:
    """Cut the observed days where a level changes, and add up days and episodes.

    Parameters
    ----------
    observed
        Stretches under observation.
    layers
        Stretches of each covariate; a day outside them has level 0.
    events
        Days of episodes, as numbers of `day_numbers`. Those outside the observed days are not counted.

    """
    cuts = edges([observed, *layers])
    start, length = cuts[:-1], np.diff(cuts)
    inside = level_at(observed, start) > 0
    start, length = start[inside], length[inside]
    levels = np.column_stack([person_of(start), *(level_at(layer, start) for layer in layers)])
    rows, cell = _distinct(levels)
    seen = events[level_at(observed, events) > 0]
    stretch = np.searchsorted(start, seen, side="right") - 1
    patterns, pattern = _distinct(rows[:, 1:])
    return Cells(
        person=rows[:, 0],
        pattern=pattern,
        days=np.bincount(cell, length, len(rows)).astype(np.int64),
        events=np.bincount(cell[stretch], minlength=len(rows)),
        levels=patterns,
    )


def indicators(levels: Ints, sizes: Sequence[int]) -> Floats:
    """One column of 0 and 1 for each level from 1 to its size of each layer, layer after layer."""
    columns = [layer[:, None] == np.arange(1, size + 1) for layer, size in zip(levels.T, sizes, strict=True)]
    return np.hstack(columns).astype(float)


def _distinct(rows: Ints) -> tuple[Ints, Ints]:
    """The distinct rows in order, and which of them each row is."""
    code = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        code = code * (int(column.max(initial=0)) + 1) + column
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    return rows[first], place
