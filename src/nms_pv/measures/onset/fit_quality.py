"""Does a Weibull distribution fit?"""

import numpy as np

from nms_pv.measures.interval import Floats
from nms_pv.measures.onset.weibull import most_likely, times_of, why_undefined

METHOD = "Cramer-von Mises statistic of the times given their limits, parametric bootstrap p value"


def bootstrap_p(days: Floats, limits: Floats, at: Floats, resamples: int, seed: int) -> float:
    """P value of the hypothesis that the times are Weibull, known to the day and cut off at their limits.

    Parameters
    ----------
    days, limits
        Time and limit of each case, shape (n,). Units: days.
    at
        Logarithms of fitted shape and scale.
    resamples, seed
        Samples drawn from the fitted distribution under the same limits, each fitted anew.

    Returns
    -------
    float
        ``(1 + k) / (1 + m)``, k of m samples having a statistic at least as large. The statistic is that of Cramer and von
        Mises for ``(F(d) + F(d + 1)) / (2 F(limit + 1))``, which is close to uniform if the distribution fits.

    Notes
    -----
    Samples whose likelihood has no maximum do not count in m.

    References
    ----------
    Stute W, Gonzales Manteiga W, Presedo Quindimil M. Metrika 1993;40:243-56. doi:10.1007/BF02613687 (memory: to be verified)
    """
    random = np.random.default_rng(seed)
    seen = _share(limits + 1, at)
    ours = _statistic(days, seen, at)
    larger = counted = 0
    for _ in range(resamples):
        drawn = _drawn(random.random(days.size) * seen, at)
        times = times_of(drawn, limits)
        refitted = at * np.nan if why_undefined(times) else most_likely(times, at)
        if np.isfinite(refitted).all():
            counted += 1
            larger += _statistic(drawn, _share(limits + 1, refitted), refitted) >= ours
    return float((1 + larger) / (1 + counted))


def _share(days: Floats, at: Floats) -> Floats:
    """F at so many days."""
    shape, scale = np.exp(at)
    return -np.expm1(-((days / scale) ** shape))


def _drawn(shares: Floats, at: Floats) -> Floats:
    """Whole days at which F reaches these shares."""
    shape, scale = np.exp(at)
    return np.floor(scale * (-np.log1p(-shares)) ** (1 / shape))


def _statistic(days: Floats, seen: Floats, at: Floats) -> float:
    place = np.sort((_share(days, at) + _share(days + 1, at)) / (2 * seen))
    middle = (2 * np.arange(1, place.size + 1) - 1) / (2 * place.size)
    return float(1 / (12 * place.size) + ((place - middle) ** 2).sum())
