"""What must hold for rates, ratios, differences, standardised and pooled rates, and parts of a change, whatever the counts."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from nms_pv.measures.decomposition import decompose, decompose_with_intervals
from nms_pv.measures.pooling import pooled_rates
from nms_pv.measures.rates import (
    DAYS_PER_YEAR,
    PER_PERSON_YEARS,
    rate,
    rate_difference,
    rate_ratio,
    rounded_rate,
    why_ratio_undefined,
)
from nms_pv.measures.standardisation import standardised_rate

unhurried = settings(deadline=None)
events = st.integers(0, 5_000)
some_events = st.integers(1, 5_000)
days = st.integers(1, 1_000_000_000)
levels = st.sampled_from([0.9, 0.95, 0.99])
strata = st.lists(st.tuples(events, days, st.integers(1, 1_000)), min_size=1, max_size=8)
moderate_days = st.integers(1_000, 10_000_000)
states = st.lists(st.tuples(events, st.integers(0, 10_000_000), events, st.integers(0, 10_000_000)), min_size=1, max_size=6)
members = st.lists(st.tuples(st.integers(0, 60), moderate_days), min_size=3, max_size=6)


def columns(rows: list[tuple[int, ...]]) -> list[np.ndarray]:
    return list(np.array(rows).T)


@given(events, days, levels)
@unhurried
def test_limits_of_a_rate_leave_their_tails(x: int, t: int, level: float) -> None:
    values = rate(x, t, level)
    years = t / DAYS_PER_YEAR / PER_PERSON_YEARS
    assert values.low <= values.estimate <= values.high
    np.testing.assert_allclose(poisson.cdf(x, values.high * years), (1 - level) / 2, rtol=1e-6)
    if x > 0:
        np.testing.assert_allclose(poisson.sf(x - 1, values.low * years), (1 - level) / 2, rtol=1e-6)


@given(events, st.integers(100, 10_000_000), levels)
@unhurried
def test_rounding_moves_a_rate_by_no_more_than_it_may(x: int, t: int, level: float) -> None:
    for plain, rounded in zip(rate(x, t, level), rounded_rate(x, t, level), strict=True):
        assert abs(rounded - plain) <= plain * 0.19 / t + 0.000501


@given(some_events, days, some_events, days, levels)
@unhurried
def test_swapping_the_groups_inverts_the_ratio(a: int, t1: int, c: int, t0: int, level: float) -> None:
    here, swapped = rate_ratio(a, t1, c, t0, level), rate_ratio(c, t0, a, t1, level)
    np.testing.assert_allclose(
        [swapped.estimate, swapped.low, swapped.high], [1 / here.estimate, 1 / here.high, 1 / here.low], rtol=1e-8
    )


@given(events, days, events, days, levels)
@unhurried
def test_swapping_the_groups_turns_the_difference(a: int, t1: int, c: int, t0: int, level: float) -> None:
    here, swapped = rate_difference(a, t1, c, t0, level), rate_difference(c, t0, a, t1, level)
    np.testing.assert_allclose([swapped.estimate, swapped.low, swapped.high], [-here.estimate, -here.high, -here.low])
    assert here.low <= here.estimate <= here.high


@given(events, st.integers(0, 10), events, st.integers(0, 10), levels)
@unhurried
def test_a_ratio_is_defined_or_has_a_reason(a: int, t1: int, c: int, t0: int, level: float) -> None:
    values = np.array(rate_ratio(a, t1, c, t0, level))
    if why_ratio_undefined(a, t1, c, t0).item() is None:
        assert np.isfinite(values).all()
    else:
        assert np.isnan(values).all()


@given(some_events, days, some_events, days)
@unhurried
def test_a_higher_level_widens_every_interval(a: int, t1: int, c: int, t0: int) -> None:
    for measure in (lambda level: rate(a, t1, level), lambda level: rate_ratio(a, t1, c, t0, level)):
        narrow, wide = measure(0.9), measure(0.99)
        assert wide.low < narrow.low < narrow.high < wide.high


@given(strata, st.integers(2, 50), levels)
@unhurried
def test_the_scale_and_the_order_of_the_standard_do_not_matter(
    rows: list[tuple[int, int, int]], times: int, level: float
) -> None:
    x, t, weights = columns(rows)
    here = standardised_rate(x, t, weights, level)[:3]
    np.testing.assert_allclose(standardised_rate(x, t, times * weights, level)[:3], here, rtol=1e-8)
    np.testing.assert_allclose(standardised_rate(x[::-1], t[::-1], weights[::-1], level)[:3], here, rtol=1e-8)


@given(events, days, levels)
@unhurried
def test_a_standard_of_one_stratum_gives_the_rate_itself(x: int, t: int, level: float) -> None:
    np.testing.assert_allclose(standardised_rate([x], [t], [3], level)[:3], np.array(rate(x, t, level)), rtol=1e-8)


@given(strata, levels)
@unhurried
def test_standardised_to_its_own_person_time_a_rate_stays(rows: list[tuple[int, int, int]], level: float) -> None:
    x, t, _ = columns(rows)
    np.testing.assert_allclose(standardised_rate(x, t, t, level).estimate, rate(x.sum(), t.sum(), level).estimate, rtol=1e-9)


@given(states)
@unhurried
def test_parts_add_up_and_turn_with_the_periods(rows: list[tuple[int, ...]]) -> None:
    x_0, t_0, x_1, t_1 = columns(rows)
    x_0, x_1 = x_0 * (t_0 > 0), x_1 * (t_1 > 0)
    assume(t_0.sum() > 0 and t_1.sum() > 0)
    here, turned = decompose(x_0, t_0, x_1, t_1), decompose(x_1, t_1, x_0, t_0)
    # Of the size of what is added, since large parts may cancel.
    size = 1e-12 * (1 + np.abs(here.by_mix_of_state).sum() + np.abs(here.within_of_state).sum() + rate_sum(x_0, t_0, x_1, t_1))
    assert abs(here.by_mix + here.within - here.change) <= size
    assert here.by_mix_of_state.sum() == here.by_mix
    assert here.within_of_state.sum() == here.within
    np.testing.assert_allclose(turned[:3], -np.array(here[:3]), atol=size, rtol=0)


def rate_sum(x_0: np.ndarray, t_0: np.ndarray, x_1: np.ndarray, t_1: np.ndarray) -> float:
    return (x_0.sum() / t_0.sum() + x_1.sum() / t_1.sum()) * DAYS_PER_YEAR * PER_PERSON_YEARS


@given(st.lists(st.tuples(events, days), min_size=1, max_size=6), st.integers(1, 9))
@unhurried
def test_rates_that_stay_leave_nothing_within_and_a_mix_that_stays_nothing_by_mix(
    rows: list[tuple[int, int]], times: int
) -> None:
    x, t = columns(rows)
    assert decompose(x, t, times * x, times * t).within == pytest.approx(0, abs=1e-6)
    assert decompose(x, t, x[::-1], times * t).by_mix == pytest.approx(0, abs=1e-12 * rate_sum(x, t, x, t) * t.max() / t.min())


@given(states, st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_gives_the_same_limits(rows: list[tuple[int, ...]], seed: int) -> None:
    first, second = (decompose_with_intervals(*columns(rows), 0.95, 100, seed) for _ in range(2))
    np.testing.assert_array_equal(np.array(first[:3]), np.array(second[:3]))


@given(members)
@settings(max_examples=25, deadline=None)
def test_pooling_keeps_the_total_and_pulls_less_the_more_person_time(rows: list[tuple[int, int]]) -> None:
    x, t = columns(rows)
    assume((x > 0).sum() > 1)
    pooled = pooled_rates(x, t, 0.95)
    np.testing.assert_allclose(pooled.estimate @ t / DAYS_PER_YEAR / PER_PERSON_YEARS, x.sum(), rtol=1e-3)
    assert (np.diff(pooled.pull[np.argsort(t)]) <= 1e-12).all()
    assert (pooled.low <= pooled.estimate).all()
    assert (pooled.estimate <= pooled.high).all()


@given(members)
@settings(max_examples=15, deadline=None)
def test_pooled_rates_lie_between_the_lowest_and_the_highest_rate_and_in_their_order(rows: list[tuple[int, int]]) -> None:
    x, t = columns(rows)
    assume((x > 0).sum() > 1)
    same_time = np.full_like(t, t[0])
    pooled, alone = pooled_rates(x, same_time, 0.95), rate(x, same_time, 0.95)
    assert pooled.estimate.min() >= alone.estimate.min() * (1 - 1e-3)
    assert pooled.estimate.max() <= alone.estimate.max() * (1 + 1e-3)
    assert (np.diff(pooled.estimate[np.argsort(x, kind="stable")]) >= -1e-12 * pooled.estimate.max()).all()
