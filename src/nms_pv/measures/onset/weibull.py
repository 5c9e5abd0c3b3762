"""The Weibull distribution of times that are known to the day, of which only those up to a limit could have been seen."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize
from scipy.special import chdtri

from nms_pv.measures.interval import Floats, Interval

FEWEST = 5
METHOD = "maximum likelihood on [d, d + 1) days; profile likelihood interval"
TOO_FEW = f"fewer than {FEWEST} cases with a time"
SAME_DAY = "all times lie on one day or on two days in a row: the likelihood rises without end"
NO_SCALE = "the likelihood rises until the scale is infinite: within the time seen, the onsets do not slow down"
NO_MAXIMUM = "no maximum of the likelihood was found"
# Shapes and scales beyond these are taken for infinite: a shape of 100 lets 99 % of all onsets fall within 6 % of the scale.
LARGEST_LOG_SHAPE = np.log(100.0)
LOG_SCALE_REACH = 30.0
LEAST_SHARE_SEEN = 1e-4
LARGEST_LOG_HAZARD = 500.0
# So low that the hazard at 0 days is 0 for every shape.
LOG_OF_0 = -1e9
# Log-likelihood, gradient and second derivatives where hazards leave what a float can hold: no search goes there.
IMPOSSIBLE = (-np.inf, np.zeros(2), -np.eye(2))


class Times(NamedTuple):
    """Distinct pairs of a time and its limit, with the number of cases; a limit is infinite where there is none.

    `log_ends` are the logarithms of `day`, of `day + 1`, and of those of `limit + 1` that are finite, one after the other.
    """

    day: Floats
    limit: Floats
    n: Floats
    log_ends: Floats


class Fit(NamedTuple):
    """Shape and scale (days) with limits; not a number where undefined. `fits` holds the logarithms of both."""

    shape: Interval
    scale: Interval
    fits: Floats
    undefined_reason: str | None


def times_of(days: npt.ArrayLike, limits: npt.ArrayLike) -> Times:
    """Count the cases of each pair of time and limit."""
    pairs, n = np.unique(np.stack(np.broadcast_arrays(days, limits)).astype(np.float64), axis=1, return_counts=True)
    day, limit = pairs
    ends = np.concatenate([day, day + 1, limit[np.isfinite(limit)] + 1])
    log_ends = np.log(ends, out=np.full(ends.size, LOG_OF_0), where=ends > 0)
    return Times(day, limit, n.astype(np.float64), log_ends)


def weibull(times: Times, level: float) -> Fit:
    """Fit shape and scale.

    Parameters
    ----------
    times
        Times of d whole days, known to lie in ``[d, d + 1)``, and the largest that each case could have had and still be seen.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Fit
        With ``F(t) = 1 - exp(-(t / scale)^shape)``, a case contributes ``(F(d + 1) - F(d)) / F(limit + 1)``; without a limit
        the denominator is 1. Limits are the values at which twice the log-likelihood, maximised over the other parameter, has
        fallen by the quantile of chi-squared with 1 degree of freedom; an upper limit may be infinite. Units: none, days.

    Notes
    -----
    A shape below 1 means that onsets become rarer with time (early), near 1 that they come at random (constant), above 1 that
    they become more frequent (wear-out).

    Undefined with fewer than 5 cases; when all times lie on one day or two days in a row; and when the likelihood rises until
    the scale is infinite, which happens under limits when onsets do not slow down before them.

    References
    ----------
    Kalbfleisch JD, Lawless JF. J Am Stat Assoc 1989;84:360-72. doi:10.1080/01621459.1989.10478780 (memory: to be verified)
    Leroy F, Dauxois JY, Theophile H, Haramburu F, Tubert-Bitter P. BMC Med Res Methodol 2014;14:17.
    doi:10.1186/1471-2288-14-17 (memory: to be verified)
    """
    reason = why_undefined(times)
    at = np.full(2, np.nan) if reason else most_likely(times, start(times))
    if reason is None and np.isnan(at).any():
        reason = NO_MAXIMUM
    elif reason is None and _share_seen(times, at) < LEAST_SHARE_SEEN:
        reason = NO_SCALE
    if reason is not None:
        nothing = Interval(*(np.array(np.nan) for _ in range(3)))
        return Fit(nothing, nothing, at, reason)
    shape, scale = (_interval(times, at, which, chdtri(1, 1 - level) / 2) for which in (0, 1))
    return Fit(shape, scale, at, None)


def why_undefined(times: Times) -> str | None:
    """Why there cannot be a maximum."""
    if times.n.sum() < FEWEST:
        return TOO_FEW
    return SAME_DAY if times.day.max() - times.day.min() <= 1 else None


def start(times: Times) -> Floats:
    """Logarithms of shape and scale whose mean and standard deviation of log times are those of the cases."""
    log_time = np.log(times.day + 0.5)
    mean = np.average(log_time, weights=times.n)
    spread = np.sqrt(np.average((log_time - mean) ** 2, weights=times.n))
    shape = np.pi / np.sqrt(6) / spread
    return np.array([np.log(shape), mean + np.euler_gamma / shape])


def most_likely(times: Times, at: Floats) -> Floats:
    """Logarithms of shape and scale at the maximum that is found from `at`; not a number if none is."""
    last: list[tuple[Floats, tuple[float, Floats, Floats]]] = []

    def terms(point: Floats) -> tuple[float, Floats, Floats]:
        if not last or not np.array_equal(last[0][0], point):
            inside = abs(point[0]) < LARGEST_LOG_SHAPE
            last[:] = [(point.copy(), log_likelihood(times, point) if inside else IMPOSSIBLE)]
        return last[0][1]

    found = minimize(
        lambda point: -terms(point)[0],
        at,
        jac=lambda point: -terms(point)[1],
        hess=lambda point: -terms(point)[2],
        method="trust-exact",
        options={"gtol": 1e-7 * times.n.sum()},
    )
    return np.asarray(found.x if found.success else np.full(2, np.nan), dtype=np.float64)


def log_likelihood(times: Times, at: Floats) -> tuple[float, Floats, Floats]:
    """The log-likelihood at logarithms of shape and scale, its gradient and its matrix of second derivatives.

    With cumulative hazard ``H(t) = (t / scale)^shape`` a case adds ``-H(d) + log(1 - exp(-(H(d + 1) - H(d))))``, less
    ``log(1 - exp(-H(limit + 1)))``.
    """
    with np.errstate(all="ignore"):
        found = _terms(times, at)
    return found if all(np.isfinite(values).all() for values in found) else IMPOSSIBLE


def _terms(times: Times, at: Floats) -> tuple[float, Floats, Floats]:
    shape, size = np.exp(at[0]), times.n.size
    log_hazard = np.minimum(shape * (times.log_ends - at[1]), LARGEST_LOG_HAZARD)
    hazard = np.exp(log_hazard)
    by_shape = hazard * log_hazard
    n, n_limited = times.n, times.n[np.isfinite(times.limit)]
    rise, rise_by_shape = (values[size : 2 * size] - values[:size] for values in (hazard, by_shape))
    value, odds = _log_of_share(rise)
    value_of_limit, odds_of_limit = _log_of_share(hazard[2 * size :])
    total = n @ (value - hazard[:size]) - n_limited @ value_of_limit
    weight = np.concatenate([-n * (1 + odds), n * odds, -n_limited * odds_of_limit])
    gradient = np.array([weight @ by_shape, -shape * (weight @ hazard)])
    bends = np.array([weight @ (by_shape * (1 + log_hazard)), -shape * (weight @ (hazard + by_shape)), -shape * gradient[1]])
    bends -= _products(n * odds * (1 + odds), rise_by_shape, -shape * rise)
    bends += _products(n_limited * odds_of_limit * (1 + odds_of_limit), by_shape[2 * size :], -shape * hazard[2 * size :])
    return float(total), gradient, bends[[[0, 1], [1, 2]]]


def _log_of_share(hazard: Floats) -> tuple[Floats, Floats]:
    """``log(1 - exp(-hazard))`` and its derivative."""
    return np.log(-np.expm1(-hazard)), 1 / np.expm1(hazard)


def _products(weight: Floats, x: Floats, y: Floats) -> Floats:
    return np.array([weight @ (x * x), weight @ (x * y), weight @ (y * y)])


def _share_seen(times: Times, at: Floats) -> float:
    """The share of all onsets within the largest limit."""
    return float(-np.expm1(-(((times.limit.max() + 1) / np.exp(at[1])) ** np.exp(at[0]))))


def _interval(times: Times, at: Floats, which: int, fall: float) -> Interval:
    low, high = (np.array(_limit(times, at, which, sign, fall)) for sign in (-1, 1))
    return Interval(np.exp(at[which]), low, high)


def _limit(times: Times, at: Floats, which: int, sign: int, fall: float) -> float:
    """Where the profile likelihood of one parameter has fallen by `fall`, looked for on one side of its maximum."""
    most, _, bend = log_likelihood(times, at)
    covariance = np.linalg.inv(-bend)
    steps = np.sqrt(2 * fall * np.diag(covariance))
    tilt = covariance[0, 1] / covariance[which, which]
    bounds = _bounds(times, at)
    other_bounds = bounds[1 - which]

    def above(value: float) -> float:
        def slope(other: float) -> float:
            return float(log_likelihood(times, _point(which, value, other))[1][1 - which])

        shift = np.clip(tilt * (value - at[which]), -2 * steps[1 - which], 2 * steps[1 - which])
        other = _root(slope, float(np.clip(at[1 - which] + shift, *other_bounds)), steps[1 - which] / 10, other_bounds)
        return log_likelihood(times, _point(which, value, other))[0] - most + fall

    near, step = float(at[which]), sign * steps[which]
    furthest = bounds[which][1 if sign > 0 else 0]
    while sign * (near + step) < sign * furthest:
        if above(near + step) < 0:
            return float(np.exp(brentq(above, *sorted((near, near + step)), xtol=1e-7)))
        near, step = near + step, 2 * step
    return np.inf if sign > 0 else 0.0


def _bounds(times: Times, at: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """Logarithms of shapes and scales that are looked at: beyond, hazards within the data are as good as 0 or infinite."""
    largest = times.limit if np.isfinite(times.limit).all() else times.day
    reach = LOG_SCALE_REACH / max(1, np.exp(at[0]))
    return (-LARGEST_LOG_SHAPE, LARGEST_LOG_SHAPE), (at[1] - reach, np.log(largest.max() + 1) + reach)


def _root(falling: Callable[[float], float], guess: float, step: float, bounds: tuple[float, float]) -> float:
    """Where a falling function is 0, looked for in growing steps; the bound where it never is."""
    at, here = guess, falling(guess)
    direction = 1 if here > 0 else -1
    while here * direction > 0:
        if at in bounds:
            return at
        before, at, step = at, float(np.clip(at + direction * step, *bounds)), 2 * step
        here = falling(at)
    return float(brentq(falling, *sorted((before, at)), xtol=1e-5)) if here else at


def _point(which: int, value: float, other: float) -> Floats:
    return np.array([value, other] if which == 0 else [other, value])
