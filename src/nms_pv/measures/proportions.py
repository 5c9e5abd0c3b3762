"""Proportions of reports."""

import numpy as np
from scipy.special import betainccinv, betaincinv

from nms_pv.measures.interval import Counts, Interval, as_floats, only_where


def clopper_pearson(numerator: Counts, denominator: Counts, level: float) -> Interval:
    """A proportion with the exact binomial interval.

    Parameters
    ----------
    numerator, denominator
        x of n. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``x / n`` and the quantiles of beta(x, n - x + 1) at ``(1 - level) / 2`` and of beta(x + 1, n - x) at
        ``(1 + level) / 2``; the lower limit is 0 when x is 0, the upper 1 when x is n. Unit: none (share of reports).

    Notes
    -----
    Undefined when n is 0.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-13. doi:10.1093/biomet/26.4.404
    """
    x, n = as_floats(numerator, denominator)
    tail = (1 - level) / 2
    defined = n > 0
    with np.errstate(invalid="ignore"):
        estimate = only_where(defined, x / np.where(defined, n, 1))
    low = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0)
    high = np.where(x < n, betainccinv(x + 1, np.maximum(n - x, 1), tail), 1)
    return Interval(estimate, only_where(defined, low), only_where(defined, high))
