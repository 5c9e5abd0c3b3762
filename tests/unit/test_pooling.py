"""When pooled rates are undefined."""

import numpy as np
import pytest

from nms_pv.measures.pooling import pooled_rates


@pytest.mark.parametrize(
    ("events", "person_days", "reason"),
    [
        ([3, 1, 0], [100, 200, 0], "fewer than 3 ingredients of the class with person-time"),
        ([0, 0, 0], [100, 200, 300], "no episode in the class"),
    ],
)
def test_undefined_with_a_reason(events: list[int], person_days: list[int], reason: str) -> None:
    pooled = pooled_rates(events, person_days, 0.95)
    assert np.isnan(np.array(pooled[:4])).all()
    assert pooled.undefined_reason == reason


def test_a_member_without_person_time_has_no_rate_and_no_say() -> None:
    with_empty, without = pooled_rates([3, 0, 1, 2], [100, 0, 90, 80], 0.95), pooled_rates([3, 1, 2], [100, 90, 80], 0.95)
    assert with_empty.undefined_reason is None
    assert np.isnan(with_empty.estimate[1])
    np.testing.assert_array_equal(np.delete(with_empty.estimate, 1), without.estimate)


def test_a_class_with_one_episode_has_rates() -> None:
    pooled = pooled_rates([1, 0, 0, 0], [100_000, 200_000, 300_000, 50], 0.95)
    assert np.isfinite(np.array(pooled[:4])).all()
    assert pooled.pull[3] == pooled.pull.max()
