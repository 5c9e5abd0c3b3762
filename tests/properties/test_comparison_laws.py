"""What must hold for every set of 2x2 tables."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nms_pv.measures.comparison.exact import conditional_ror, mid_p, q_values
from nms_pv.measures.comparison.masking import masking_ratio
from nms_pv.measures.comparison.shrunk import pooled_ratios
from nms_pv.measures.comparison.stratified import (
    breslow_day_tarone,
    informative_strata,
    mantel_haenszel_ror,
    stratified_expected,
    stratified_ic,
)
from nms_pv.measures.reports.disproportionality import ic, ror

levels = st.sampled_from([0.9, 0.95, 0.99])


def tables(least: int, most: int, most_strata: int = 8) -> st.SearchStrategy[np.ndarray]:
    """Four rows, the cells; one column a stratum."""
    widths = st.integers(1, most_strata)
    return widths.flatmap(lambda width: arrays(np.int64, (4, width), elements=st.integers(least, most)))


@given(st.tuples(*[st.integers(0, 100_000)] * 4), levels)
def test_one_stratum_is_the_crude_table(cells: tuple[int, ...], level: float) -> None:
    one = [np.array([cell]) for cell in cells]
    crude = ror(*cells, level)
    if np.isfinite(crude.estimate):
        np.testing.assert_allclose(mantel_haenszel_ror(*one, level), crude, rtol=1e-9)
    np.testing.assert_allclose(stratified_ic(*one, level), ic(*cells, level), rtol=1e-9, atol=1e-9)


@given(tables(1, 100_000), levels)
def test_swapping_group_and_reference_inverts_the_ratio_and_keeps_the_test(cells: np.ndarray, level: float) -> None:
    a, b, c, d = cells
    here, swapped = mantel_haenszel_ror(a, b, c, d, level), mantel_haenszel_ror(c, d, a, b, level)
    np.testing.assert_allclose(
        [swapped.estimate, swapped.low, swapped.high], [1 / here.estimate, 1 / here.high, 1 / here.low], rtol=1e-9
    )
    chi2 = [breslow_day_tarone(*order, 0).chi2 for order in ((a, b, c, d), (c, d, a, b), (b, a, d, c))]
    np.testing.assert_allclose(chi2[1:], [chi2[0]] * 2, rtol=1e-7, atol=1e-7, equal_nan=True)


@given(tables(0, 1_000), st.integers(0, 500), levels)
def test_a_stratum_without_reports_or_without_one_side_changes_no_ratio(cells: np.ndarray, alone: int, level: float) -> None:
    for extra in ([0, 0, 0, 0], [0, 0, alone, 3], [alone, 3, 0, 0], [0, alone, 0, 7]):
        more = np.column_stack([cells, extra])
        np.testing.assert_allclose(mantel_haenszel_ror(*more, level), mantel_haenszel_ror(*cells, level), rtol=1e-12)
        np.testing.assert_array_equal(informative_strata(*more), informative_strata(*cells))
        ours, before = breslow_day_tarone(*more, 1), breslow_day_tarone(*cells, 1)
        np.testing.assert_allclose(ours, before, rtol=1e-9, atol=1e-9)
    empty = np.column_stack([cells, np.zeros(4, dtype=np.int64)])
    np.testing.assert_allclose(stratified_ic(*empty, level), stratified_ic(*cells, level), rtol=1e-12)


@given(tables(0, 1_000), st.randoms(use_true_random=False), levels)
def test_the_order_of_strata_does_not_matter(cells: np.ndarray, random, level: float) -> None:
    order = list(range(cells.shape[1]))
    random.shuffle(order)
    for measure in (mantel_haenszel_ror, stratified_ic):
        np.testing.assert_allclose(measure(*cells[:, order], level), measure(*cells, level), rtol=1e-9, atol=1e-12)


@given(tables(1, 5_000, most_strata=1), st.integers(2, 9), levels)
def test_strata_that_are_alike_agree_and_narrow_the_interval(cells: np.ndarray, times: int, level: float) -> None:
    many = np.repeat(cells, times, axis=1)
    one, together = mantel_haenszel_ror(*cells, level), mantel_haenszel_ror(*many, level)
    np.testing.assert_allclose(together.estimate, one.estimate, rtol=1e-9)
    assert together.high / together.low < one.high / one.low
    test = breslow_day_tarone(*many, 0)
    np.testing.assert_allclose([test.chi2, test.p], [0, 1], atol=1e-6)


@given(tables(0, 1_000), levels)
def test_a_ratio_is_there_exactly_when_strata_can_be_compared_both_ways(cells: np.ndarray, level: float) -> None:
    a, b, c, d = cells
    ratio = mantel_haenszel_ror(*cells, level)
    defined = bool((a * d).any() and (b * c).any())
    assert np.isfinite(ratio).all() == defined
    assert not defined or ratio.low <= ratio.estimate <= ratio.high
    assert np.isnan(breslow_day_tarone(*cells, 0).p) == (not defined or informative_strata(*cells) < 2)


@given(tables(0, 1_000), levels)
def test_an_ic_is_empty_exactly_when_nothing_is_expected(cells: np.ndarray, level: float) -> None:
    assert np.isnan(stratified_ic(*cells, level).estimate) == (stratified_expected(*cells) == 0)


@settings(deadline=None)
@given(tables(0, 3_000))
def test_a_p_value_is_the_same_whatever_the_labels_and_one_when_nothing_differs(cells: np.ndarray) -> None:
    a, b, c, d = cells
    p = mid_p(a, b, c, d)
    assert ((np.isnan(p)) == ((a + b == 0) | (c + d == 0) | (a + c == 0) | (b + d == 0))).all()
    assert (np.isnan(p) | ((p >= 0) & (p <= 1))).all()
    for other in ((c, d, a, b), (b, a, d, c), (a, c, b, d)):
        np.testing.assert_allclose(mid_p(*other), p, rtol=1e-7, atol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_follow_the_order_of_p_and_are_never_below_it(values: list[float]) -> None:
    p = np.array(values)
    q = q_values(p)
    assert (q >= p - 1e-15).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p)]) >= -1e-12).all()
    np.testing.assert_array_equal(q_values(np.append(p, np.nan))[:-1], q)


@settings(deadline=None, max_examples=30)
@given(st.tuples(*[st.integers(0, 30)] * 4))
def test_the_conditional_interval_holds_its_estimate_and_inverts_when_swapped(cells: tuple[int, ...]) -> None:
    a, b, c, d = (np.array([cell]) for cell in cells)
    here = np.array(conditional_ror(a, b, c, d, 0.95)).ravel()
    margins = (cells[0] + cells[1], cells[2] + cells[3], cells[0] + cells[2], cells[1] + cells[3])
    if 0 in margins:
        assert np.isnan(here).all()
        return
    estimate, low, high = here
    assert low >= 0
    assert np.isnan(estimate) == np.isnan(high) or estimate < np.inf
    assume(0 not in cells)
    swapped = np.array(conditional_ror(c, d, a, b, 0.95)).ravel()
    assert low < estimate < high
    np.testing.assert_allclose(swapped, [1 / estimate, 1 / high, 1 / low], rtol=1e-5)


@given(st.integers(1, 1_000), st.integers(0, 100_000), st.data())
def test_a_masker_without_reports_masks_nothing_and_one_with_more_cases_masks_more(c: int, d: int, data) -> None:
    assert masking_ratio(c, d, 0, 0) == 1
    n = data.draw(st.integers(0, d))
    x = data.draw(st.integers(0, c - 1))
    here = masking_ratio(c, d, x, x + n)
    assert np.isfinite(here)
    # The masker's own proportion above that of the reference hides, below it exaggerates.
    assert np.sign(here - 1) == np.sign(x * (c + d) - c * (x + n)) or here == pytest.approx(1)
    if x + 1 < c and n:
        assert masking_ratio(c, d, x + 1, x + n) > here


@given(st.integers(0, 1_000))
def test_a_masker_that_has_every_case_has_no_ratio(d: int) -> None:
    assert np.isnan(masking_ratio(7, d, 7, 7))
    assert np.isnan(masking_ratio(0, d, 0, 0))


@settings(deadline=None, max_examples=5)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=4), st.floats(0.1, 10))
def test_pooled_ratios_keep_the_total_and_scale(observed: list[int], times: float) -> None:
    assume(sum(observed) > 0)
    expected = np.arange(1, len(observed) + 1, dtype=float)
    here, scaled = pooled_ratios(observed, expected, 0.95), pooled_ratios(observed, expected * times, 0.95)
    np.testing.assert_allclose((expected * here.estimate).sum(), sum(observed), rtol=2e-2)
    np.testing.assert_allclose(scaled.estimate * times, here.estimate, rtol=1e-6)
