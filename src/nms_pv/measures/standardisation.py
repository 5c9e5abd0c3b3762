"""Directly standardised incidence rates."""

from typing import NamedTuple

import numpy as np
from scipy.special import gammainccinv, gammaincinv

from nms_pv.measures.interval import Counts, as_floats
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS


class Standardised(NamedTuple):
    """A standardised rate with its limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


def standardised_rate(events: Counts, person_days: Counts, weights: Counts, level: float) -> Standardised:
    """Directly standardised rate with the gamma interval of Fay and Feuer.

    Parameters
    ----------
    events
        x_i, one per stratum. Unit: episodes.
    person_days
        t_i, one per stratum. Unit: person-days at risk.
    weights
        The standard population, one per stratum, on any scale: it is divided by its sum. Strata of weight 0 do not count.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Standardised
        ``y = sum(w_i x_i / T_i)`` with T_i in person-years. With ``v = sum(w_i^2 x_i / T_i^2)`` and
        ``m = max(w_i / T_i)``, the lower limit is the ``(1 - level) / 2`` quantile of the gamma distribution with mean y and
        variance v, 0 without episodes; the upper is the ``(1 + level) / 2`` quantile of that with mean y + m and variance
        v + m^2. Unit: episodes per 100,000 person-years.

    Notes
    -----
    Undefined when all weights are 0, and when a stratum of the standard has no person-time: its rate is unknown, and leaving
    it out would change the standard.

    References
    ----------
    Fay MP, Feuer EJ. Stat Med 1997;16:791-801. PMID 9131766
    """
    x, days, standard = as_floats(events, person_days, weights)
    in_standard = standard > 0
    x, days, standard = x[in_standard], days[in_standard], standard[in_standard]
    if standard.size == 0:
        return _undefined("the standard has no stratum with a weight")
    if (days == 0).any():
        return _undefined("no person-time in a stratum of the standard")
    per_event = standard / standard.sum() / (days / DAYS_PER_YEAR) * PER_PERSON_YEARS
    mean, variance, largest = per_event @ x, per_event**2 @ x, per_event.max()
    tail = (1 - level) / 2
    low = variance / mean * gammaincinv(mean**2 / variance, tail) if mean > 0 else 0.0
    upper_mean, upper_variance = mean + largest, variance + largest**2
    high = upper_variance / upper_mean * gammainccinv(upper_mean**2 / upper_variance, tail)
    return Standardised(float(mean), float(low), float(high), None)


def _undefined(reason: str) -> Standardised:
    return Standardised(np.nan, np.nan, np.nan, reason)
