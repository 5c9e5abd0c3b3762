"""When a prior is found, and what a reader is told when there is none."""

import numpy as np
import pytest

from nms_pv.measures.gamma_mixture.fit import STARTS, PriorNotFoundError, fit_prior
from nms_pv.measures.gamma_mixture.likelihood import Cells
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999, Prior
from nms_pv.measures.gamma_mixture.squash import squash
from tests.lib.pair_tables import drawn, margins_of, pairs_of

PRIOR = Prior(2.0, 0.5, 6.0, 6.6, 0.1)


def cells(prior: Prior | None, side: int, seed: int) -> Cells:
    """A squashed table of as many drugs as terms; without a prior, reports vary by chance only."""
    random = np.random.default_rng(seed)
    drugs, terms = (np.exp(random.normal(0, 1.2, side)) for _ in range(2))
    expected = np.outer(drugs / drugs.sum(), terms / terms.sum()) * 10 * side**2
    counts = random.poisson(expected) if prior is None else drawn(prior, expected, random)[1]
    return squash(pairs_of(counts), margins_of(counts[None])).cells


def test_every_start_is_reported_and_at_least_two_agree_with_the_prior() -> None:
    fit = fit_prior(cells(PRIOR, 120, 1))
    assert [ended.start for ended in fit.ends] == list(STARTS)
    agreeing = [ended for ended in fit.ends if np.allclose(ended.end, fit.prior, rtol=0.01)]
    assert len(agreeing) >= 2
    assert all(ended.is_converged and ended.is_interior for ended in agreeing)
    assert fit.prior == fit.prior.rounded() == fit.prior.ordered()


@pytest.mark.parametrize("seed", range(4))
def test_reports_that_vary_by_chance_only_have_no_prior(seed: int) -> None:
    with pytest.raises(
        PriorNotFoundError, match="The starts ended: from .* Set `prior` of ebgm in params.yaml to dumouchel_1999"
    ):
        fit_prior(cells(None, 80, seed))


def test_one_gamma_instead_of_two_has_no_prior() -> None:
    """Two equal components have no weight of their own."""
    with pytest.raises(PriorNotFoundError) as told:
        fit_prior(Cells(np.array([0.0, 1.0, 2.0]), np.ones(3), np.array([50.0, 25.0, 12.5])))
    assert told.value.reason


def test_starts_that_end_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nms_pv.measures.gamma_mixture.fit.STARTS", (DUMOUCHEL_1999,))
    with pytest.raises(PriorNotFoundError, match="the starts do not agree within 1 %"):
        fit_prior(cells(PRIOR, 120, 1))


def test_a_start_without_time_to_arrive_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nms_pv.measures.gamma_mixture.fit.MOST_STEPS", 1)
    with pytest.raises(PriorNotFoundError, match="the starts do not agree") as told:
        fit_prior(cells(PRIOR, 120, 1))
    assert not any(ended.is_converged for ended in told.value.ends)


def test_a_table_without_reports_says_so() -> None:
    nothing = np.zeros(0)
    with pytest.raises(PriorNotFoundError, match=r"no drug and event have a report in common\. The starts ended: nowhere"):
        fit_prior(Cells(nothing, nothing, nothing))


def test_a_prior_prints_its_five_parameters() -> None:
    assert str(DUMOUCHEL_1999) == "alpha1 0.2041, beta1 0.05816, alpha2 1.415, beta2 1.838, P 0.0969"
