"""Edges of rates and their comparison."""

import numpy as np

from nms_pv.measures.rates import rate, rate_difference, rate_ratio, rounded_rate, why_ratio_undefined


def test_without_person_time_a_rate_is_undefined() -> None:
    for measure in (rate, rounded_rate):
        assert np.isnan(np.array(measure([0, 2], [0, 0], 0.95))).all()


def test_without_episodes_a_rate_is_zero_with_an_upper_limit() -> None:
    values = rate(0, 36525, 0.95)
    assert (values.estimate, values.low) == (0, 0)
    np.testing.assert_allclose(values.high, 1000 * -np.log(0.025))


def test_a_ratio_is_zero_with_an_upper_limit_if_only_the_reference_has_episodes() -> None:
    values = rate_ratio(0, 1000, 4, 1000, 0.95)
    assert (values.estimate, values.low) == (0, 0)
    assert 0 < values.high < np.inf


def test_why_a_ratio_is_undefined() -> None:
    a, t1, c, t0 = np.array(
        [
            [2, 10, 3, 10],
            [0, 10, 3, 10],
            [2, 10, 0, 10],
            [0, 10, 0, 10],
            [0, 0, 3, 10],
            [2, 10, 0, 0],
        ]
    ).T
    assert why_ratio_undefined(a, t1, c, t0).tolist() == [
        None,
        None,
        "no episode in the reference group",
        "no episode in either group",
        "no person-time in the group",
        "no person-time in the reference group",
    ]
    defined = [reason is None for reason in why_ratio_undefined(a, t1, c, t0)]
    assert np.isfinite(rate_ratio(a, t1, c, t0, 0.95).estimate).tolist() == defined


def test_a_difference_needs_person_time_but_no_episodes() -> None:
    assert np.isfinite(np.array(rate_difference(0, 10, 0, 10, 0.95))).all()
    assert np.isnan(np.array(rate_difference([1, 0], [10, 0], [0, 1], [0, 10], 0.95))).all()
