"""The maximum of a penalised likelihood, and limits where its profile falls below it."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import brentq
from scipy.special import chdtri

from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.logistic.patterns import Fitted, undefined

NOT_CONVERGED = "the fit did not converge"
MOST_STEPS = 300
MOST_HALVINGS = 40
# Squared distance from the maximum, in standard errors, at which a climb ends; what it misses of the value is half of that,
# so points of a profile, of which the value alone counts, may end earlier.
NEAR = 1e-16
NEAR_ENOUGH_OF_PROFILE = 1e-9
# Differences of log-likelihood that are rounding, as a share of it.
ROUNDING = 1e-13
WIDEST = 60


class NotConverged(Exception):
    """No maximum, or no limit, was reached."""


class Slope(NamedTuple):
    """A penalised log-likelihood at some coefficients: its value, gradient, and information (columns x columns)."""

    coefficients: Floats
    value: float
    gradient: Floats
    information: Floats


Likelihood = Callable[[Floats], Slope]


def fitted(likelihood: Likelihood, size: int, wanted: int, level: float) -> list[Fitted]:
    """Odds ratios of the first `wanted` of `size` coefficients, with profile limits; a reason where the fit fails."""
    from threadpoolctl import threadpool_limits

    # In one thread: the last digits of sums, and so the bytes, do not depend on the number of processors.
    with threadpool_limits(1):
        return _fitted(likelihood, size, wanted, level)


def _fitted(likelihood: Likelihood, size: int, wanted: int, level: float) -> list[Fitted]:
    try:
        best = climb(likelihood, np.zeros(size), np.ones(size, dtype=bool))
    except NotConverged:
        return [undefined(NOT_CONVERGED)] * wanted
    return [_with_limits(likelihood, best, column, level) for column in range(wanted)]


def climb(likelihood: Likelihood, start: Floats, free: Flags, near: float = NEAR) -> Slope:
    """The maximum over the `free` coefficients, by scoring with steps halved until they climb.

    Raises
    ------
    NotConverged
        When the maximum is not reached within `MOST_STEPS`.
    """
    here = likelihood(start)
    for _ in range(MOST_STEPS):
        gradient = here.gradient[free]
        try:
            step = cho_solve(cho_factor(here.information[np.ix_(free, free)]), gradient)
        except (np.linalg.LinAlgError, ValueError):
            raise NotConverged from None
        if gradient @ step < near:
            return here
        here = _climbed(likelihood, here, free, step)
    raise NotConverged


def _with_limits(likelihood: Likelihood, best: Slope, column: int, level: float) -> Fitted:
    """Limits are where twice the log-likelihood falls below its maximum by the quantile of chi-squared."""
    try:
        low, high = (_limit(likelihood, best, column, side, level) for side in (-1, 1))
    except NotConverged:
        return undefined(NOT_CONVERGED)
    estimate, low, high = (float(np.exp(value)) for value in (best.coefficients[column], low, high))
    return Fitted(estimate, low, high, None)


def _limit(likelihood: Likelihood, best: Slope, column: int, side: int, level: float) -> float:
    root = np.sqrt(chdtri(1, 1 - level))
    others = np.arange(best.coefficients.size) != column
    unit = np.where(others, 0.0, 1.0)
    covariance = np.linalg.solve(best.information, unit)
    # The others move so along with this one, near the maximum: a start that leaves a refit little to do.
    along = covariance / covariance[column]

    @cache
    def beyond(moved: float) -> float:
        if moved == 0:
            return float(-root)
        # The square root of the fall is nearly a straight line, whose zero is found in few refits.
        refitted = climb(likelihood, best.coefficients + moved * along, others, NEAR_ENOUGH_OF_PROFILE)
        return float(np.sqrt(max(0.0, 2 * (best.value - refitted.value))) - root)

    step = side * root * np.sqrt(covariance[column])
    for _ in range(WIDEST):
        if beyond(step) > 0:
            return float(best.coefficients[column] + brentq(beyond, 0, step, xtol=1e-7 * abs(step)))
        step *= 1.4
    raise NotConverged


def _climbed(likelihood: Likelihood, here: Slope, free: Flags, step: Floats) -> Slope:
    for halved in range(MOST_HALVINGS):
        moved = here.coefficients.copy()
        moved[free] += step / 2**halved
        there = likelihood(moved)
        if there.value >= here.value - ROUNDING * abs(here.value):
            return there
    raise NotConverged
