"""Small tables through the relational core, timelines drawn as one letter a day, and slow references for its rules."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import narwhals as nw
import polars as pl
from hypothesis import strategies as st

from nms_pv.exposure.engine import Engine
from nms_pv.spec.drugs import GENERATIONS

DAYS = {"start_day": pl.Int32, "end_day": pl.Int32}
NUMBERED = {"person_id": pl.Int64, "group_no": pl.Int32} | DAYS
EXPOSURES = {"person_id": pl.Int64, "ingredient": pl.String, "formulation": pl.String} | DAYS
WINDOWS = {"person_id": pl.Int64, "generation": pl.String} | DAYS
MEMBERS = {"ingredient": pl.String, "formulation": pl.String, "group_no": pl.Int32, "is_withdrawal": pl.Boolean}
Row = tuple[Any, ...]

person_ids = st.sampled_from([1, 2, 3, -5, 2**62])
first_days = st.one_of(st.integers(-40, 40), st.sampled_from([-719_162, 2_932_000]))
days = st.tuples(first_days, st.integers(0, 12)).map(lambda it: (it[0], it[0] + it[1]))


def rows_of(*values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    """Rows of a person, these values and days; few persons and days, so that much overlaps, and some rows twice."""
    row = st.tuples(person_ids, *values, days).map(lambda it: (*it[:-1], *it[-1]))
    return st.tuples(st.lists(row, max_size=14), st.integers(0, 3)).map(lambda it: it[0] + it[0][: it[1]])


exposure_rows = rows_of(st.sampled_from(["haloperidol", "olanzapine", "levodopa"]), st.sampled_from(["long_acting", "other"]))
window_rows = rows_of(st.sampled_from(GENERATIONS))


def through(
    engine: Engine, work: Callable[..., "nw.LazyFrame[Any]"], rows: list[Row], schema: Any, *settings: Any
) -> pl.DataFrame:
    """Rows through one function of the core, sorted by all columns; a frame among the settings goes into the engine too."""
    local = [engine.frame(it) if isinstance(it, pl.DataFrame) else it for it in settings]
    made = engine.collect(work(engine.frame(pl.DataFrame(rows, schema=schema, orient="row")), *local))
    return made.sort(pl.all())


def intervals(line: str, letter: str) -> list[tuple[int, int]]:
    """First and last day of each run of `letter` in a line of one letter a day, from day 0."""
    found, day = [], 0
    for here, run in groupby(line):
        length = len(list(run))
        if here == letter:
            found.append((day, day + length - 1))
        day += length
    return found


def merged_one_by_one(rows: list[tuple[int, int]], gap: int) -> list[tuple[int, int, int]]:
    """Intervals joined by hand: first day, last day, number of intervals."""
    joined: list[tuple[int, int, int]] = []
    for start, end in sorted(rows):
        if joined and start - joined[-1][1] <= gap:
            first, last, n = joined[-1]
            joined[-1] = (first, max(last, end), n + 1)
        else:
            joined.append((start, end, 1))
    return joined


def states_day_by_day(windows: list[tuple[str, int, int]], switch_days: int) -> dict[int, tuple[str, int]]:
    """State of one person on each day, and the first day of the piece of a stretch that the day lies in."""
    taken: dict[int, set[str]] = {}
    for generation, start, end in windows:
        for day in range(start, end + 1):
            taken.setdefault(day, set()).add(generation)
    states: dict[int, tuple[str, int]] = {}
    for first in [day for day, names in taken.items() if _state(names) != _state(taken.get(day - 1, set()))]:
        here = taken[first]
        before = max((day for day, names in taken.items() if day < first and names - here), default=None)
        is_switch = len(here) == 1 and before is not None and first - before <= switch_days
        day = first
        while _state(taken.get(day, set())) == _state(here):
            if is_switch and day < first + switch_days:
                states[day] = ("switch", first)
            else:
                states[day] = (_state(here), first + switch_days if is_switch else first)
            day += 1
    return states


def _state(generations: set[str]) -> str:
    return "mixed" if len(generations) > 1 else "".join(generations)
