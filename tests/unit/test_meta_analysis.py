"""When pooled proportions and slopes are undefined, and extremes that are not."""

import numpy as np
import pytest

from nms_pv.measures.meta_analysis.pooled import leave_one_out, likelihood_ratio_test, pooled_proportion, wald_test
from nms_pv.measures.meta_analysis.slopes import size_slope, year_slope

TEN = list(range(100, 200, 10))


@pytest.mark.parametrize(
    ("events", "people", "reason"),
    [
        ([], [], "0 studies to pool; at least 3 are needed"),
        ([1], [100], "1 study to pool; at least 3 are needed"),
        ([0, 0, 0], [100, 100, 100], "no event in any study"),
        ([9, 8, 7], [9, 8, 7], "everybody in every study has an event"),
    ],
)
def test_undefined_with_a_reason(events: list[int], people: list[int], reason: str) -> None:
    found = pooled_proportion(events, people, 0.95)
    assert found.undefined_reason == reason
    assert np.isnan([*found.pooled, *found.predicted, *found.predicted_usual, *found.tau2, found.i2]).all()
    assert np.isnan([likelihood_ratio_test(events, people).statistic, wald_test(events, people).p_value]).all()
    assert all(limited[1] is not None for limited in leave_one_out(events, people, 0.95))


def test_studies_that_say_next_to_nothing_of_tau_still_have_limits() -> None:
    found = pooled_proportion([0, 0, 3], [100, 100, 100], 0.95)
    assert found.tau2[2] == np.inf
    assert 0 < found.predicted[1] < found.pooled[1] < found.pooled[0] < found.pooled[2] < found.predicted[2] < 1
    assert found.is_corrected


def test_one_far_larger_study_does_not_decide_alone() -> None:
    """The proportion of a typical study is not that of all people together."""
    found = pooled_proportion([20, 10, 300], [1_000, 600, 300_000], 0.95)
    assert found.pooled[0] > 5 * 330 / 301_600


def test_a_slope_needs_ten_studies_and_two_values() -> None:
    few = year_slope([1, 2, 3], [100, 200, 300], [1990, 2000, 2010], 0.95)
    assert few.undefined_reason == "3 studies; at least 10 are needed for a covariate"
    same = year_slope([3] * 10, TEN, [1990] * 10, 0.95)
    assert same.undefined_reason == "studies with both outcomes have fewer than two values of the covariate"
    assert size_slope([0] * 10, TEN, 0.95).undefined_reason == "no event in any study"


def test_a_slope_that_separates_studies_is_not_computed() -> None:
    """Every study but one has no event: the ratio of odds may be infinite."""
    assert year_slope([5] + [0] * 9, TEN, range(1990, 2000), 0.95).undefined_reason is not None
