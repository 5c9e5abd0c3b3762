"""Binomial-normal model of proportions of several studies, by maximum likelihood.

Study i has y_i of n_i. Its log odds are ``x_i' beta + tau z_i``, z_i standard normal. The likelihood integrates over z_i by the
trapezoidal rule after the substitution ``z = mode + s sinh(t)``, with the mode of each integrand and s its spread there: points
are dense around the mode and reach far. So studies of 80 and of 300,000 people, and such without any event, whose integrand is
no bell, are integrated alike well; Gauss-Hermite quadrature, the usual choice, loses the latter where tau is large.

References
----------
Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040 (the model; memory: to be verified)
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import expit, gammaln, logit

from nms_pv.measures.interval import Floats

# Points of the trapezoidal rule, as shares of its reach. It reaches so far from the mode, in standard deviations of z, but no
# further than so many spreads of the integrand: a study with events of many people needs dense points, and has no long tail.
POINTS = np.linspace(-1, 1, 61)
REACH, MOST_SPREADS = 8.5, 60.0
STARTS = (0.3, 1.5)
# Differences of log-likelihood that mean nothing.
NOISE = 1e-10
MOST_STEPS = 100
LARGEST_TAU = 10.0


class Studies(NamedTuple):
    """Numerators and denominators, shape (k,), and the design, shape (k, p), whose first column is 1."""

    events: Floats
    people: Floats
    design: Floats


class Fit(NamedTuple):
    """Where the likelihood is largest: coefficients and their covariance (p, p), tau, and the log-likelihood."""

    coefficients: Floats
    covariance: Floats
    tau: float
    log_likelihood: float


class _Likelihood(NamedTuple):
    """Log-likelihood, its gradient in (coefficients, tau), and minus its second derivatives."""

    value: float
    gradient: Floats
    information: Floats


def fit(studies: Studies) -> Fit:
    """Maximum likelihood of the coefficients and of tau.

    Returns
    -------
    Fit
        The covariance is the inverse of the observed information on coefficients and tau together; at tau = 0 the two are
        orthogonal, and it is that of logistic regression.

    Notes
    -----
    The likelihood has no maximum where `pooled.why_not_pooled` or `slopes` give a reason: ask them first.
    """
    p = studies.design.shape[1]
    start = np.zeros(p)
    start[0] = logit(studies.events.sum() / studies.people.sum())
    none = given_tau(studies, Fit(start, np.zeros((p, p)), 0.0, 0.0), 0.0)
    found = max((_best(studies, np.append(start, tau)) for tau in STARTS), key=lambda at: _value(studies, at))
    best = _likelihood(studies, found)
    if best.value - none.log_likelihood < NOISE:
        return none
    return Fit(found[:-1], _inverse(best.information)[:p, :p], float(abs(found[-1])), best.value)


def tau_interval(studies: Studies, best: Fit, fall: float) -> tuple[float, float]:
    """Profile-likelihood limits of tau.

    The lower limit is 0 when the likelihood at 0 is within reach; the upper is infinite when it is not reached at a tau of 10.
    """

    def beyond(tau: float) -> float:
        return 2 * (best.log_likelihood - given_tau(studies, best, tau).log_likelihood) - fall

    low = brentq(beyond, 0, best.tau, xtol=1e-7) if best.tau > 0 and beyond(0.0) > 0 else 0.0
    top = max(2 * best.tau, 0.5)
    while beyond(top) < 0:
        if top > LARGEST_TAU:
            return float(low), np.inf
        top *= 2
    return float(low), float(brentq(beyond, best.tau, top, xtol=1e-7))


def given_tau(studies: Studies, near: Fit, tau: float) -> Fit:
    """Maximum likelihood of the coefficients for one tau, and their covariance given it.

    By Newton's method: for one tau the log-likelihood is concave, being the integral of a log-concave function, so a step that
    is halved until it climbs cannot go astray.
    """
    coefficients = near.coefficients
    here = _likelihood(studies, np.append(coefficients, tau))
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(here.information[:-1, :-1], here.gradient[:-1])
        while (there := _likelihood(studies, np.append(coefficients + step, tau))).value < here.value - NOISE:
            step = step / 2
        gain = there.value - here.value
        coefficients, here = coefficients + step, there
        if gain < NOISE:
            break
    return Fit(coefficients, _inverse(here.information[:-1, :-1]), tau, here.value)


def _best(studies: Studies, start: Floats) -> Floats:
    """The best parameters, by BFGS, which stops where rounding hides a fall of the value, and then by Newton steps."""

    def negative(parameters: Floats) -> tuple[float, Floats]:
        here = _likelihood(studies, parameters)
        return -here.value, -here.gradient

    found = minimize(negative, start, jac=True, method="BFGS").x
    for _ in range(2):
        here = _likelihood(studies, found)
        changed = found + np.linalg.lstsq(here.information, here.gradient)[0]
        if _value(studies, changed) < here.value:
            break
        found = changed
    return found


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _value(studies: Studies, parameters: Floats) -> float:
    return _likelihood(studies, parameters).value


def _likelihood(studies: Studies, parameters: Floats) -> _Likelihood:
    """By Louis' identity the information is that of the complete data, less the variance of their gradient."""
    y, n, design = studies
    tau = parameters[-1]
    eta = design @ parameters[:-1]
    mode, spread = _mode(y, n, eta, tau)
    width = np.arcsinh(np.minimum(REACH / spread, MOST_SPREADS))[:, None]
    z = mode[:, None] + spread[:, None] * np.sinh(width * POINTS)
    at = eta[:, None] + tau * z
    step = np.log(spread[:, None] * np.cosh(width * POINTS) * width * (POINTS[1] - POINTS[0]))
    log_joint = y[:, None] * at - n[:, None] * np.logaddexp(0, at) - z**2 / 2 + step
    peak = log_joint.max(axis=1)
    weight = np.exp(log_joint - peak[:, None])
    mass = weight.sum(axis=1)
    constant = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    value = (constant + peak + np.log(mass / np.sqrt(2 * np.pi))).sum()
    share = weight / mass[:, None]
    mean = n[:, None] * expit(at)
    residual, curvature = y[:, None] - mean, mean * (1 - mean / n[:, None])
    score, score_tau = (share * residual).sum(axis=1), (share * residual * z).sum(axis=1)
    lost = share * (curvature - residual**2)
    of_mean = lost.sum(axis=1) + score**2
    of_both = (lost * z).sum(axis=1) + score * score_tau
    of_tau = (lost * z**2).sum(axis=1) + score_tau**2
    across = design.T @ of_both
    information = np.block([[design.T @ (of_mean[:, None] * design), across[:, None]], [across[None, :], of_tau.sum()]])
    return _Likelihood(float(value), np.append(design.T @ score, score_tau.sum()), information)


def _mode(y: Floats, n: Floats, eta: Floats, tau: float) -> tuple[Floats, Floats]:
    """Where each integrand is largest, and its spread there, by Newton's method kept between bounds."""
    low, high = (np.minimum(tau * (y - n), tau * y), np.maximum(tau * (y - n), tau * y))
    # The mode of the normal likelihood of the log odds is close; half an event is added to find a place to start from.
    weight = (y + 0.5) * (n - y + 0.5) / (n + 1)
    z = np.clip(tau * weight / (1 + tau**2 * weight) * (logit((y + 0.5) / (n + 1)) - eta), low, high)
    for _ in range(200):
        mean = n * expit(eta + tau * z)
        slope = tau * (y - mean) - z
        low, high = np.where(slope > 0, z, low), np.where(slope < 0, z, high)
        curvature = 1 + tau**2 * mean * (1 - mean / n)
        newton = z + slope / curvature
        moved = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        if np.abs(moved - z).max() < 1e-6:
            break
        z = moved
    return moved, 1 / np.sqrt(curvature)
