"""What must hold for Firth's and the ridge regression, drug pairs and calibration, whatever the counts."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nms_pv.measures.calibration.null import Null, calibrated_interval, calibrated_p, null_of_counts, null_of_estimates
from nms_pv.measures.interaction.statistics import Cells, additive_contrast, expected_together, omega, why_undefined
from nms_pv.measures.interval import Interval
from nms_pv.measures.logistic.firth import firth
from nms_pv.measures.logistic.patterns import Fitted
from nms_pv.measures.logistic.ridge import ridge

few = settings(deadline=None, max_examples=10)
many = settings(deadline=None, max_examples=50)
# Exposure, one covariate of three levels: six patterns, and how many of each have the outcome.
DESIGN = np.array([[1.0, x, z == 1, z == 2] for x in (0, 1) for z in (0, 1, 2)])
PENALTY = np.array([0.0, 0.0, 1.0, 1.0])
trials = st.lists(st.integers(1, 60), min_size=6, max_size=6)
shares = st.lists(st.floats(0, 1), min_size=6, max_size=6)
rows = st.tuples(st.integers(0, 50), st.integers(0, 2000)).map(lambda pair: (pair[0], sum(pair)))
cells = st.tuples(rows, rows, rows, rows).map(lambda four: Cells(*(np.array([n]) for pair in four for n in pair)))


def same(one: Fitted, other: Fitted, rel: float = 1e-5) -> None:
    assert one.undefined_reason == other.undefined_reason
    assert one[:3] == pytest.approx(other[:3], rel=rel, nan_ok=True)


def counted(shares: list[float], trials: list[int]) -> tuple[np.ndarray, np.ndarray]:
    n = np.array(trials)
    y = np.round(np.array(shares) * n).astype(int)
    assume(0 < y.sum() < n.sum())
    return y, n


@given(shares, trials)
@few
def test_swapping_the_groups_inverts_the_odds_ratio(share: list[float], trial: list[int]) -> None:
    y, n = counted(share, trial)
    swapped = DESIGN.copy()
    swapped[:, 1] = 1 - swapped[:, 1]
    for fit in (firth, lambda *args: ridge(*args[:4], PENALTY, args[4])):
        (here,), (there,) = fit(DESIGN, y, n, [1], 0.9), fit(swapped, y, n, [1], 0.9)
        same(there, Fitted(1 / here.estimate, 1 / here.high, 1 / here.low, here.undefined_reason))


@given(shares, trials)
@few
def test_swapping_the_outcome_inverts_the_odds_ratio(share: list[float], trial: list[int]) -> None:
    y, n = counted(share, trial)
    (here,), (there,) = firth(DESIGN, y, n, [1], 0.9), firth(DESIGN, n - y, n, [1], 0.9)
    same(there, Fitted(1 / here.estimate, 1 / here.high, 1 / here.low, here.undefined_reason))


@given(shares, trials, st.permutations(range(6)))
@few
def test_order_splitting_and_empty_patterns_change_nothing(share: list[float], trial: list[int], order: list[int]) -> None:
    y, n = counted(share, trial)
    split = np.vstack([DESIGN[order], DESIGN, [[1.0, 5.0, 7.0, 9.0]]])
    part = np.minimum(y, n // 2)
    halves = np.concatenate([(y - part)[order], part, [0]]), np.concatenate([(n - n // 2)[order], n // 2, [0]])
    assume((halves[0] <= halves[1]).all())
    same(firth(DESIGN, y, n, [1], 0.9)[0], firth(split, *halves, [1], 0.9)[0])
    same(ridge(DESIGN, y, n, [1], PENALTY, 0.9)[0], ridge(split, *halves, [1], PENALTY, 0.9)[0])


@given(shares, trials)
@few
def test_a_collinear_covariate_changes_nothing_of_firth(share: list[float], trial: list[int]) -> None:
    y, n = counted(share, trial)
    wider = np.column_stack([DESIGN, DESIGN[:, 2] + DESIGN[:, 3] - 2 * DESIGN[:, 0]])
    same(firth(DESIGN, y, n, [1], 0.9)[0], firth(wider, y, n, [1], 0.9)[0])


@given(shares, trials)
@few
def test_relabelling_the_levels_of_a_covariate_changes_nothing_of_firth(share: list[float], trial: list[int]) -> None:
    y, n = counted(share, trial)
    other_reference = np.column_stack([DESIGN[:, :2], 1 - DESIGN[:, 2] - DESIGN[:, 3], DESIGN[:, 3]])
    same(firth(DESIGN, y, n, [1], 0.9)[0], firth(other_reference, y, n, [1], 0.9)[0])


@given(shares, trials)
@few
def test_an_estimate_lies_within_its_limits_which_widen_with_the_level(share: list[float], trial: list[int]) -> None:
    (narrow,), (wide,) = (firth(DESIGN, *counted(share, trial), [1], level) for level in (0.8, 0.99))
    assert wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high


@given(cells)
@many
def test_the_order_of_the_drugs_does_not_matter(table: Cells) -> None:
    swapped = Cells(table.x11, table.n11, table.x01, table.n01, table.x10, table.n10, table.x00, table.n00)
    for measure in (omega, additive_contrast):
        np.testing.assert_allclose(measure(table, 0.95), measure(swapped, 0.95), rtol=1e-12, atol=1e-12)


@given(cells)
@many
def test_a_pair_without_a_number_has_a_reason(table: Cells) -> None:
    reason = why_undefined(table)[0]
    assert np.isnan(omega(table, 0.95).estimate[0]) == (reason is not None)
    if np.isnan(additive_contrast(table, 0.95).estimate[0]):
        assert reason is not None


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 20), st.integers(61, 500))
@many
def test_proportions_that_add_up_have_no_contrast(first: int, second: int, neither: int, n: int) -> None:
    together = Cells([first + second + neither], [n], [first + neither], [n], [second + neither], [n], [neither], [n])
    contrast = additive_contrast(together, 0.95)
    np.testing.assert_allclose(contrast.estimate, 0, atol=1e-12)
    assert contrast.low < 0 < contrast.high


@given(cells, st.integers(1, 30))
@many
def test_omega_rises_with_the_cases_of_both(table: Cells, more: int) -> None:
    raised = table._replace(x11=table.x11 + more, n11=table.n11 + more)
    with_more = table._replace(n11=table.n11 + more)
    assume(not np.isnan(expected_together(with_more)[0]))
    assert (omega(raised, 0.95).estimate > omega(with_more, 0.95).estimate).all()


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.1, 1)), min_size=5, max_size=12), st.floats(-1, 1))
@few
def test_a_shift_of_all_controls_shifts_the_null_and_cancels(controls: list[tuple[float, float]], shift: float) -> None:
    estimates, errors = np.array(controls).T
    here, there = (null_of_estimates(values, errors, 0.95) for values in (estimates, estimates + shift))
    np.testing.assert_allclose(there.mean.estimate - here.mean.estimate, shift, atol=1e-4)
    np.testing.assert_allclose(there.spread.estimate, here.spread.estimate, atol=1e-3)
    assert here.mean.low <= here.mean.estimate <= here.mean.high
    assert 0 <= here.spread.low <= here.spread.estimate <= here.spread.high


@given(st.floats(-3, 3), st.floats(0.05, 2), st.floats(-1, 1), st.floats(0, 1))
@many
def test_the_interval_excludes_one_when_the_p_value_is_small(estimate: float, error: float, mean: float, spread: float) -> None:
    null = Null(*(Interval(*[np.asarray(value)] * 3) for value in (mean, spread)), None)
    p = calibrated_p(np.array([estimate]), np.array([error]), null)
    limits = calibrated_interval(np.array([estimate]), np.array([error]), null, 0.95)
    assume(abs(p[0] - 0.05) > 1e-9)
    assert (p < 0.05) == ((limits.low > 1) | (limits.high < 1))


def test_without_systematic_error_nothing_is_corrected() -> None:
    nothing = Null(*(Interval(*[np.asarray(0.0)] * 3) for _ in range(2)), None)
    interval = calibrated_interval(np.array([1.0]), np.array([0.5]), nothing, 0.95)
    np.testing.assert_allclose(np.log(np.concatenate(interval)), [1, 1 - 0.97998, 1 + 0.97998], atol=1e-5)


def test_controls_in_another_order_give_the_same_null() -> None:
    a, n1 = np.array([3, 0, 5, 1, 2, 8]), np.array([300, 200, 900, 150, 400, 1000])
    one = null_of_counts(a, n1, 200 - a, 50_000 - n1, 0.95)
    other = null_of_counts(a[::-1], n1[::-1], (200 - a)[::-1], (50_000 - n1)[::-1], 0.95)
    np.testing.assert_allclose([*one.mean, *one.spread], [*other.mean, *other.spread], atol=1e-6)
