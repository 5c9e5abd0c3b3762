"""What must hold for trends with joinpoints and for the trend of reporting, whatever the counts."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nms_pv.measures.joinpoint.segmented import Series, best_fit
from nms_pv.measures.joinpoint.trend import Trend, joinpoint_trend
from nms_pv.measures.reporting_trend.comparison import AnnualRatio, annual_ratio, herfindahl

few = settings(max_examples=25, deadline=None)
some = st.integers(1, 400)
counts = st.lists(st.tuples(some, st.integers(1_000, 1_000_000)), min_size=7, max_size=14)
years = st.lists(st.tuples(some, st.integers(500, 5_000), some, st.integers(500, 5_000)), min_size=3, max_size=9)


def series(rows: list[tuple[int, int]]) -> Series:
    events, size = np.array(rows, dtype=float).T
    return Series(np.arange(2001.0, 2001 + len(rows)), events, size)


def trend(of: Series) -> Trend:
    return joinpoint_trend(of, 0.95, permutations=19, seed=1)


@given(counts, st.sampled_from([2, 16, 1024]))
@few
def test_the_unit_of_size_moves_the_level_and_nothing_else(rows: list[tuple[int, int]], times: int) -> None:
    here, scaled = series(rows), series([(events, size * times) for events, size in rows])
    one, other = trend(here), trend(scaled)
    assert one.segments == other.segments
    np.testing.assert_allclose([test.p for test in one.tests], [test.p for test in other.tests])
    np.testing.assert_allclose(np.array(one.changes), np.array(other.changes), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(np.array(one.fitted), times * np.array(other.fitted), rtol=1e-6)


@given(counts, st.integers(0, 2))
@few
def test_turning_time_turns_every_slope(rows: list[tuple[int, int]], joinpoints: int) -> None:
    assume(joinpoints < 2 or len(rows) >= 8)
    here, turned = best_fit(series(rows), joinpoints), best_fit(series(rows[::-1]), joinpoints)
    assert here is not None
    assert turned is not None
    assert turned.deviance == pytest.approx(here.deviance, rel=1e-7, abs=1e-7)


@given(counts)
@few
def test_an_average_lies_between_its_segments_and_fitted_events_add_up(rows: list[tuple[int, int]]) -> None:
    here = series(rows)
    found = trend(here)
    changes = found.changes.estimate
    assert changes.min() - 1e-9 <= found.average.estimate <= changes.max() + 1e-9
    assert (found.fitted.estimate * here.size).sum() == pytest.approx(here.events.sum(), rel=1e-6)
    assert (found.changes.low <= changes).all()
    assert (changes <= found.changes.high).all()


def inverse(of: AnnualRatio) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return 1 / np.array([of.estimate, of.high, of.low])


@given(years)
@example([(1, 500, 1, 500), (1, 500, 6, 500), (30, 500, 1, 517)])
@few
def test_swapping_the_groups_inverts_the_annual_ratio(rows: list[tuple[int, ...]]) -> None:
    a, n1, c, n0 = np.array(rows).T
    year = np.arange(len(rows))
    here, swapped = annual_ratio(year, a, n1, c, n0, 0.95), annual_ratio(year, c, n0, a, n1, 0.95)
    np.testing.assert_allclose(swapped[:3], inverse(here), rtol=1e-6)
    assert swapped.dispersion == pytest.approx(here.dispersion, rel=1e-6)


@given(years, st.sampled_from([2, 8]))
@few
def test_what_raises_all_reporting_of_a_year_does_not_move_the_annual_ratio(rows: list[tuple[int, ...]], times: int) -> None:
    a, n1, c, n0 = np.array(rows).T
    year = np.arange(len(rows))
    more = np.where(year % 2, times, 1)
    here, moved = annual_ratio(year, a, n1, c, n0, 0.95), annual_ratio(year, a, n1 * more, c, n0 * more, 0.95)
    np.testing.assert_allclose(moved[:3], here[:3], rtol=1e-6)
    turned = annual_ratio(-year, a, n1, c, n0, 0.95)
    np.testing.assert_allclose(turned[:3], inverse(here), rtol=1e-6)


@given(st.lists(some, min_size=1, max_size=20), st.integers(2, 9))
@few
def test_concentration_knows_neither_names_nor_scale(counts: list[int], times: int) -> None:
    here = herfindahl(counts)
    assert here == pytest.approx(herfindahl(sorted(counts))) == pytest.approx(herfindahl([times * x for x in counts]))
    assert 1 / len(counts) - 1e-12 <= here <= 1
    assert np.isnan(herfindahl([]))
