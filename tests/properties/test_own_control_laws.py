"""What must hold for ratios within persons, and for the windows they are taken of, whatever the persons."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nms_pv.measures.own_control.cells import cells
from nms_pv.measures.own_control.series import MAIN, series
from nms_pv.measures.own_control.spans import level_at, merged, numbered, spans
from nms_pv.measures.own_control.windows import era_windows, season_spans
from nms_pv.measures.own_control.within import Within, ratios_within_persons
from tests.lib.own_control import NOTHING, SETTINGS, cases_and_eras, drawn

unhurried = settings(deadline=None, max_examples=15)
seeds = st.integers(0, 2**32 - 1)
PATTERNS = 4
DESIGN = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])


def made(seed: int, persons: int = 25) -> tuple[np.ndarray, ...]:
    """Person, pattern, days and events of all cells."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), PATTERNS)
    pattern = np.tile(np.arange(PATTERNS), persons)
    days = rng.integers(1, 300, person.size)
    events = np.zeros(person.size, dtype=np.int64)
    np.add.at(events, np.arange(persons) * PATTERNS + rng.integers(0, PATTERNS, persons), 1)
    return person, pattern, days, events


def fit(person: np.ndarray, pattern: np.ndarray, days: np.ndarray, events: np.ndarray, design: np.ndarray = DESIGN) -> Within:
    return ratios_within_persons(person, pattern, days, events, design, np.eye(3), 0.95)


def same(here: Within, there: Within) -> None:
    for ours, theirs in zip(here.ratio, there.ratio, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)


@given(seeds, st.integers(2, 50))
@unhurried
def test_only_the_proportions_of_a_persons_days_count(seed: int, times: int) -> None:
    person, pattern, days, events = made(seed)
    scale = np.where(person % 2 == 0, times, 1)
    same(fit(person, pattern, days, events), fit(person, pattern, days * scale, events))


@given(seeds)
@unhurried
def test_the_order_and_names_of_persons_do_not_count(seed: int) -> None:
    person, pattern, days, events = made(seed)
    order = np.random.default_rng(seed).permutation(person.max() + 1)
    moved = np.concatenate([np.flatnonzero(person == one) for one in order])
    renamed = 7 + 3 * np.repeat(np.arange(order.size), PATTERNS)
    same(fit(person, pattern, days, events), fit(renamed, pattern[moved], days[moved], events[moved]))


@given(seeds)
@unhurried
def test_a_cell_may_be_split(seed: int) -> None:
    person, pattern, days, events = made(seed)
    days = days + 1
    first = np.maximum(days // 3, 1)
    halves = np.column_stack([first, days - first]).ravel()
    parts = np.column_stack([events, np.zeros_like(events)]).ravel()
    same(fit(person, pattern, days, events), fit(np.repeat(person, 2), np.repeat(pattern, 2), halves, parts))


@given(seeds)
@unhurried
def test_a_person_in_one_window_says_nothing(seed: int) -> None:
    person, pattern, days, events = made(seed)
    more = [np.append(values, extra) for values, extra in ((person, 1000), (pattern, 2), (days, 50), (events, 1))]
    same(fit(person, pattern, days, events), fit(*more))


@given(seeds)
@unhurried
def test_swapping_window_and_baseline_inverts_the_ratio(seed: int) -> None:
    person, _, days, events = made(seed)
    here, there = (
        ratios_within_persons(person, np.arange(person.size) % 2, days, events, design, np.eye(1), 0.95).ratio
        for design in (np.array([[0.0], [1.0]]), np.array([[1.0], [0.0]]))
    )
    np.testing.assert_allclose(here, [1 / there.estimate, 1 / there.high, 1 / there.low], rtol=1e-4)


@given(seeds)
@unhurried
def test_a_window_without_episodes_has_no_ratio_and_changes_no_other(seed: int) -> None:
    person, pattern, days, events = made(seed)
    empty = pattern == 2
    assume(events[~empty].sum() > 0)
    found = fit(person, pattern, days, np.where(empty, 0, events))
    kept = fit(person[~empty], pattern[~empty], days[~empty], events[~empty])
    assert np.isnan(found.ratio.estimate[1])
    np.testing.assert_allclose(found.ratio.estimate[[0, 2]], kept.ratio.estimate[[0, 2]], rtol=1e-4)


@given(seeds)
@unhurried
def test_limits_lie_around_the_estimate_and_widen_with_the_level(seed: int) -> None:
    person, pattern, days, events = made(seed)
    narrow, wide = (ratios_within_persons(person, pattern, days, events, DESIGN, np.eye(3), level).ratio for level in (0.8, 0.95))
    has = ~np.isnan(narrow.estimate)
    assert (wide.low[has] < narrow.low[has]).all()
    assert (narrow.low[has] < narrow.estimate[has]).all()
    assert (narrow.estimate[has] < narrow.high[has]).all()
    assert (narrow.high[has] < wide.high[has]).all()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900), st.integers(0, 200)), min_size=1, max_size=12))
@unhurried
def test_windows_share_no_day_and_agree_with_a_count_day_by_day(rows: list[tuple[int, int, int]]) -> None:
    start = np.array([numbered(person, first) for person, first, _ in rows])
    eras = merged(start, start + np.array([length for *_, length in rows]), 30)
    windows = era_windows(eras, SETTINGS.series)
    assert (windows.layer.start[1:] > windows.layer.end[:-1]).all()
    day = np.concatenate([numbered(person, np.arange(-40, 1200)) for person in range(4)])
    exposed = level_at(eras, day) > 0
    since = day - eras.start[np.maximum(np.searchsorted(eras.start, day, side="right") - 1, 0)]
    expected = 1 + np.searchsorted(SETTINGS.series.since_start_days, since[exposed], side="right")
    np.testing.assert_array_equal(level_at(windows.layer, day)[exposed], expected)
    assert np.isin(level_at(windows.layer, day)[~exposed], [0, 1, len(windows.names)]).all()


@given(st.lists(st.tuples(st.integers(-3000, 3000), st.integers(0, 1500)), min_size=1, max_size=5))
@unhurried
def test_cells_hold_every_observed_day_once(rows: list[tuple[int, int]]) -> None:
    start = np.array([numbered(person, first) for person, (first, _) in enumerate(rows)])
    observed = spans(start, start + np.array([length for _, length in rows]))
    seasons = season_spans(observed)
    found = cells(observed, [seasons, spans(start + 10, start + 20, 3)], start)
    np.testing.assert_array_equal(np.bincount(found.person, found.days), [length + 1 for _, length in rows])
    assert found.events.sum() == len(rows)
    assert (found.levels[:, 0] > 0).all()


@pytest.mark.parametrize("shift", [0, 1461])
def test_the_calendar_does_not_count_where_age_does_not(shift: int) -> None:
    """Four years later (as many days in each quarter) all is the same."""
    observed, taken, episodes = drawn(np.random.default_rng(5), 60)
    cases, eras = cases_and_eras(
        [(person, start + shift, end + shift) for person, start, end in observed],
        [(person, start + shift, end + shift) for person, start, end in taken],
        [(person, day + shift) for person, day in episodes],
        birth=None,
    )
    found = series(cases, eras, NOTHING, "antipsychotic", MAIN, SETTINGS.series, 0.95).rows
    base_cases, base_eras = cases_and_eras(observed, taken, episodes, birth=None)
    base = series(base_cases, base_eras, NOTHING, "antipsychotic", MAIN, SETTINGS.series, 0.95).rows
    assert found.equals(base)
