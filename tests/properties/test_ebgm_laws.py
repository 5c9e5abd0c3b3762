"""What must hold for EBGM, its prior and the squashed table, whatever the counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc
from scipy.stats import nbinom

from nms_pv.measures.gamma_mixture.likelihood import Cells, free_parameters, log_likelihood, prior_of
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999, Prior
from nms_pv.measures.gamma_mixture.score import ebgm, ebgm_screen
from nms_pv.measures.gamma_mixture.squash import squash
from tests.lib.pair_tables import margins_of, pairs_of

sizes = st.floats(0.05, 300)
priors = st.builds(Prior, sizes, sizes, sizes, sizes, st.floats(0.001, 0.999))
counts = st.integers(0, 100_000)
expectations = st.floats(1e-8, 1e6)
few = settings(max_examples=30, deadline=None)


@given(counts, expectations, priors, st.sampled_from([0.5, 0.9, 0.99]))
def test_the_limits_hold_their_share_of_the_posterior(n: int, e: float, prior: Prior, level: float) -> None:
    found = ebgm(n, e, prior, level)
    weight = _posterior_weight(n, e, prior)
    for limit, below in ((found.low, (1 - level) / 2), (found.high, (1 + level) / 2)):
        of_first = gammainc(prior.alpha_1 + n, (prior.beta_1 + e) * limit)
        of_second = gammainc(prior.alpha_2 + n, (prior.beta_2 + e) * limit)
        np.testing.assert_allclose(weight * of_first + (1 - weight) * of_second, below, atol=1e-7)


@given(counts, expectations, priors)
def test_ebgm_lies_between_the_means_of_its_two_components(n: int, e: float, prior: Prior) -> None:
    """Each component pulls the ratio n / E towards its own prior mean."""
    found = ebgm(n, e, prior)
    means = [(prior.alpha_1 + n) / (prior.beta_1 + e), (prior.alpha_2 + n) / (prior.beta_2 + e)]
    assert found.estimate <= max(means) * (1 + 1e-12)
    assert found.low <= found.high


@given(st.integers(0, 5_000), expectations, priors)
def test_more_reports_raise_ebgm_and_its_limits(n: int, e: float, prior: Prior) -> None:
    found = np.array(ebgm([n, n + 1], [e, e], prior))
    assert (found[:, 1] >= found[:, 0] * (1 - 1e-9)).all()


@given(st.integers(0, 5_000), st.floats(1e-6, 1e5), priors)
def test_more_expected_reports_lower_ebgm_and_its_limits(n: int, e: float, prior: Prior) -> None:
    found = np.array(ebgm([n, n], [e, 1.5 * e], prior))
    assert (found[:, 1] <= found[:, 0] * (1 + 1e-9)).all()


@given(counts, expectations, priors)
def test_which_component_is_called_the_first_does_not_matter(n: int, e: float, prior: Prior) -> None:
    swapped = Prior(prior.alpha_2, prior.beta_2, prior.alpha_1, prior.beta_1, 1 - prior.weight)
    np.testing.assert_allclose(ebgm(n, e, prior), ebgm(n, e, swapped), rtol=1e-8)


@given(st.integers(0, 1_000), expectations, priors, st.floats(0.01, 100))
def test_rates_and_expectation_in_another_unit_rescale_everything(n: int, e: float, prior: Prior, unit: float) -> None:
    rescaled = Prior(prior.alpha_1, prior.beta_1 * unit, prior.alpha_2, prior.beta_2 * unit, prior.weight)
    np.testing.assert_allclose(np.array(ebgm(n, e * unit, rescaled)) * unit, ebgm(n, e, prior), rtol=1e-7)


def test_with_many_reports_the_prior_fades() -> None:
    found = ebgm(10_000_000, 4_000_000.0, DUMOUCHEL_1999)
    np.testing.assert_allclose(found, [2.5, 2.5, 2.5], rtol=1e-3)


def test_nothing_expected_or_no_number_is_undefined() -> None:
    assert np.isnan(ebgm([0, 3, 1], [0.0, 0.0, np.nan], DUMOUCHEL_1999)).all()
    assert ebgm([], [], DUMOUCHEL_1999).estimate.shape == (0,)


@given(st.lists(st.tuples(counts, expectations), min_size=1, max_size=30), priors)
def test_many_pairs_at_once_are_the_pairs_one_by_one(pairs: list[tuple[int, float]], prior: Prior) -> None:
    n, e = np.array(pairs).T
    together = np.array(ebgm(n, e, prior)).T
    np.testing.assert_allclose(together, [ebgm(*pair, prior) for pair in pairs], rtol=1e-9)


def test_the_screen_asks_for_three_reports_and_a_lower_limit_of_two() -> None:
    assert ebgm_screen([3, 2, 3, 3], np.array([2.0, 9.0, 1.999, np.nan])).tolist() == [True, False, False, False]


cells = st.lists(st.tuples(st.integers(0, 500), st.floats(1e-6, 1e4), st.integers(1, 1_000)), min_size=1, max_size=20)


@few
@given(cells, priors)
def test_the_likelihood_is_the_negative_binomial_mixture_of_scipy(rows: list[tuple[int, float, int]], prior: Prior) -> None:
    n, e, weight = np.array(rows, dtype=float).T
    one = nbinom.pmf(n, prior.alpha_1, prior.beta_1 / (prior.beta_1 + e))
    two = nbinom.pmf(n, prior.alpha_2, prior.beta_2 / (prior.beta_2 + e))
    mixture = prior.weight * one + (1 - prior.weight) * two
    with np.errstate(divide="ignore"):
        expected = np.log(mixture)
    # Where the mixture itself underflows, SciPy has no answer to compare with.
    known = mixture > 1e-280
    for place in np.flatnonzero(known):
        single = Cells(n[[place]], e[[place]], weight[[place]])
        found = log_likelihood(free_parameters(prior), single).value
        np.testing.assert_allclose(found, weight[place] * expected[place], rtol=1e-8, atol=1e-8)


@settings(max_examples=10, deadline=None)
@given(cells, priors)
def test_the_derivatives_are_those_of_differences(rows: list[tuple[int, float, int]], prior: Prior) -> None:
    table = Cells(*np.array(rows, dtype=float).T)
    at = free_parameters(prior)
    here = log_likelihood(at, table)
    step = 1e-5
    above, below = ([log_likelihood(at + side * shift, table) for shift in step * np.eye(5)] for side in (1, -1))
    gradient = [(up.value - down.value) / (2 * step) for up, down in zip(above, below, strict=True)]
    hessian = [(up.gradient - down.gradient) / (2 * step) for up, down in zip(above, below, strict=True)]
    size = max(1.0, np.abs(here.hessian).max(), np.abs(here.gradient).max(), abs(here.value))
    np.testing.assert_allclose(here.gradient, gradient, atol=1e-5 * size)
    np.testing.assert_allclose(here.hessian, hessian, atol=1e-5 * size)


@given(priors)
def test_free_parameters_and_back(prior: Prior) -> None:
    np.testing.assert_allclose(prior_of(free_parameters(prior)), prior, rtol=1e-12)
    assert prior.ordered() == prior.ordered().ordered()
    first, second = prior.ordered().alpha_1 / prior.ordered().beta_1, prior.ordered().alpha_2 / prior.ordered().beta_2
    assert first >= second


tables = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))


@few
@given(tables, st.sampled_from([1, 10, 50]))
def test_squashing_keeps_cells_reports_and_expected_reports(shape: tuple[int, int, int, object], bins: int) -> None:
    strata, drugs, terms, chance = shape
    counts = np.array([[[chance.choice([0, 0, 1, 2, 9]) for _ in range(terms)] for _ in range(drugs)] for _ in range(strata)])
    counts[:, 0, 0] += 1
    margins = margins_of(counts)
    kept = counts[:, counts.any(axis=(0, 2))][:, :, counts.any(axis=(0, 1))]
    of_strata = kept.sum(axis=(1, 2), keepdims=True)
    expected = (kept.sum(axis=2, keepdims=True) * kept.sum(axis=1, keepdims=True) / of_strata).sum(axis=0)
    observed = kept.sum(axis=0)
    found = squash(pairs_of(counts.sum(axis=0)), margins, bins)
    assert margins.cells == observed.size
    np.testing.assert_allclose(found.expected, expected[observed > 0], rtol=1e-12)
    squashed = found.cells
    assert squashed.weight.sum() == (expected > 0).sum()
    np.testing.assert_allclose((squashed.weight * squashed.observed).sum(), observed.sum())
    np.testing.assert_allclose((squashed.weight * squashed.expected).sum(), expected.sum(), rtol=1e-9)
    assert (squashed.expected > 0).all()


def _posterior_weight(n: int, e: float, prior: Prior) -> float:
    one = nbinom.logpmf(n, prior.alpha_1, prior.beta_1 / (prior.beta_1 + e)) + np.log(prior.weight)
    two = nbinom.logpmf(n, prior.alpha_2, prior.beta_2 / (prior.beta_2 + e)) + np.log1p(-prior.weight)
    return float(1 / (1 + np.exp(np.clip(two - one, -700, 700))))
