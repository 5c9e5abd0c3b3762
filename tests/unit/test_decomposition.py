"""Periods and states without person-time or episodes."""

import numpy as np
import pytest

from nms_pv.measures.decomposition import decompose, decompose_with_intervals


@pytest.mark.parametrize(
    ("early", "late", "reason"),
    [([0, 0], [5, 5], "no person-time in the early period"), ([5, 5], [0, 0], "no person-time in the late period")],
)
def test_undefined_with_a_reason(early: list[int], late: list[int], reason: str) -> None:
    parts = decompose([0, 0], early, [0, 0], late)
    assert np.isnan(parts[:3]).all()
    assert np.isnan(parts.by_mix_of_state).all()
    assert parts.undefined_reason == reason
    intervals = decompose_with_intervals([0, 0], early, [0, 0], late, 0.95, 100, 1)
    assert np.isnan(np.array(intervals[:3])).all()
    assert intervals.undefined_reason == reason


def test_a_state_of_one_period_only_changes_the_mix() -> None:
    parts = decompose([5, 0], [1000, 0], [5, 3], [1000, 500])
    assert parts.within_of_state.tolist() == [0, 0]
    assert parts.by_mix == pytest.approx(parts.change)


def test_a_state_of_neither_period_adds_nothing() -> None:
    with_empty = decompose([5, 0, 4], [1000, 0, 10], [5, 0, 3], [1000, 0, 500])
    assert with_empty.by_mix_of_state[1] == with_empty.within_of_state[1] == 0
    assert with_empty[:3] == decompose([5, 4], [1000, 10], [5, 3], [1000, 500])[:3]


def test_without_episodes_the_change_is_none_but_not_certain() -> None:
    intervals = decompose_with_intervals([0, 0], [1000, 3000], [0, 0], [2000, 1000], 0.95, 500, 1)
    for part in intervals[:3]:
        assert part.estimate == 0
        assert part.low < 0 < part.high
