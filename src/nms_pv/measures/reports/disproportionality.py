"""Disproportionality of reporting in a 2x2 table, for many tables at once.

============================  =====================  =====================
distinct reports              meets the definition   does not meet it
============================  =====================  =====================
names a drug of the group     a                      b
does not name one             c                      d
============================  =====================  =====================

All functions take integer arrays of one shape and return arrays of that shape. What is undefined is not a number: no cell
is ever raised by 0.5 to make a ratio computable.
"""

import numpy as np
from scipy.special import gammainccinv, gammaincinv, ndtri

from nms_pv.measures.interval import Counts, Flags, Floats, Interval, as_floats, only_where

FEWEST_REPORTS = 3
EVANS_PRR = 2.0
EVANS_CHI2 = 4.0
# The published screening rules are stated for this level, whatever the level of the intervals that are shown.
SCREEN_LEVEL = 0.95


def ror(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Reporting odds ratio with the log-normal (Wald) interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``ROR = a d / (b c)`` and ``exp(ln ROR -/+ z sqrt(1/a + 1/b + 1/c + 1/d))``, z the normal quantile of
        ``(1 + level) / 2``. Unit: none (ratio of odds of reporting).

    Notes
    -----
    Undefined when any cell is 0.

    References
    ----------
    van Puijenbroek EP et al. Pharmacoepidemiol Drug Saf 2002;11:3-10. doi:10.1002/pds.668
    """
    a, b, c, d = as_floats(a, b, c, d)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = a * d / (b * c)
        standard_error = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return _log_normal(estimate, standard_error, level, (a > 0) & (b > 0) & (c > 0) & (d > 0))


def prr(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Proportional reporting ratio with the log-normal interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``PRR = (a / (a + b)) / (c / (c + d))`` and ``exp(ln PRR -/+ z sqrt(1/a - 1/(a + b) + 1/c - 1/(c + d)))``, z the
        normal quantile of ``(1 + level) / 2``. Unit: none (ratio of proportions of reports).

    Notes
    -----
    Undefined when a or c is 0.

    References
    ----------
    Evans SJW, Waller PC, Davis S. Pharmacoepidemiol Drug Saf 2001;10:483-6. doi:10.1002/pds.677
    """
    a, b, c, d = as_floats(a, b, c, d)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = a * (c + d) / (c * (a + b))
        standard_error = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    return _log_normal(estimate, standard_error, level, (a > 0) & (c > 0))


def chi2_yates(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """Chi-squared of the 2x2 table with Yates' continuity correction.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: distinct reports.

    Returns
    -------
    array
        ``N max(0, |a d - b c| - N / 2)^2 / ((a + b)(c + d)(a + c)(b + d))``, N the sum of the cells. Unit: none; one
        degree of freedom.

    Notes
    -----
    Undefined when any margin is 0.

    References
    ----------
    Yates F. Suppl J R Stat Soc 1934;1:217-35. doi:10.2307/2983604
    """
    a, b, c, d = as_floats(a, b, c, d)
    total = a + b + c + d
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    corrected = np.maximum(0, np.abs(a * d - b * c) - total / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return only_where(margins > 0, total * corrected**2 / margins)


def expected(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """Reports expected in cell a if group and definition were independent: ``E = (a + b)(a + c) / N``.

    Unit: distinct reports. Undefined when there is no report at all.
    """
    a, b, c, d = as_floats(a, b, c, d)
    total = a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        return only_where(total > 0, (a + b) * (a + c) / total)


def ic(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Information component with the exact gamma interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``IC = log2((a + 0.5) / (E + 0.5))``, and log2 of the quantiles of the gamma distribution with shape ``a + 0.5`` and
        rate ``E + 0.5``. Unit: binary logarithm of observed to expected reports, shrunk towards 0. The 0.5 are its prior,
        not a correction.

    Notes
    -----
    Undefined when nothing is expected (E is 0): the group or the definition has no report.

    References
    ----------
    Norén GN, Hopstadius J, Bate A. Stat Methods Med Res 2013;22:57-69. doi:10.1177/0962280211403604
    """
    shrunk = expected(a, b, c, d) + 0.5
    (observed,) = as_floats(a)
    # The quantiles depend on `a` alone, and many pairs share the same few counts.
    counts, position = np.unique(observed, return_inverse=True)
    tail = (1 - level) / 2
    low = gammaincinv(counts + 0.5, tail)[position].reshape(observed.shape)
    high = gammainccinv(counts + 0.5, tail)[position].reshape(observed.shape)
    defined = shrunk > 0.5
    return Interval(*(only_where(defined, np.log2(value / shrunk)) for value in (observed + 0.5, low, high)))


def evans_screen(a: Counts, prr_estimate: Floats, chi2: Floats) -> Flags:
    """Evans' rule: ``PRR >= 2``, chi-squared with Yates' correction ``>= 4``, ``a >= 3``. False when undefined.

    References
    ----------
    Evans SJW, Waller PC, Davis S. Pharmacoepidemiol Drug Saf 2001;10:483-6. doi:10.1002/pds.677
    """
    return (np.asarray(a) >= FEWEST_REPORTS) & (prr_estimate >= EVANS_PRR) & (chi2 >= EVANS_CHI2)


def ror_screen(a: Counts, low: Floats) -> Flags:
    """Lower limit of the ROR (at `SCREEN_LEVEL`) above 1 and ``a >= 3``. False when undefined."""
    return (np.asarray(a) >= FEWEST_REPORTS) & (low > 1)


def ic_screen(low: Floats) -> Flags:
    """Lower limit of the IC (at `SCREEN_LEVEL`) above 0. False when undefined."""
    return low > 0


def _log_normal(estimate: Floats, standard_error: Floats, level: float, defined: Flags) -> Interval:
    factor = np.exp(ndtri((1 + level) / 2) * only_where(defined, standard_error))
    estimate = only_where(defined, estimate)
    return Interval(estimate, estimate / factor, estimate * factor)
