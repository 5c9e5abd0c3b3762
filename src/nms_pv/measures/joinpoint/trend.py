"""The trend of a series of years: its segments, their annual percent changes, and the fitted rates."""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.joinpoint.permutation import Tested, choose
from nms_pv.measures.joinpoint.segmented import FEWEST_YEARS, YEARS_WITH_EVENT, Fit, Series

ALPHA = 0.05
METHOD = (
    "log-linear Poisson regression with joinpoints at whole years, their number by permutation tests (Kim 2000); quasi-Poisson "
    "Wald interval (t), the place of a joinpoint taken as estimated"
)


class Trend(NamedTuple):
    """A trend; where undefined it has a reason, and nothing else.

    `segments` are pairs of first and last year, neighbours sharing the joinpoint; `changes` has one element for each, `average`
    is a scalar, `fitted` has one for each year. `dispersion` is Pearson's chi-squared over its degrees of freedom, before it
    is raised to 1.
    """

    years: tuple[int, ...]
    segments: tuple[tuple[int, int], ...]
    tests: tuple[Tested, ...]
    changes: Interval
    average: Interval
    fitted: Interval
    dispersion: float
    undefined_reason: str | None


def joinpoint_trend(series: Series, level: float, permutations: int, seed: int) -> Trend:
    """Segmented log-linear trend of yearly counts.

    Parameters
    ----------
    series
        Year, events and size (person-days, reports), shape (years,); years of size 0 are left out.
    level
        Nominal coverage, between 0 and 1.
    permutations, seed
        As for `choose`; the tests have an overall level of 5 %.

    Returns
    -------
    Trend
        Annual percent change of segment s: ``100 (exp(b_s) - 1)``, b_s its slope. Average annual percent change from the first to
        the last year: ``100 (exp(m) - 1)``, m the mean of the slopes, weighted by the length of their segments. Fitted: events
        per unit of size. Unit: percent per year.

    Notes
    -----
    Undefined with fewer than 7 years, and with an event in fewer than 2 years: the slope has no finite estimate.

    Limits are estimate -/+ t s, t the quantile of Student's distribution with ``n - 2 - 2k`` degrees of freedom (n years, k
    joinpoints), s from the information of the Poisson likelihood, with a column for the place of each joinpoint, times the
    dispersion, but not less than Poisson's (quasi-Poisson). They hold given the number of joinpoints: where a test misses one,
    the change of its years is missed too.

    References
    ----------
    Kim HJ, Fay MP, Feuer EJ, Midthune DN. Stat Med 2000;19:335-51. Average: Clegg LX, Hankey BF, Tiwari R, Feuer EJ, Edwards BK.
    Stat Med 2009;28:3670-82. Column for the place: Muggeo VMR. Stat Med 2003;22:3055-71 (all memory: to be verified)
    """
    series = Series(*(values[series.size > 0] for values in series))
    if series.year.size < FEWEST_YEARS:
        return _undefined(f"{series.year.size} years; a trend with joinpoints needs {FEWEST_YEARS}")
    chosen = choose(series, permutations, seed, ALPHA)
    if chosen is None:
        return _undefined(f"events in fewer than {YEARS_WITH_EVENT} years: no finite slope")
    return trend_of(series, chosen.fit, chosen.tests, level)


def trend_of(series: Series, fit: Fit, tests: tuple[Tested, ...], level: float) -> Trend:
    """The trend that a fit means, with the limits of `joinpoint_trend`."""
    x = series.year - series.year[0]
    at = fit.joinpoints - series.year[0]
    # Moving a joinpoint lifts or lowers all that follows: the derivative of its hinge, half at the joinpoint itself.
    hinges, steps = np.maximum(0, x[:, None] - at), np.heaviside(x[:, None] - at, 0.5)
    design = np.column_stack([np.ones_like(x), x, hinges, steps])
    free = x.size - design.shape[1]
    dispersion = float(((series.events - fit.mean) ** 2 / fit.mean).sum() / free)
    covariance = max(1.0, dispersion) * np.linalg.inv(design.T @ (fit.mean[:, None] * design))
    coefficients = np.concatenate([fit.coefficients, np.zeros(at.size)])
    quantile = stdtrit(free, (1 + level) / 2)
    # Slope of segment s: that of the first and the changes at all joinpoints before it.
    slopes = np.hstack([np.zeros((at.size + 1, 1)), np.tri(at.size + 1), np.zeros((at.size + 1, at.size))])
    mean_slope = (design[-1] - design[0]) / (x[-1] - x[0])
    ends = [int(year) for year in (series.year[0], *fit.joinpoints, series.year[-1])]
    return Trend(
        years=tuple(int(year) for year in series.year),
        segments=tuple(zip(ends[:-1], ends[1:], strict=True)),
        tests=tests,
        changes=Interval(*(100 * np.expm1(values) for values in _limits(slopes, coefficients, covariance, quantile))),
        average=Interval(*(100 * np.expm1(values) for values in _limits(mean_slope, coefficients, covariance, quantile))),
        fitted=Interval(*(np.exp(values) for values in _limits(design, coefficients, covariance, quantile))),
        dispersion=dispersion,
        undefined_reason=None,
    )


def _limits(contrasts: Floats, coefficients: Floats, covariance: Floats, quantile: float) -> Interval:
    estimate = contrasts @ coefficients
    margin = quantile * np.sqrt((contrasts @ covariance * contrasts).sum(axis=-1))
    return Interval(estimate, estimate - margin, estimate + margin)


def _undefined(reason: str) -> Trend:
    nothing = Interval(*np.full((3, 0), np.nan))
    return Trend((), (), (), nothing, Interval(*np.full(3, np.nan)), nothing, np.nan, reason)
