"""Statistics of reporting over years: the trend of the reporting ratio, and how much one sender weighs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit, stdtrit

from nms_pv.measures.interval import Counts, Floats, as_floats

FEWEST_YEARS = 3
# Limits of the logarithm of an annual ratio beyond these are taken for infinite.
WIDEST = 50.0
PRECISE = 1e-10


class AnnualRatio(NamedTuple):
    """The ratio with its limits; not a number, with a reason, where undefined. `dispersion` is not raised to 1."""

    estimate: float
    low: float
    high: float
    dispersion: float
    undefined_reason: str | None


class _Years(NamedTuple):
    year: Floats
    cases: Floats
    all_cases: Floats
    offset: Floats


def annual_ratio(year: Counts, a: Counts, n1: Counts, c: Counts, n0: Counts, level: float) -> AnnualRatio:
    """Ratio of the proportional reporting ratio of one year to that of the year before.

    Parameters
    ----------
    year
        Shape (years,), each once.
    a, n1
        Cases and all reports of the group in each year. Unit: distinct reports.
    c, n0
        The same of all other reports of the year.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    AnnualRatio
        ``exp(h)`` in ``log(PRR of year t) = g + h t``. Given the cases of each year, ``a + c``, those of the group are binomial
        with log odds ``log(n1 / n0) + g + h t``: whatever raises or lowers all reporting of a year cancels. Limits are where the
        profile of twice the log-likelihood, over the dispersion, falls by the square of the quantile of Student's distribution
        with ``years - 2`` degrees of freedom; dispersion is Pearson's chi-squared over these, but not less than 1. A limit is 0
        or infinite where the profile does not fall so far for any ratio one could meet. Unit: none (ratio per year).

    Notes
    -----
    Years without a case, and without reports on either side, say nothing and are left out. Undefined with fewer than 3 years
    left, and when all years with a case of the group lie on one side of all with another case: the ratio has no finite estimate.
    It is a trend of reporting, which notoriety, law suits and new competitors move; not of occurrence.
    """
    t, a, n1, c, n0 = as_floats(year, a, n1, c, n0)
    told = (a + c > 0) & (n1 > 0) & (n0 > 0)
    t, a, n1, c, n0 = (values[told] for values in (t, a, n1, c, n0))
    if t.size < FEWEST_YEARS:
        return _undefined(f"{t.size} years with a case and reports on both sides; a trend needs {FEWEST_YEARS}")
    if not (a.any() and c.any()):
        return _undefined("no case of the group in any year" if not a.any() else "no case outside the group in any year")
    ours, others = t[a > 0], t[c > 0]
    if not (ours.min() < others.max() and others.min() < ours.max()):
        return _undefined("no finite estimate: the cases of the group lie all before or all after the others")
    years = _Years(t - t.mean(), a, a + c, np.log(n1 / n0))
    slope = _root(lambda h: _score(years, h), 0.0)
    share = expit(years.offset + _level(years, slope) + slope * years.year)
    free = t.size - 2
    dispersion = float(((a - years.all_cases * share) ** 2 / (years.all_cases * share * (1 - share))).sum() / free)
    fall = stdtrit(free, (1 + level) / 2) ** 2 * max(1.0, dispersion)
    best = _log_likelihood(years, slope)
    low, high = (_limit(years, slope, best, side, fall) for side in (-1, 1))
    return AnnualRatio(float(np.exp(slope)), float(np.exp(low)), float(np.exp(high)), dispersion, None)


def herfindahl(counts: Counts) -> float:
    """Herfindahl index of concentration: the sum of the squared shares.

    Parameters
    ----------
    counts
        Cases of each sender. Unit: distinct reports.

    Returns
    -------
    float
        ``sum((x_i / sum(x))^2)``: the probability that two cases, drawn with replacement, are of one sender. Between one over
        the number of senders and 1. Unit: none.

    Notes
    -----
    Undefined (not a number) without cases. Few cases make it large whoever sends them: it is at least one over their number.

    References
    ----------
    Herfindahl OC. Concentration in the US steel industry. Columbia University, 1950 (memory: to be verified)
    """
    (x,) = as_floats(counts)
    return float((x**2).sum() / x.sum() ** 2) if x.sum() > 0 else float("nan")


def _undefined(reason: str) -> AnnualRatio:
    return AnnualRatio(np.nan, np.nan, np.nan, np.nan, reason)


def _level(years: _Years, slope: float) -> float:
    """The level at which, given the slope, as many cases of the group are expected as there are."""
    linear = years.offset + slope * years.year
    widest = WIDEST + float(np.abs(linear).max())
    return float(
        brentq(lambda g: (years.cases - years.all_cases * expit(linear + g)).sum(), -widest, widest, xtol=PRECISE * PRECISE)
    )


def _score(years: _Years, slope: float) -> float:
    expected = years.all_cases * expit(years.offset + _level(years, slope) + slope * years.year)
    return float((years.year * (years.cases - expected)).sum())


def _log_likelihood(years: _Years, slope: float) -> float:
    linear = years.offset + _level(years, slope) + slope * years.year
    return float((years.cases * log_expit(linear) + (years.all_cases - years.cases) * log_expit(-linear)).sum())


def _limit(years: _Years, slope: float, best: float, side: int, fall: float) -> float:
    def short_of(h: float) -> float:
        return 2 * (best - _log_likelihood(years, h)) - fall

    return side * np.inf if short_of(side * WIDEST) < 0 else _outwards(short_of, slope, side)


def _root(score: Callable[[float], float], start: float) -> float:
    """Where a falling function is 0."""
    return _outwards(score, start, 1 if score(start) > 0 else -1)


def _outwards(function: Callable[[float], float], start: float, side: int) -> float:
    """The first root from `start` on one side: the step is doubled until the sign turns."""
    step = 0.1 * side
    sign = np.sign(function(start))
    while sign and np.sign(function(start + step)) == sign:
        step *= 2
    return float(brentq(function, start, start + step, xtol=PRECISE)) if sign else start
