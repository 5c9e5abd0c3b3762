"""Disproportionality of reporting in many 2x2 tables, one for each stratum, put together.

Cells a, b, c, d are those of a 2x2 table (measures/reports/disproportionality.py). All functions take integer arrays of one
shape whose last axis is the strata, and return arrays without that axis. A stratum carries information when group, reference,
reports that meet the definition and reports that do not are all there: then, and only then, ``a d + b c > 0``.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, gammainccinv, gammaincinv, ndtri

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats, only_where


class Homogeneity(NamedTuple):
    """Test of one odds ratio for all strata, with the strata that it rests on; not a number where undefined."""

    chi2: Floats
    strata: Floats
    p: Floats


def informative_strata(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """How many strata carry information: ``a d + b c > 0``. Unit: strata. Always defined."""
    a, b, c, d = as_floats(a, b, c, d)
    return (a * d + b * c > 0).sum(axis=-1).astype(np.float64)


def mantel_haenszel_ror(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Reporting odds ratio common to all strata, after Mantel and Haenszel.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 tables, strata on the last axis. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        With n the reports of a stratum, ``R = a d / n``, ``S = b c / n``, ``P = (a + d) / n``, ``Q = (b + c) / n``: the odds
        ratio is ``sum R / sum S``, and the variance of its logarithm, after Robins, Breslow and Greenland, ``sum PR / (2
        (sum R)^2) + sum (PS + QR) / (2 sum R sum S) + sum QS / (2 (sum S)^2)``; limits ``exp(ln ROR -/+ z SE)``, z the normal
        quantile of ``(1 + level) / 2``. One stratum gives the crude ratio and its Wald interval. Unit: none (ratio of odds
        of reporting).

    Notes
    -----
    Undefined when ``sum R`` or ``sum S`` is 0: in no stratum do a and d, or b and c, both have reports. The variance holds
    for few large and for many sparse strata alike.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48. doi:10.1093/jnci/22.4.719 (memory: to be verified)
    Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-23. doi:10.2307/2531052 (memory: to be verified)
    """
    a, b, c, d = as_floats(a, b, c, d)
    n = np.maximum(a + b + c + d, 1)
    agree, differ = (a + d) / n, (b + c) / n
    up, down = a * d / n, b * c / n
    sum_up, sum_down = up.sum(axis=-1), down.sum(axis=-1)
    defined = (sum_up > 0) & (sum_down > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = only_where(defined, sum_up / sum_down)
        variance = (
            (agree * up).sum(axis=-1) / (2 * sum_up**2)
            + (agree * down + differ * up).sum(axis=-1) / (2 * sum_up * sum_down)
            + (differ * down).sum(axis=-1) / (2 * sum_down**2)
        )
        factor = np.exp(ndtri((1 + level) / 2) * np.sqrt(variance))
        return Interval(estimate, estimate / factor, estimate * factor)


def breslow_day_tarone(a: Counts, b: Counts, c: Counts, d: Counts, least_expected: float) -> Homogeneity:
    """Test of Breslow and Day, corrected by Tarone, that all strata have the Mantel-Haenszel odds ratio.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 tables, strata on the last axis. Unit: distinct reports.
    least_expected
        Strata with an expected cell below this are left out of the test, but not of the odds ratio. Unit: distinct reports.

    Returns
    -------
    Homogeneity
        ``chi2 = sum (a - A)^2 / V - (sum (a - A))^2 / sum V``, A the expected cell a of a stratum given its margins and the
        Mantel-Haenszel odds ratio, ``V = 1 / (1/A + 1/B + 1/C + 1/D)``; degrees of freedom: strata of the test - 1; p its
        upper tail. A small p says that one ratio does not do for all strata.

    Notes
    -----
    Undefined when the Mantel-Haenszel odds ratio is, or with fewer than 2 strata in the test.

    The tail of the chi-squared distribution is an approximation that tiny expected cells do not meet: in simulation of 5
    strata with 0.1 expected reports beside 5 with 10, a true null hypothesis is rejected at 5 % in 12 % of studies; without
    strata that expect less than 1, in 4 to 6 %.

    References
    ----------
    Tarone RE. Biometrika 1985;72:91-5. doi:10.1093/biomet/72.1.91 (memory: to be verified)
    Breslow NE, Day NE. Statistical methods in cancer research, vol 1. IARC 1980, p. 142. (memory: to be verified)
    """
    a, b, c, d = as_floats(a, b, c, d)
    ratio = mantel_haenszel_ror(a, b, c, d, 0.5).estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.stack(_cells_given_ratio(a + b, c + d, a + c, b + d, ratio[..., None]))
        tested = (a * d + b * c > 0) & (cells.min(axis=0) >= least_expected)
        variance = np.where(tested, 1 / (1 / cells).sum(axis=0), 0)
        beyond = np.where(tested, a - cells[0], 0)
        by_stratum = np.where(tested, beyond**2 / variance, 0)
        chi2 = by_stratum.sum(axis=-1) - beyond.sum(axis=-1) ** 2 / variance.sum(axis=-1)
    strata = tested.sum(axis=-1).astype(np.float64)
    defined = strata > 1
    # The correction is never larger than the sum, but rounding may make it so where all strata agree.
    chi2 = only_where(defined, np.maximum(chi2, 0))
    return Homogeneity(chi2, strata, only_where(defined, chdtrc(np.maximum(strata - 1, 1), chi2)))


def _cells_given_ratio(group: Floats, reference: Floats, cases: Floats, others: Floats, ratio: Floats) -> tuple[Floats, ...]:
    """The four cells, each by itself: a difference of margins would lose the digits of a small cell beside a large one."""
    return (
        _expected_given_ratio(group, reference, cases, ratio),
        _expected_given_ratio(group, reference, others, 1 / ratio),
        _expected_given_ratio(reference, group, cases, 1 / ratio),
        _expected_given_ratio(reference, group, others, ratio),
    )


def _expected_given_ratio(group: Floats, reference: Floats, cases: Floats, ratio: Floats) -> Floats:
    """Cell a of a 2x2 table with these margins and this odds ratio: the root of a quadratic that leaves no cell negative."""
    linear = reference - cases + ratio * (group + cases)
    # The discriminant as a sum without a negative term.
    mixed = group * reference + cases * (group + reference - cases)
    root = np.sqrt((ratio * (group - cases)) ** 2 + 2 * ratio * mixed + (reference - cases) ** 2)
    # Two forms of the same root: each subtracts nothing nearly equal where it is used.
    return np.where(linear > 0, 2 * ratio * group * cases / (linear + root), (root - linear) / (2 * (1 - ratio)))


def stratified_expected(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """Reports expected in cell a if group and definition were independent within strata: ``sum (a + b)(a + c) / n``.

    Unit: distinct reports. Strata without reports add nothing.
    """
    a, b, c, d = as_floats(a, b, c, d)
    return ((a + b) * (a + c) / np.maximum(a + b + c + d, 1)).sum(axis=-1)


def stratified_ic(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Information component with the reports expected within strata, and the exact gamma interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 tables, strata on the last axis. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``log2((sum a + 0.5) / (E + 0.5))``, ``E = sum (a + b)(a + c) / n``, and log2 of the quantiles of the gamma
        distribution with shape ``sum a + 0.5`` and rate ``E + 0.5``. One stratum gives the crude IC. Unit: binary logarithm
        of observed to expected reports, shrunk towards 0.

    Notes
    -----
    Undefined when nothing is expected (E is 0).

    References
    ----------
    Norén GN, Hopstadius J, Bate A. Stat Methods Med Res 2013;22:57-69. doi:10.1177/0962280211403604
    """
    expected = stratified_expected(a, b, c, d)
    observed = np.asarray(a).sum(axis=-1) + 0.5
    tail = (1 - level) / 2
    values = (observed, gammaincinv(observed, tail), gammainccinv(observed, tail))
    return Interval(*(only_where(expected > 0, np.log2(value / (expected + 0.5))) for value in values))
