"""EBGM: the ratio of reports to expectation, shrunk by the prior."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from scipy.special import expit, gammainc, gammaincinv, gammaln, logit, psi

from nms_pv.measures.gamma_mixture.prior import Prior
from nms_pv.measures.interval import Counts, Flags, Floats, Interval, as_floats

FEWEST_REPORTS = 3
LEAST_EB05 = 2.0
# EB05 and EB95 are the limits of this level, and the screening rule is stated for them.
EBGM_LEVEL = 0.90
# On the log scale: a step leaves an error of the order of its cube.
LAST_STEP = 1e-4
# Where halving has to do: limits this close, on the log scale, are one.
SAME = 1e-12
# Quantiles of very small shapes underflow.
SMALLEST = 1e-300


class _Posterior(NamedTuple):
    """Posterior of lambda of each pair: a mixture of two gammas, which lie on the first axis of every array.

    `log_constant` is the log of the gamma function at the shape.
    """

    weight: Floats
    shape: Floats
    rate: Floats
    log_constant: Floats

    def of(self, some: np.ndarray) -> "_Posterior":
        """The posterior of some of the pairs."""
        return _Posterior(*(values[:, some] for values in self))


def ebgm(observed: Counts, expected: Floats, prior: Prior, level: float = EBGM_LEVEL) -> Interval:
    """Empirical Bayes geometric mean with quantiles of the posterior.

    Parameters
    ----------
    observed
        n of each pair, of any shape. Unit: distinct reports.
    expected
        E of each pair, of the same shape. Unit: distinct reports.
    prior
        Of the ratios lambda of mean reports to expected reports.
    level
        Coverage, between 0 and 1; 0.90 gives EB05 and EB95.

    Returns
    -------
    Interval
        n is Poisson with mean ``lambda E``, so lambda given n has the density ``Q gamma(alpha_1 + n, beta_1 + E) +
        (1 - Q) gamma(alpha_2 + n, beta_2 + E)``, Q the posterior weight of the first component. The estimate is
        ``2^E[log2 lambda]``, with ``E[ln lambda] = Q (psi(alpha_1 + n) - ln(beta_1 + E)) + (1 - Q) (psi(alpha_2 + n) -
        ln(beta_2 + E))``; the limits are the quantiles of that density at ``(1 -/+ level) / 2``, found to a relative 1e-9.
        Unit: none (ratio of reports to expectation).

    Notes
    -----
    Undefined when nothing is expected (E is 0).

    References
    ----------
    DuMouchel W. Am Stat 1999;53:177-90. doi:10.1080/00031305.1999.10474456
    """
    n, e = np.broadcast_arrays(*as_floats(observed, expected))
    defined = e > 0
    counts, place = np.unique(n[defined], return_inverse=True)
    posterior = _posterior(counts, place, e[defined], prior)
    mean = np.array([psi(counts + shape)[place] for shape in (prior.alpha_1, prior.alpha_2)]) - np.log(posterior.rate)
    # The two quantiles know nothing of each other, and each keeps one core busy.
    with ThreadPoolExecutor(2) as pool:
        low, high = pool.map(
            lambda tail: _quantile(posterior, _of_components(counts, place, posterior, prior, tail), tail),
            [(1 - level) / 2, (1 + level) / 2],
        )
    result = np.full((3, *n.shape), np.nan)
    result[:, defined] = [np.exp((posterior.weight * mean).sum(axis=0)), low, high]
    return Interval(*result)


def ebgm_screen(observed: Counts, low: Floats) -> Flags:
    """EB05 of at least 2 and at least 3 reports. False when undefined."""
    return (np.asarray(observed) >= FEWEST_REPORTS) & (low >= LEAST_EB05)


def _posterior(counts: Floats, place: np.ndarray, expected: Floats, prior: Prior) -> _Posterior:
    """The posterior of pairs whose counts are `counts[place]`; log f_1 / f_2 is that of two negative binomials."""
    shapes, rates = np.array(prior[:4]).reshape(2, 2, 1).transpose(1, 0, 2)
    log_constant = gammaln(counts + shapes)
    rising = (log_constant - gammaln(shapes))[:, place]
    log_density = rising - shapes * np.log1p(expected / rates) - counts[place] * np.log(rates + expected)
    log_odds = logit(prior.weight) + log_density[0] - log_density[1]
    return _Posterior(
        np.array([expit(log_odds), expit(-log_odds)]),
        (counts + shapes)[:, place],
        rates + expected,
        log_constant[:, place],
    )


def _of_components(counts: Floats, place: np.ndarray, posterior: _Posterior, prior: Prior, tail: float) -> Floats:
    """Log of the quantile of each component alone: that of the mixture lies between the two."""
    of_counts = [gammaincinv(counts + shape, tail) for shape in (prior.alpha_1, prior.alpha_2)]
    return np.log(np.maximum(of_counts, SMALLEST))[:, place] - np.log(posterior.rate)


def _quantile(posterior: _Posterior, of_components: Floats, tail: float) -> Floats:
    """Where the distribution function reaches `tail`, by Halley's method on the log scale, halving where it would leave."""
    low, high = of_components.min(axis=0), of_components.max(axis=0)
    heavier = (posterior.weight[1] > posterior.weight[0]).astype(np.int64)
    log_lambda = np.take_along_axis(of_components, heavier[None], axis=0)[0]
    left = np.arange(len(low))
    here = posterior
    while left.size:
        at = log_lambda[left]
        scaled = here.rate * np.exp(at)
        below = (here.weight * gammainc(here.shape, scaled)).sum(axis=0) - tail
        density = here.weight * np.exp(here.shape * np.log(scaled) - scaled - here.log_constant)
        slope = density.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = below / slope
            step = newton / (1 - newton * (density * (here.shape - scaled)).sum(axis=0) / slope / 2)
        low[left] = np.where(below < 0, at, low[left])
        high[left] = np.where(below > 0, at, high[left])
        stays = (at - step >= low[left]) & (at - step <= high[left])
        log_lambda[left] = np.where(stays, at - step, (low[left] + high[left]) / 2)
        goes_on = np.where(stays, np.abs(step) > LAST_STEP, high[left] - low[left] > SAME)
        left, here = left[goes_on], here.of(goes_on)
    return np.exp(log_lambda)
