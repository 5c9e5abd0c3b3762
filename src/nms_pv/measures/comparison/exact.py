"""Exact inference on one 2x2 table, and what many tests at once do to it.

Cells a, b, c, d are those of a 2x2 table (measures/reports/disproportionality.py).
"""

import numpy as np

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats, only_where


def mid_p(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """Two-sided mid-p value of Fisher's exact test that the odds ratio is 1.

    Parameters
    ----------
    a, b, c, d
        Cells of 2x2 tables, integer arrays of one shape. Unit: distinct reports.

    Returns
    -------
    array
        ``min(1, 2 min(P(X < a), P(X > a)) + P(X = a))``, X hypergeometric given the margins. Unit: none (probability).

    Notes
    -----
    Undefined when any margin is 0: then the table cannot be other than it is. Chosen over the Wald test because it is
    defined when a cell is 0, and over Fisher's own p-value because that one is needlessly large in sparse tables.

    References
    ----------
    Lancaster HO. J Am Stat Assoc 1961;56:223-34. doi:10.1080/01621459.1961.10482105 (memory: to be verified)
    """
    from scipy.stats import hypergeom

    a, b, c, d = (np.asarray(cell, dtype=np.int64) for cell in (a, b, c, d))
    group, cases, total = a + b, a + c, a + b + c + d
    defined = (group > 0) & (cases > 0) & (group < total) & (cases < total)
    # A table that can be none other is not asked for: 1 of 2 stands in for it.
    x, n, k, m = (np.where(defined, value, plain) for value, plain in ((a, 0), (total, 2), (group, 1), (cases, 1)))
    tail = np.minimum(hypergeom.cdf(x - 1, n, m, k), hypergeom.sf(x, n, m, k))
    return only_where(defined, np.minimum(1, 2 * tail + hypergeom.pmf(x, n, m, k)))


def q_values(p: Floats) -> Floats:
    """Benjamini-Hochberg q-values of one family of tests.

    Parameters
    ----------
    p
        p-values of the family, one-dimensional; not a number where a test is undefined: it is no member.

    Returns
    -------
    array
        ``q_(i) = min over j >= i of m p_(j) / j``, p_(j) the j-th smallest of m: calling all tests with q below a threshold
        keeps the expected share of false ones among them below it, if tests are independent or positively dependent.

    Notes
    -----
    Undefined where p is.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300. doi:10.1111/j.2517-6161.1995.tb02031.x (memory: to be verified)
    """
    from scipy.stats import false_discovery_control

    found = np.isfinite(p)
    q = np.full(p.shape, np.nan)
    if found.any():
        q[found] = false_discovery_control(p[found])
    return q


def conditional_ror(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Conditional maximum likelihood of the reporting odds ratio with the exact (Fisher) interval, for sparse tables.

    Parameters
    ----------
    a, b, c, d
        Cells of 2x2 tables, one-dimensional integer arrays. Unit: distinct reports.
    level
        Nominal coverage, between 0 and 1; the exact interval covers at least as often.

    Returns
    -------
    Interval
        Maximum of the noncentral hypergeometric likelihood given the margins, and the odds ratios at which each tail is
        ``(1 - level) / 2``. With a or d 0 it is 0, with an upper limit; with b or c 0 it is infinite, and given as undefined
        with a lower limit. Unit: none (ratio of odds of reporting).

    Notes
    -----
    Undefined when any margin is 0. Solved table by table: meant for the few that are sparse.

    References
    ----------
    Fisher RA. J R Stat Soc 1935;98:39-82. doi:10.2307/2342435 (memory: to be verified)
    """
    from scipy.stats.contingency import odds_ratio

    a, b, c, d = as_floats(a, b, c, d)
    values = np.full((3, a.size), np.nan)
    for at in np.flatnonzero((a + b > 0) & (c + d > 0) & (a + c > 0) & (b + d > 0)):
        found = odds_ratio(np.array([[a[at], b[at]], [c[at], d[at]]]).astype(np.int64), kind="conditional")
        values[:, at] = found.statistic, *found.confidence_interval(level)
    return Interval(*np.where(np.isinf(values), np.nan, values))
