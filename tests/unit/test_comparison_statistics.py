"""When numbers are undefined, and why."""

import numpy as np
import pytest

from nms_pv.measures.comparison.exact import q_values
from nms_pv.measures.comparison.shrunk import pooled_ratios


def test_a_family_without_a_test_has_no_q_values() -> None:
    assert np.isnan(q_values(np.array([np.nan, np.nan]))).all()


@pytest.mark.parametrize(
    ("observed", "expected", "reason"),
    [
        ([3, 1, 0], [1.5, 0.5, 0.0], "fewer than 3 ingredients of the class with expected reports"),
        ([0, 0, 0], [1.5, 0.5, 2.0], "no report of the class meets the definition"),
    ],
)
def test_pooled_ratios_are_undefined_with_a_reason(observed: list[int], expected: list[float], reason: str) -> None:
    pooled = pooled_ratios(observed, expected, 0.95)
    assert np.isnan(np.array(pooled[:4])).all()
    assert pooled.undefined_reason == reason


def test_a_member_that_expects_nothing_has_no_say() -> None:
    with_empty, without = pooled_ratios([3, 0, 1, 2], [1, 0, 2, 1.5], 0.95), pooled_ratios([3, 1, 2], [1, 2, 1.5], 0.95)
    assert np.isnan(with_empty.estimate[1])
    np.testing.assert_array_equal(np.delete(with_empty.estimate, 1), without.estimate)
