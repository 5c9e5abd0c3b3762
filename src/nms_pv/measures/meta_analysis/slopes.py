"""Whether proportions go with the year or the size of studies."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Counts, Floats, as_floats
from nms_pv.measures.meta_analysis.glmm import Studies, fit
from nms_pv.measures.meta_analysis.over_tau import limits_of_coefficient, over_tau
from nms_pv.measures.meta_analysis.pooled import why_not_pooled

FEWEST_STUDIES = 10
YEARS, PEOPLE = 10, 1_000


class Slope(NamedTuple):
    """Ratio of odds with limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


def year_slope(events: Counts, people: Counts, years: Counts, level: float) -> Slope:
    """Ratio of the odds of studies published ten years apart: below 1, later studies find fewer.

    Parameters
    ----------
    events, people
        y_i of n_i, one per study, shape (k,). Unit: persons.
    years
        Year of publication, shape (k,).
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Slope
        ``exp(10 beta)`` of the year, linear, in the binomial-normal model. Limits with tau
        integrated out (`over_tau.limits_of_coefficient`). Unit: none (ratio of odds, per 10 years).

    Notes
    -----
    Undefined with fewer than 10 studies (Cochrane Handbook, chapter 10: ten for each covariate), where nothing can be pooled,
    and when fewer than two values of the covariate have a study with both events and people without one, since the ratio may
    then be 0 or infinite. Studies differ in more than their year: it is a trend in publications, not in people.
    """
    (year,) = as_floats(years)
    return _slope(events, people, year / YEARS, level)


def size_slope(events: Counts, people: Counts, level: float) -> Slope:
    """Ratio of the odds of studies of which one is ten times as large as the other: below 1, larger studies find fewer.

    Returns
    -------
    Slope
        ``exp(beta)`` of ``log10(n_i)``; all else as for `year_slope`. Unit: none (ratio of odds, per tenfold people).

    Notes
    -----
    Size is used, not the standard error: that of a proportion, ``sqrt(p (1 - p) / n)``, holds the proportion itself, so that
    proportions go with their standard errors even where size plays no part. This bears on the finding that the standard error
    explains 90.8 % of the variance of 26 published values.

    References
    ----------
    Gurrera RJ, Simpson JC, Tsuang MT. Compr Psychiatry 2007;48:183-7 (abstract). doi:10.1016/j.comppsych.2006.09.004
    """
    (n,) = as_floats(people)
    return _slope(events, people, np.log10(n), level)


def small_study_slope(events: Counts, people: Counts, level: float) -> Slope:
    """Ratio of the odds of a study of 1,000 people to those of a study without end: above 1, small studies find more.

    Returns
    -------
    Slope
        ``exp(beta / 1000)`` of ``1 / n_i``: the regression of Peters for odds ratios, with the proportion in their place, and
        the binomial-normal likelihood in the place of weights; all else as for `year_slope`. Unit: none (ratio of odds).

    References
    ----------
    Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L. JAMA 2006;295:676-80. doi:10.1001/jama.295.6.676 (memory: to be
    verified)
    """
    (n,) = as_floats(people)
    return _slope(events, people, PEOPLE / n, level)


def _slope(events: Counts, people: Counts, covariate: Floats, level: float) -> Slope:
    y, n = as_floats(events, people)
    reason = _why_undefined(y, n, covariate)
    if reason is not None:
        return Slope(np.nan, np.nan, np.nan, reason)
    # On the scale of its own spread, so that steps of the search are of one size; put back at the end.
    scale = covariate.std()
    studies = Studies(y, n, np.column_stack([np.ones_like(y), (covariate - covariate.mean()) / scale]))
    best = fit(studies)
    limits = limits_of_coefficient(over_tau(studies, best, 1), level)
    estimate, low, high = np.exp(np.array([best.coefficients[1], *limits]) / scale)
    return Slope(float(estimate), float(low), float(high), None)


def _why_undefined(y: Floats, n: Floats, covariate: Floats) -> str | None:
    reason = why_not_pooled(y, n)
    if reason is None and y.size < FEWEST_STUDIES:
        return f"{y.size} studies; at least {FEWEST_STUDIES} are needed for a covariate"
    if reason is None and np.unique(covariate[(y > 0) & (y < n)]).size < 2:
        return "studies with both outcomes have fewer than two values of the covariate"
    return reason
