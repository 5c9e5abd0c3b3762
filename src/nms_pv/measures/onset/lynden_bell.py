"""The distribution of times of which only those up to a limit could have been seen, without assuming its shape."""

from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtri

from nms_pv.measures.interval import Floats, Interval, as_floats, only_where

METHOD = (
    "Lynden-Bell product-limit estimate in reverse time; interval from the complementary log-log of its Greenwood variance; "
    "conditional on onset within the largest time that could have been seen"
)
EXHAUSTED = "every case that could have had a later time had it: the product-limit estimate is 0 from there down"


class ReverseCurve(NamedTuple):
    """Share with onset up to each day, given onset up to the largest limit; not a number where it is undefined.

    `at_risk` cases had their onset up to that day and could have been seen with it.
    """

    day: Floats
    share: Interval
    at_risk: Floats


def reverse_curve(days: Floats, limits: Floats, level: float) -> ReverseCurve:
    """Estimate at every day on which a case has its onset.

    Parameters
    ----------
    days
        T_i, one per case. Unit: days.
    limits
        U_i, the largest time with which the case could have been seen; ``T_i <= U_i``; infinite for no limit. Unit: days.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    ReverseCurve
        With ``d_j`` cases at day ``t_j`` and ``n_j`` cases with ``T_i <= t_j <= U_i``, the share at t is the product of
        ``1 - d_j / n_j`` over ``t_j > t``, and the variance of its logarithm the sum of ``d_j / (n_j (n_j - d_j))``; the limits
        are those of ``log(-log(share))``. Unit: none (share of cases).

    Notes
    -----
    Times must not depend on limits (quasi-independence). The estimate is conditional on onset up to the largest limit: of later
    onset such data say nothing. Undefined below a day at which ``d_j = n_j``: with few cases at risk the product is 0 there,
    and stays 0 whatever lies below. From the last day on the share is 1 by construction and has no interval.

    References
    ----------
    Lynden-Bell D. Mon Not R Astron Soc 1971;155:95-118. doi:10.1093/mnras/155.1.95 (memory: to be verified)
    Lagakos SW, Barraj LM, De Gruttola V. Biometrika 1988;75:515-23. doi:10.1093/biomet/75.3.515 (memory: to be verified)
    """
    times, ends = as_floats(days, limits)
    day, n_at = np.unique(times, return_counts=True)
    at_risk = _count(times, day, "right") - _count(ends, day, "left")
    later_at, later_risk = n_at[1:].astype(np.float64), at_risk[1:]
    log_share, variance = np.zeros(day.size), np.zeros(day.size)
    with np.errstate(divide="ignore"):
        log_share[:-1] = _from_above(np.log1p(-later_at / later_risk))
        variance[:-1] = _from_above(later_at / (later_risk * (later_risk - later_at)))
    defined = np.isfinite(log_share)
    below_one = defined & (log_share < 0)
    spread = np.sqrt(only_where(below_one, variance)) * ndtri((1 + level) / 2) / only_where(below_one, -log_share)
    low, high = (only_where(below_one, np.exp(log_share * np.exp(sign * spread))) for sign in (1, -1))
    return ReverseCurve(day, Interval(only_where(defined, np.exp(log_share)), low, high), at_risk)


def share_within(curve: ReverseCurve, marks: tuple[int, ...]) -> Interval:
    """The share with onset within each of these days; below the first onset 0, without an interval."""
    place = np.searchsorted(curve.day, np.asarray(marks, dtype=np.float64), side="right") - 1
    reached = place >= 0
    estimate = np.where(reached, curve.share.estimate[place], np.where(np.isnan(curve.share.estimate[0]), np.nan, 0.0))
    return Interval(estimate, only_where(reached, curve.share.low[place]), only_where(reached, curve.share.high[place]))


def _count(values: Floats, day: Floats, side: Literal["left", "right"]) -> Floats:
    """How many values lie below each day, or for `right` up to it."""
    return np.searchsorted(np.sort(values), day, side=side).astype(np.float64)


def _from_above(terms: Floats) -> Floats:
    return np.cumsum(terms[::-1])[::-1]
