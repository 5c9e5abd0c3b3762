"""Persons, eras and episodes for the comparison of persons with themselves: by hand, and drawn with planted rate ratios."""

from pathlib import Path

import numpy as np
import polars as pl

from nms_pv.measures.own_control.cases import Cases, cases_of
from nms_pv.measures.own_control.spans import Spans, day_numbers, merged, spans
from nms_pv.spec.own_control import OwnControl, load_own_control
from nms_pv.tables.person_time import CASE_OBSERVATION, ERAS

SETTINGS: OwnControl = load_own_control(Path(__file__).parents[2] / "study")
NOTHING = spans(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
YEARS = 5 * 365
# Planted rate ratios of the windows 0-7, 8-30, 31-90, 91+ against unexposed days.
RATIOS = np.array([12.0, 6.0, 3.0, 1.5])
BOUNDS = np.array([0, 8, 31, 91])

Row = tuple[int, int, int]


def observation(rows: list[Row], birth: int | None = -10_000, death: dict[int, int] | None = None) -> pl.DataFrame:
    """`exposure/case_observation` of persons from a first to a last day."""
    death = death or {}
    return pl.DataFrame(
        [(person, start, end, "female", birth, death.get(person)) for person, start, end in rows],
        schema=CASE_OBSERVATION.types,
        orient="row",
    )


def eras_table(rows: list[Row], ingredient: str = "haloperidol", formulation: str = "other") -> pl.DataFrame:
    """`exposure/eras` of persons from a first to a last day."""
    found = [(person, ingredient, formulation, start, end, 1) for person, start, end in rows]
    return pl.DataFrame(found, schema=ERAS.types, orient="row")


def episodes_table(rows: list[tuple[int, int]]) -> pl.DataFrame:
    """Episodes of three days that meet the definition."""
    found = [(person, day, day + 2) for person, day in rows]
    return pl.DataFrame(found, schema={"person_id": pl.Int64, "start_day": pl.Int32, "end_day": pl.Int32}, orient="row")


def cases_and_eras(
    observed: list[Row],
    taken: list[Row],
    episodes: list[tuple[int, int]],
    birth: int | None = -10_000,
    death: dict[int, int] | None = None,
    gap: int = 30,
) -> tuple[Cases, Spans]:
    """Persons with an episode, and the merged eras of the drug they took."""
    cases = cases_of(episodes_table(episodes), observation(observed, birth, death), eras_table(taken))
    return cases, group_eras(cases, gap)


def group_eras(cases: Cases, gap: int = 30) -> Spans:
    """All eras of the persons as one group."""
    person = cases.eras["person"]
    return merged(day_numbers(person, cases.eras["start_day"]), day_numbers(person, cases.eras["end_day"]), gap)


def drawn(
    rng: np.random.Generator, persons: int, *, ratios: np.ndarray = RATIOS, stops: float = 0.0
) -> tuple[list[Row], list[Row], list[tuple[int, int]]]:
    """Persons with one episode each, on a day drawn in proportion to the rate, given two eras of random place and length.

    With `stops` that share ends the era with the episode, and takes nothing in the year after it.
    """
    day = np.arange(YEARS)
    first = rng.integers(100, 600, persons)
    length = rng.integers(10, 500, (persons, 2))
    second = first + length[:, 0] + rng.integers(60, 400, persons)
    starts = np.column_stack([first, second])
    ends = np.minimum(starts + length - 1, YEARS - 1)
    rate = np.ones((persons, YEARS))
    for era in (0, 1):
        since = day - starts[:, era, None]
        band = np.searchsorted(BOUNDS, since, side="right") - 1
        rate = np.where((since >= 0) & (day <= ends[:, era, None]), ratios[band], rate)
    total = np.cumsum(rate, axis=1)
    event = (total < (rng.random(persons) * total[:, -1])[:, None]).sum(axis=1)
    does_stop = rng.random(persons) < stops
    taken = []
    for era in (0, 1):
        start, end = starts[:, era], ends[:, era]
        end = np.where(does_stop & (start <= event), np.minimum(end, event), end)
        kept = (start <= end) & ~(does_stop & (start > event) & (start <= event + 365))
        taken += [(int(p), int(s), int(e)) for p, s, e in zip(np.flatnonzero(kept), start[kept], end[kept], strict=True)]
    return (
        [(person, 0, YEARS - 1) for person in range(persons)],
        taken,
        [(person, int(at)) for person, at in enumerate(event)],
    )
