"""SIMULATED ratios, drawn from a known prior: are its parameters recovered, and do EB05 and EB95 hold 90 %?"""

# ruff: noqa: T201 (a proof prints what it measured)
import numpy as np
import pytest

from nms_pv.measures.gamma_mixture.fit import PriorNotFoundError, fit_prior
from nms_pv.measures.gamma_mixture.likelihood import Cells
from nms_pv.measures.gamma_mixture.prior import Prior
from nms_pv.measures.gamma_mixture.score import EBGM_LEVEL, ebgm, ebgm_screen
from nms_pv.measures.gamma_mixture.squash import squash
from tests.lib.pair_tables import drawn, margins_of, pairs_of

PRIORS = [Prior(3.21, 0.61, 30.0, 33.0, 0.05), Prior(0.824, 0.278, 9.37, 10.97, 0.121), Prior(2.0, 1.0, 2.0, 4.0, 0.3)]
PAIRS = 200_000
# Standard errors that a share of many independent pairs may lie from its level.
STANDARD_ERRORS = 4


@pytest.mark.proof
@pytest.mark.parametrize("truth", PRIORS)
def test_parameters_are_recovered_and_the_limits_hold_their_share(truth: Prior) -> None:
    random = np.random.default_rng(20260106)
    expected = np.exp(random.uniform(np.log(0.01), np.log(100), PAIRS))
    ratio, counts = drawn(truth, expected, random)
    fit = fit_prior(Cells(counts.astype(float), expected, np.ones(PAIRS)))
    print(f"truth {truth}\nfit   {fit.prior}")
    np.testing.assert_allclose(fit.prior, truth, rtol=0.2)
    for name, prior in (("the true prior", truth), ("the fitted prior", fit.prior)):
        found = ebgm(counts, expected, prior)
        inside = (found.low <= ratio) & (ratio <= found.high)
        screened = ebgm_screen(counts, found.low)
        # Pairs that are picked for their limits keep their coverage: the posterior has seen the choice already.
        for which, some in (("all pairs", np.ones(PAIRS, bool)), ("3 reports or more", counts >= 3), ("screened", screened)):
            share = inside[some].mean()
            error = np.sqrt(EBGM_LEVEL * (1 - EBGM_LEVEL) / some.sum())
            print(f"{name}, {which} ({some.sum():,}): {share:.4f} of the ratios between EB05 and EB95")
            assert abs(share - EBGM_LEVEL) < STANDARD_ERRORS * error + 0.005 * (name == "the fitted prior")


@pytest.mark.proof
def test_reports_that_vary_by_chance_only_are_refused_in_every_table() -> None:
    refused, tables = 0, 12
    for seed in range(tables):
        random = np.random.default_rng(seed)
        margin = np.exp(random.normal(0, 1.2, 150))
        counts = random.poisson(np.outer(margin, margin) * random.choice([0.5, 5.0]))
        try:
            fit_prior(squash(pairs_of(counts), margins_of(counts[None])).cells)
        except PriorNotFoundError:
            refused += 1
    print(f"{refused} of {tables} tables without any association refused")
    assert refused == tables
