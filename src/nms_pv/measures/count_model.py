"""Maximum likelihood of Poisson and negative binomial regressions of episodes on strata, with person-time as offset."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri, gammaln, ndtri

from nms_pv.measures.interval import Floats

OVERDISPERSION_LEVEL = 0.05
# Logarithm of alpha, from practically none to far beyond any data.
LOG_ALPHA = (np.log(1e-6), np.log(1e3))
MOST_STEPS = 200
# Differences of log-likelihood that mean nothing.
NOISE = 1e-9


class Strata(NamedTuple):
    """Strata to be fitted: what the ratio is of, and columns whose span is adjusted for."""

    events: Floats
    log_time: Floats
    interest: Floats
    adjusted_for: Floats


class Maximum(NamedTuple):
    """Where the likelihood is largest; `standard_error` is that of the first coefficient."""

    coefficients: Floats
    standard_error: float
    mean: Floats
    log_likelihood: float
    converged: bool


def maximum(counts: Strata, alpha: float, fixed: float | None = None, near: Floats | None = None) -> Maximum:
    """Maximum likelihood, the coefficient of interest first, or fixed at a value; Poisson if alpha is 0.

    By Newton's method from `near`, coefficients close to the maximum, where they are known: profile limits take hundreds of
    fits, most of them a small step from another. (statsmodels' fits of the negative binomial with a given alpha overflow or
    stop early where rates are much spread.)
    """
    offset, design = counts.log_time, counts.adjusted_for
    if fixed is None:
        design = np.column_stack([counts.interest, design])
    else:
        offset = offset + fixed * counts.interest
    return _by_newton(counts.events, offset, design, alpha, near)


def _by_newton(events: Floats, offset: Floats, design: Floats, alpha: float, near: Floats | None) -> Maximum:
    """The log-likelihood is concave in the coefficients, so a step that is halved until it climbs cannot go astray."""
    coefficients = _common_rate(events, offset, design) if near is None else near
    reached = _log_likelihood(events, offset + design @ coefficients, alpha)
    for _ in range(MOST_STEPS):
        mean = np.exp(offset + design @ coefficients)
        score = design.T @ ((events - mean) / (1 + alpha * mean))
        weight = mean * (1 + alpha * events) / (1 + alpha * mean) ** 2
        information = design.T @ (weight[:, None] * design)
        step = np.linalg.lstsq(information, score)[0]
        gain = score @ step
        while (now := _log_likelihood(events, offset + design @ (coefficients + step), alpha)) < reached - NOISE:
            step = step / 2
        coefficients, reached = coefficients + step, now
        if gain < NOISE:
            break
    error = np.sqrt(np.linalg.pinv(information)[0, 0])
    return Maximum(coefficients, error, np.exp(offset + design @ coefficients), reached, bool(gain < NOISE))


def _common_rate(events: Floats, offset: Floats, design: Floats) -> Floats:
    """The constant lies in the span of the indicators, so a common rate is a point to start from."""
    return np.linalg.lstsq(design, np.full(events.shape, np.log(events.sum() / np.exp(offset).sum())))[0]


def _log_likelihood(events: Floats, log_mean: Floats, alpha: float) -> float:
    """Of Poisson, or of the negative binomial with variance ``mu + alpha mu^2``, but for what events alone decide."""
    if alpha == 0:
        # A step too far overflows, is worth less than any number, and is halved.
        with np.errstate(over="ignore"):
            return float((events * log_mean - np.exp(log_mean)).sum())
    shape = 1 / alpha
    constant = gammaln(events + shape) - gammaln(shape) + events * np.log(alpha)
    return float((constant + events * log_mean - (events + shape) * np.logaddexp(0, np.log(alpha) + log_mean)).sum())


def spread(counts: Strata) -> float:
    """Maximum likelihood estimate of alpha, the variance of the gamma distribution that spreads the rates."""
    found = minimize_scalar(
        lambda log_alpha: -maximum(counts, np.exp(log_alpha)).log_likelihood,
        bounds=LOG_ALPHA,
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def limit(counts: Strata, alpha: float, fit: Maximum, side: int, level: float) -> float:
    """Limit of the coefficient on one side by profile likelihood."""
    fall = chdtri(1, 1 - level)
    start, near = fit.coefficients[0], fit.coefficients[1:]

    def beyond(coefficient: float) -> float:
        return 2 * (fit.log_likelihood - maximum(counts, alpha, coefficient, near).log_likelihood) - fall

    step = side * np.sqrt(fall) * fit.standard_error
    while beyond(start + step) <= 0:
        step *= 1.5
    return float(brentq(beyond, start, start + step, xtol=1e-9))


def is_overdispersed(counts: Strata, mean: Floats) -> bool:
    """Dean's score test for variance ``mu + alpha mu^2``, adjusted for the coefficients estimated."""
    weighted = np.sqrt(mean)[:, None] * np.column_stack([counts.interest, counts.adjusted_for])
    leverage = (np.linalg.qr(weighted)[0] ** 2).sum(axis=1)
    excess = (counts.events - mean) ** 2 - counts.events + leverage * mean
    return bool(excess.sum() / np.sqrt(2 * (mean**2).sum()) > -ndtri(OVERDISPERSION_LEVEL))
