"""What must hold for survival curves and cumulative incidence, whatever the subjects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.survival.aalen_johansen import aalen_johansen
from nms_pv.measures.survival.curve import NOBODY, NOT_OBSERVED_SO_LONG, NOT_REACHED, at, at_risk_at, quantile, why_undefined
from nms_pv.measures.survival.kaplan_meier import kaplan_meier

LEVEL = 0.95
unhurried = settings(deadline=None, max_examples=30)
subject = st.tuples(st.integers(0, 12), st.integers(0, 2))
groups = st.lists(subject, min_size=1, max_size=40)
DAYS = np.arange(13)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    times, causes = np.array(rows).T
    return times, causes


@given(groups)
@unhurried
def test_without_censoring_both_are_the_empirical_share(rows: list[tuple[int, int]]) -> None:
    times, causes = columns([(time, cause + (cause == 0)) for time, cause in rows])
    ended = at(kaplan_meier(times, causes > 0, LEVEL), DAYS).estimate
    np.testing.assert_allclose(ended, [(times > day).mean() for day in DAYS], atol=1e-12)
    for cause in (1, 2):
        share = at(aalen_johansen(times, causes, cause, LEVEL), DAYS).estimate
        np.testing.assert_allclose(share, [((times <= day) & (causes == cause)).mean() for day in DAYS], atol=1e-12)


@given(groups)
@unhurried
def test_with_one_cause_cumulative_incidence_is_what_survival_lacks(rows: list[tuple[int, int]]) -> None:
    times, causes = columns(rows)
    events = np.minimum(causes, 1)
    survival, share = kaplan_meier(times, events, LEVEL), aalen_johansen(times, events, 1, LEVEL)
    np.testing.assert_allclose(share.estimate, 1 - survival.estimate, atol=1e-12)
    np.testing.assert_array_equal(share.at_risk, survival.at_risk)


@given(groups)
@unhurried
def test_shares_of_all_causes_and_of_none_add_up_to_one(rows: list[tuple[int, int]]) -> None:
    times, causes = columns(rows)
    parts = [aalen_johansen(times, causes, cause, LEVEL).estimate for cause in (1, 2)]
    np.testing.assert_allclose(kaplan_meier(times, causes > 0, LEVEL).estimate + sum(parts), 1, atol=1e-12)


@given(groups, st.randoms(use_true_random=False))
@unhurried
def test_order_of_subjects_and_unit_of_time_change_nothing(rows: list[tuple[int, int]], random: object) -> None:
    times, causes = columns(rows)
    order = np.random.default_rng(random.randrange(2**32)).permutation(times.size)  # type: ignore[attr-defined]
    for here, there in (
        (aalen_johansen(times, causes, 1, LEVEL), aalen_johansen(times[order] * 7, causes[order], 1, LEVEL)),
        (kaplan_meier(times, causes, LEVEL), kaplan_meier(times[order] * 7, causes[order], LEVEL)),
    ):
        np.testing.assert_array_equal(here.times * 7, there.times)
        for field in ("at_risk", "estimate", "low", "high"):
            np.testing.assert_array_equal(getattr(here, field), getattr(there, field))


@given(groups)
@unhurried
def test_swapping_the_causes_swaps_the_shares(rows: list[tuple[int, int]]) -> None:
    times, causes = columns(rows)
    swapped = np.array([0, 2, 1])[causes]
    here, there = aalen_johansen(times, causes, 1, LEVEL), aalen_johansen(times, swapped, 2, LEVEL)
    for field in ("estimate", "low", "high"):
        np.testing.assert_array_equal(getattr(here, field), getattr(there, field))


@given(groups)
@unhurried
def test_limits_hold_the_share_and_curves_are_monotone(rows: list[tuple[int, int]]) -> None:
    times, causes = columns(rows)
    survival, share = kaplan_meier(times, causes, LEVEL), aalen_johansen(times, causes, 1, LEVEL)
    assert (np.diff(survival.estimate) <= 1e-12).all()
    assert (np.diff(share.estimate) >= -1e-12).all()
    for curve in (survival, share):
        assert not (curve.low > curve.estimate + 1e-12).any()
        assert not (curve.high < curve.estimate - 1e-12).any()


@given(groups)
@unhurried
def test_late_entry_before_every_time_changes_no_estimate(rows: list[tuple[int, int]]) -> None:
    times, causes = columns([(time + 1, cause) for time, cause in rows])
    late = np.zeros(times.size)
    here, there = aalen_johansen(times, causes, 1, LEVEL), aalen_johansen(times, causes, 1, LEVEL, late)
    np.testing.assert_array_equal(here.estimate, there.estimate)
    np.testing.assert_array_equal(here.at_risk[1:], there.at_risk[1:])


@given(st.integers(1, 60), st.sampled_from([0.9, 0.95, 0.99]))
@unhurried
def test_where_all_or_none_had_the_event_limits_are_those_of_clopper_and_pearson(subjects: int, level: float) -> None:
    times = np.full(subjects, 3)
    none, all_ = clopper_pearson(0, subjects, level), clopper_pearson(subjects, subjects, level)
    for curve, exact in (
        (aalen_johansen(times, np.ones(subjects), 1, level), all_),
        (aalen_johansen(times, np.ones(subjects), 2, level), none),
        (aalen_johansen(times, np.zeros(subjects), 1, level), none),
        (kaplan_meier(times, np.ones(subjects), level), none),
        (kaplan_meier(times, np.zeros(subjects), level), all_),
    ):
        np.testing.assert_allclose([curve.low[-1], curve.high[-1]], [exact.low, exact.high], rtol=1e-9, atol=1e-12)


def test_at_equal_times_events_come_before_censoring() -> None:
    both = kaplan_meier([4, 4], [1, 0], LEVEL)
    assert both.estimate.tolist() == [1, 0.5]


def test_a_median_that_is_not_reached_has_a_reason() -> None:
    censored = kaplan_meier([1, 2, 3], [0, 0, 0], LEVEL)
    assert quantile(censored, 0.5).undefined_reason == NOT_REACHED
    assert np.isnan(quantile(censored, 0.5).estimate)


def test_an_upper_limit_that_is_not_reached_is_none() -> None:
    found = quantile(kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0], LEVEL), 0.5)
    assert found.estimate == 2
    assert np.isnan(found.high)


def test_nothing_is_known_after_the_last_subject_left_unless_by_an_event() -> None:
    censored, complete = kaplan_meier([1, 2], [1, 0], LEVEL), kaplan_meier([1, 2], [0, 1], LEVEL)
    assert np.isnan(at(censored, 3).estimate)
    assert why_undefined(censored) == NOT_OBSERVED_SO_LONG
    assert at(complete, 3).estimate == 0
    assert at_risk_at(complete, [0, 1, 2, 3]).tolist() == [2, 2, 1, 0]


def test_without_subjects_nothing_is_known() -> None:
    for curve in (kaplan_meier([], [], LEVEL), aalen_johansen([], [], 1, LEVEL)):
        assert np.isnan(at(curve, 0).estimate)
        assert why_undefined(curve) == NOBODY
        assert quantile(curve, 0.5).undefined_reason == NOBODY


def test_who_enters_late_is_at_risk_only_after_that() -> None:
    curve = kaplan_meier([2, 5, 6], [1, 1, 0], LEVEL, entry=[-1, 2, 4])
    assert curve.at_risk.tolist() == [1, 1, 2, 1]
    assert curve.estimate.tolist() == [1, 0, 0, 0]


def test_where_all_enter_late_nobody_is_at_risk_at_first() -> None:
    for curve in (kaplan_meier([3, 5], [0, 1], LEVEL, entry=[1, 1]), aalen_johansen([3, 5], [0, 1], 1, LEVEL, entry=[1, 1])):
        assert curve.at_risk.tolist() == [0, 2, 1]
        assert np.isnan([curve.low[0], curve.high[0]]).any()


def test_before_the_first_event_limits_are_those_of_none() -> None:
    share = at(aalen_johansen([3] * 10, [1] * 10, 1, LEVEL), 1)
    np.testing.assert_allclose([share.low, share.high], [0, clopper_pearson(0, 10, LEVEL).high], rtol=1e-12)


@pytest.mark.parametrize(
    ("times", "causes", "entry"),
    [([1, 2], [0], None), ([-1], [0], None), ([np.nan], [0], None), ([1], [-1], None), ([1], [0.5], None), ([1], [1], [1])],
)
def test_subjects_that_cannot_be_are_refused(times: list[float], causes: list[float], entry: list[float] | None) -> None:
    with pytest.raises(ValueError, match="must"):
        aalen_johansen(times, causes, 1, LEVEL, entry)
