"""Incidence rates, their ratio and their difference, for many groups at once.

==========  ==================  ==================
.           the group           the reference
==========  ==================  ==================
episodes    a                   c
days        t1                  t0
==========  ==================  ==================

Episodes are taken as Poisson, person-days as known. All functions take integer arrays of one shape and return arrays of
that shape; what is undefined is not a number, and no count is ever raised by 0.5 to make a ratio computable.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats, difference, only_where
from nms_pv.measures.proportions import clopper_pearson

PER_PERSON_YEARS = 100_000
DAYS_PER_YEAR = 365.25
DECIMALS = 3


def rate(events: Counts, person_days: Counts, level: float) -> Interval:
    """Incidence rate with the exact Poisson interval.

    Parameters
    ----------
    events
        x. Unit: episodes.
    person_days
        t. Unit: person-days at risk.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``x / T`` with T the person-years ``t / 365.25``, and the quantiles of gamma(x) at ``(1 - level) / 2`` and of
        gamma(x + 1) at ``(1 + level) / 2``, each divided by T; these are half the quantiles of chi-squared with 2x and
        2x + 2 degrees of freedom. The lower limit is 0 when x is 0. Unit: episodes per 100,000 person-years.

    Notes
    -----
    Undefined when there is no person-time.

    References
    ----------
    Garwood F. Biometrika 1936;28:437-42. doi:10.1093/biomet/28.3-4.437 (memory: to be verified)
    """
    x, days = as_floats(events, person_days)
    return garwood(x, days / DAYS_PER_YEAR, PER_PERSON_YEARS, level)


def rounded_rate(events: Counts, person_days: Counts, level: float) -> Interval:
    """Incidence rate as IncidencePrevalence reports it, to be compared with its results.

    Parameters
    ----------
    events, person_days, level
        As for `rate`.

    Returns
    -------
    Interval
        As `rate`, but from person-years rounded to 3 decimals first, and itself rounded to 3 decimals. Both roundings are
        those of R (see `_round`). Unit: episodes per 100,000 person-years.

    Notes
    -----
    Undefined when there is no person-time. With one person-day the first rounding moves the rate by 9 %, with 100
    person-days by less than 0.2 %.

    References
    ----------
    IncidencePrevalence, R/estimateIncidence.R. https://github.com/darwin-eu/IncidencePrevalence
    """
    x, days = as_floats(events, person_days)
    return Interval(*(_round(values) for values in garwood(x, _round(days / DAYS_PER_YEAR), PER_PERSON_YEARS, level)))


def rate_ratio(a: Counts, t1: Counts, c: Counts, t0: Counts, level: float) -> Interval:
    """Ratio of two rates with the exact conditional interval.

    Parameters
    ----------
    a, c
        Episodes of the group and of the reference. Unit: episodes.
    t1, t0
        Their time at risk. Unit: person-days.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``(a / t1) / (c / t0)``. Given a + c, a is binomial with probability ``R t1 / (R t1 + t0)``, R the true ratio; the
        limits are those of Clopper and Pearson for that probability, solved for R. The lower limit is 0 when a is 0. Unit:
        none (ratio of rates).

    Notes
    -----
    Undefined when t1 or t0 is 0, and when c is 0: the estimate would be infinite and the interval without an upper end. The
    difference of the rates is defined then.

    References
    ----------
    Przyborowski J, Wilenski H. Biometrika 1940;31:313-23. doi:10.1093/biomet/31.3-4.313 (memory: to be verified)
    """
    a, t1, c, t0 = as_floats(a, t1, c, t0)
    defined = (t1 > 0) & (t0 > 0) & (c > 0)
    share = clopper_pearson(a, a + c, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (share_limit / (1 - share_limit) * (t0 / t1) for share_limit in (share.low, share.high))
        estimate = (a / t1) / (c / t0)
    return Interval(*(only_where(defined, values) for values in (estimate, low, high)))


def rate_difference(a: Counts, t1: Counts, c: Counts, t0: Counts, level: float) -> Interval:
    """Difference of two rates with an interval from the exact limits of each (MOVER).

    Parameters
    ----------
    a, t1, c, t0, level
        As for `rate_ratio`.

    Returns
    -------
    Interval
        ``d = r1 - r0``, limits ``d - sqrt((r1 - l1)^2 + (u0 - r0)^2)`` and ``d + sqrt((u1 - r1)^2 + (r0 - l0)^2)``, with
        l and u the limits of `rate`. Unit: episodes per 100,000 person-years.

    Notes
    -----
    Undefined when t1 or t0 is 0. There is no exact conditional interval as there is for the ratio: no statistic frees the
    difference from the level of the rates. The limits recover the variance near each limit from the exact interval of each
    rate (method of variance estimates recovery), so they stay sensible without episodes.
    """
    return difference(rate(a, t1, level), rate(c, t0, level))


def why_ratio_undefined(a: Counts, t1: Counts, c: Counts, t0: Counts) -> npt.NDArray[np.object_]:
    """Why `rate_ratio` is undefined, in words: an array of texts, None where it is defined."""
    a, t1, c, t0 = as_floats(a, t1, c, t0)
    reasons = {
        "no person-time in the group": t1 == 0,
        "no person-time in the reference group": t0 == 0,
        "no episode in either group": a + c == 0,
        "no episode in the reference group": c == 0,
    }
    texts = [np.asarray(text, dtype=object) for text in reasons]
    return np.select(list(reasons.values()), texts, default=np.asarray(None, dtype=object))


def garwood(x: Floats, exposure: Floats, per: float, level: float) -> Interval:
    """Events per so much exposure, with the exact Poisson interval; undefined where there is no exposure (see `rate`)."""
    tail = (1 - level) / 2
    low = np.where(x > 0, gammaincinv(np.maximum(x, 1), tail), 0)
    limits = (x, low, gammainccinv(x + 1, tail))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(*(only_where(exposure > 0, limit / exposure * per) for limit in limits))


def _round(values: Floats) -> Floats:
    """Round to `DECIMALS` as R 4 does: to the nearer decimal neighbour as stored, to the even one if both are as near.

    Scaling, rounding and scaling back (NumPy's way) differs where only the scaled value is a half: 0.0055, stored as a little
    less, becomes 0.005 here and 0.006 there.
    """
    scale = 10.0**DECIMALS
    below = np.floor(values * scale)
    down, up = below / scale, np.ceil(values * scale) / scale
    to_down, to_up = values - down, up - values
    return np.where((to_down < to_up) | ((to_down == to_up) & (below % 2 == 0)), down, up)
