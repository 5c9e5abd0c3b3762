"""Rate ratios within persons: estimate and limits of any contrast of the covariates."""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.own_control.likelihood import Point, Problem, maximum, problem
from nms_pv.measures.own_control.separation import finite_part
from nms_pv.measures.own_control.spans import Ints

MOST_STEPS = 60
# With a standard error below this, Wald's limits differ from those of the profile by less than 0.2 %, and cost nothing.
SMALL_ERROR = 0.05
# A step of Newton's method from so near is the last: the next would be about the square of it.
NEAR = 1e-5


class Within(NamedTuple):
    """Ratios of contrasts; not a number where there is no finite estimate. The errors are those of the logarithms (Wald)."""

    ratio: Interval
    standard_error: Floats


def ratios_within_persons(
    person: Ints, pattern: Ints, days: Ints, events: Ints, design: Floats, contrasts: Floats, level: float
) -> Within:
    """Ratios of rates from the comparison of each person with itself.

    Parameters
    ----------
    person, pattern, days, events
        One entry for each cell, sorted by person: the person, the row of the design, the days (1 in a case-crossover) and
        the episodes. Whole numbers.
    design
        Covariates x of each pattern, shape (patterns, covariates).
    contrasts
        Rows c, shape (contrasts, covariates).
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Within
        ``exp(c b)`` with b the maximum of the conditional likelihood of `likelihood.py`. Limits are where twice the
        log-likelihood, maximised over all else, falls below its maximum by the quantile of chi-squared with 1 degree of freedom
        (profile likelihood); Wald's where the standard error is so small that both agree to 0.2 %. Unit: none (ratio of rates,
        or of odds).

    Notes
    -----
    Undefined where the likelihood has no maximum at a finite ratio: nobody with an episode had days on both sides, or within
    persons all episodes lie on one side. Covariates that separate the episodes are no hindrance for the others.
    """
    kept, basis = finite_part(person, pattern, events, design)
    undefined = np.full(len(contrasts), np.nan)
    within = Within(Interval(undefined, undefined.copy(), undefined.copy()), undefined.copy())
    is_finite = np.linalg.norm(contrasts - contrasts @ basis @ basis.T, axis=1) < 1e-6
    if not is_finite.any():
        return within
    data = problem(person[kept], pattern[kept], days[kept], events[kept], design @ basis)
    best = maximum(data, np.zeros(basis.shape[1]), np.eye(basis.shape[1]))
    variance = np.linalg.inv(best.information)
    for row in np.flatnonzero(is_finite):
        contrast = contrasts[row] @ basis
        error = np.sqrt(contrast @ variance @ contrast)
        limits = [_limit(data, best, contrast, side * error, level) for side in (-1, 1)]
        for values, log in zip(within.ratio, (0.0, *limits), strict=True):
            values[row] = np.exp(contrast @ best.coefficients + log)
        within.standard_error[row] = error
    return within


def _limit(data: Problem, best: Point, contrast: Floats, error: float, level: float) -> float:
    """How far from its estimate a contrast lies where the profile of the log-likelihood has fallen by half the quantile.

    The profile is concave, so Newton's method finds the place from anywhere beyond it, and comes from within at the first step
    to a place beyond it. `error` is the standard error, negative for the lower limit.
    """
    fall = chdtri(1, 1 - level)
    distance = step = np.sqrt(fall) * error
    if abs(error) < SMALL_ERROR:
        return float(distance)
    unchanged = np.linalg.svd(contrast[None, :])[2][1:].T
    here = best
    for _ in range(MOST_STEPS):
        # The direction in which the contrast grows by 1 and the log-likelihood falls least.
        path = np.linalg.solve(here.information, contrast)
        path /= contrast @ path
        here = maximum(data, here.coefficients + path * step, unchanged)
        beyond = 2 * (best.log_likelihood - here.log_likelihood) - fall
        step = beyond / (2 * (path @ here.score))
        distance += step
        if abs(beyond) < NEAR:
            return float(distance)
    raise RuntimeError("the limit of the profile likelihood was not found")
