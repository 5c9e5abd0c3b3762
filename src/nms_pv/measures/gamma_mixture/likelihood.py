"""How likely a table of counts is under a prior, with its first and second derivatives."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import expit, gammaln, log_expit, logit, polygamma, psi

from nms_pv.measures.gamma_mixture.prior import Prior
from nms_pv.measures.interval import Floats

LIKELIHOOD = (
    "maximum likelihood of the negative binomial mixture over all cells of drugs x terms, those without a report included, "
    "squashed by expected reports"
)


@dataclass(frozen=True)
class Cells:
    """Cells of a drug x event table: each entry stands for `weight` cells of `observed` reports, about `expected` expected."""

    observed: Floats
    expected: Floats
    weight: Floats

    @cached_property
    def counts(self) -> tuple[Floats, np.ndarray]:
        """The distinct counts, and the place of each entry's among them: few, so that gamma functions are called seldom."""
        return np.unique(self.observed, return_inverse=True)


class LogLikelihood(NamedTuple):
    """The value, and its derivatives by log alpha_1, log beta_1, log alpha_2, log beta_2 and logit weight."""

    value: float
    gradient: Floats
    hessian: Floats


class _Component(NamedTuple):
    """Log density of each entry under one component; derivatives by log shape and log rate."""

    value: Floats
    first: Floats
    second: tuple[Floats, Floats, Floats]


def free_parameters(prior: Prior) -> Floats:
    """The prior on scales without bounds: logs of shapes and rates, logit of the weight."""
    return np.array([*np.log(prior[:4]), logit(prior.weight)])


def prior_of(parameters: Floats) -> Prior:
    """The prior of free parameters."""
    return Prior(*(float(value) for value in (*np.exp(parameters[:4]), expit(parameters[4]))))


def log_likelihood(parameters: Floats, cells: Cells) -> LogLikelihood:
    """Log likelihood of independent cells.

    Parameters
    ----------
    parameters
        Free parameters of the prior, shape (5,).
    cells
        Entries with expected reports above 0.

    Returns
    -------
    LogLikelihood
        The count of a cell is Poisson with mean ``lambda E``, and lambda comes from the prior, so it is negative binomial
        with shape alpha_k and probability ``beta_k / (beta_k + E)`` under component k. The value is the sum over entries of
        ``weight log(P f_1(n, E) + (1 - P) f_2(n, E))``. No cell is left out, so nothing is truncated.

    References
    ----------
    DuMouchel W. Am Stat 1999;53:177-90. doi:10.1080/00031305.1999.10474456
    """
    share = expit(parameters[4])
    one, two = (_component(parameters[place], parameters[place + 1], cells) for place in (0, 2))
    first, second = one.value + log_expit(parameters[4]), two.value + log_expit(-parameters[4])
    log_density = np.logaddexp(first, second)
    of_one, of_two = np.exp(first - log_density), np.exp(second - log_density)
    gradient_of_cells = np.vstack([of_one * one.first, of_two * two.first, of_one - share])
    apart = np.vstack([one.first, -two.first, np.ones_like(log_density)])
    hessian = (apart * (cells.weight * of_one * of_two)) @ apart.T
    for place, posterior, component in ((0, of_one, one), (2, of_two, two)):
        shape_shape, shape_rate, rate_rate = (float(cells.weight @ (posterior * term)) for term in component.second)
        hessian[place : place + 2, place : place + 2] += [[shape_shape, shape_rate], [shape_rate, rate_rate]]
    hessian[4, 4] -= share * (1 - share) * cells.weight.sum()
    return LogLikelihood(float(cells.weight @ log_density), gradient_of_cells @ cells.weight, hessian)


def _component(log_shape: float, log_rate: float, cells: Cells) -> _Component:
    alpha, beta = np.exp(log_shape), np.exp(log_rate)
    counts, place = cells.counts
    n, rate = cells.observed, beta + cells.expected
    log_kept = -np.log1p(cells.expected / beta)
    of_counts = gammaln(counts + alpha) - gammaln(alpha) - gammaln(counts + 1)
    value = of_counts[place] + alpha * log_kept + n * np.log(cells.expected / rate)
    by_shape = alpha * ((psi(counts + alpha) - psi(alpha))[place] + log_kept)
    by_rate = alpha - (alpha + n) * beta / rate
    curvature = alpha**2 * (polygamma(1, counts + alpha) - polygamma(1, alpha))
    return _Component(
        value,
        np.vstack([by_shape, by_rate]),
        (
            by_shape + curvature[place],
            alpha * cells.expected / rate,
            -(alpha + n) * beta * cells.expected / rate**2,
        ),
    )
