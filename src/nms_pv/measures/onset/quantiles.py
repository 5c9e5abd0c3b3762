"""Quantiles of a sample of whole days."""

import numpy as np

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats

QUARTILES = (0.25, 0.5, 0.75)


def quantiles(days: Counts, shares: tuple[float, ...], level: float) -> Interval:
    """Quantiles with order-statistic (exact binomial) intervals.

    Parameters
    ----------
    days
        One time per case, shape (n,). Unit: days, 0 or more.
    shares
        Probabilities p of the quantiles, each between 0 and 1.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        Inverse of the empirical distribution, the mean of both neighbours where it is flat (the usual median). The number of
        times below the true quantile is binomial (n, p); the limits are the order statistics that leave at most
        ``(1 - level) / 2`` on either side. Where the sample is too small to have one, the lower limit is 0 and the upper
        infinite. Ties make the interval wider than needed, never narrower. Unit: days.

    Notes
    -----
    Undefined when there is no time.

    References
    ----------
    Conover WJ. Practical nonparametric statistics, 3rd ed. Wiley 1999, section 3.2 (memory: to be verified).
    Hyndman RJ, Fan Y. Am Stat 1996;50:361-5, definition 2. doi:10.1080/00031305.1996.10473566 (memory: to be verified)
    """
    from scipy.stats import binom

    times = np.sort(as_floats(days)[0])
    p = np.asarray(shares, dtype=np.float64)
    if times.size == 0:
        return Interval(*(np.full(p.shape, np.nan) for _ in range(3)))
    tail = (1 - level) / 2
    # The largest j with P(X <= j - 1) <= tail, and the smallest j with P(X >= j) <= tail; X is binomial (n, p).
    below = binom.ppf(tail, times.size, p)
    low_rank = np.where(binom.cdf(below, times.size, p) <= tail, below + 1, below)
    high_rank = binom.ppf(1 - tail, times.size, p) + 1
    with_ends = np.concatenate([[0.0], times, [np.inf]])
    return Interval(
        np.quantile(times, p, method="averaged_inverted_cdf"),
        _at(with_ends, low_rank),
        _at(with_ends, high_rank),
    )


def _at(with_ends: Floats, rank: Floats) -> Floats:
    return with_ends[np.clip(rank, 0, with_ends.size - 1).astype(np.int64)]
