"""When a standardised rate is undefined, and which strata count."""

import numpy as np
import pytest

from nms_pv.measures.standardisation import standardised_rate


@pytest.mark.parametrize(
    ("person_days", "weights", "reason"),
    [
        ([1000, 0], [1, 1], "no person-time in a stratum of the standard"),
        ([1000, 1000], [0, 0], "the standard has no stratum with a weight"),
    ],
)
def test_undefined_with_a_reason(person_days: list[int], weights: list[int], reason: str) -> None:
    values = standardised_rate([1, 0], person_days, weights, 0.95)
    assert np.isnan(values[:3]).all()
    assert values.undefined_reason == reason


def test_strata_without_weight_do_not_count() -> None:
    with_more = standardised_rate([3, 9, 4], [1000, 0, 50], [2, 0, 0], 0.95)
    assert with_more == standardised_rate([3], [1000], [1], 0.95)


def test_without_episodes_the_upper_limit_is_finite() -> None:
    values = standardised_rate([0, 0], [36525, 36525], [1, 1], 0.95)
    assert (values.estimate, values.low, values.undefined_reason) == (0, 0, None)
    assert values.high == pytest.approx(500 * -np.log(0.025))
