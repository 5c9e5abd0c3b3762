"""What must hold for E-values and corrected numbers, whatever the numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nms_pv.measures.bias.e_value import KIND, e_value
from nms_pv.measures.bias.misclassification import true_proportion, true_rate, true_rate_ratio
from nms_pv.measures.bias.priors import Trapezoid

ratios = st.floats(0.01, 100)
shares = st.floats(0.01, 1)
kinds = st.sampled_from(list(KIND))


@given(ratios, kinds)
def test_the_inverse_ratio_needs_the_same_confounder(ratio: float, kind: str) -> None:
    low, high = ratio / 1.5, ratio * 1.5
    here, there = e_value(ratio, low, high, kind), e_value(1 / ratio, 1 / high, 1 / low, kind)
    np.testing.assert_allclose(there, here, rtol=1e-6)


@given(kinds)
def test_nothing_is_needed_to_explain_no_association(kind: str) -> None:
    np.testing.assert_allclose(e_value(1.0, 0.5, 2.0, kind), [1, 1])


@given(ratios, ratios, kinds)
def test_a_ratio_further_from_1_needs_a_stronger_confounder(one: float, other: float, kind: str) -> None:
    nearer, further = sorted((one, other), key=lambda ratio: abs(np.log(ratio)))
    assert e_value(nearer, nearer, nearer, kind).estimate <= e_value(further, further, further, kind).estimate * (1 + 1e-9)


@given(ratios, st.floats(1, 3), kinds)
def test_the_limit_needs_no_more_than_the_estimate(ratio: float, factor: float, kind: str) -> None:
    found = e_value(ratio, ratio / factor, ratio * factor, kind)
    assert 1 <= found.limit <= found.estimate


@given(ratios, shares)
def test_a_perfect_definition_changes_nothing(ratio: float, share: float) -> None:
    assert true_proportion(share, 1, 1) == share
    assert true_rate(ratio, 1, 1) == ratio
    assert true_rate_ratio(ratio, 1, 1, 1, 1) == ratio


@given(ratios, shares, shares)
def test_the_same_accuracy_on_both_sides_leaves_a_ratio_of_rates(ratio: float, sensitivity: float, ppv: float) -> None:
    np.testing.assert_allclose(true_rate_ratio(ratio, sensitivity, ppv, sensitivity, ppv), ratio, rtol=1e-12)


@given(shares, st.floats(0.5, 1), st.floats(0.6, 1))
def test_what_a_definition_makes_of_a_share_is_undone(share: float, sensitivity: float, specificity: float) -> None:
    apparent = sensitivity * share + (1 - specificity) * (1 - share)
    np.testing.assert_allclose(true_proportion(apparent, sensitivity, specificity), share, rtol=1e-6)


@given(st.lists(shares, min_size=4, max_size=4).map(sorted), st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted))
def test_quantiles_of_a_trapezoid_rise_within_its_ends(ends: list[float], probabilities: list[float]) -> None:
    low, high = Trapezoid(*ends).quantile(np.array(probabilities))
    assert ends[0] - 1e-12 <= low <= high + 1e-12 <= ends[3] + 2e-12
