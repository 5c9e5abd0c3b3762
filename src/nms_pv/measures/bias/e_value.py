"""E-value: how strong an unmeasured confounder would have to be to explain a ratio away."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Counts, Floats, as_floats

# How a ratio is brought to the scale of a ratio of probabilities.
KIND = {
    "rate_ratio": "ratio of rates or probabilities, taken as it is",
    "odds_ratio_rare": "odds ratio of a rare outcome, taken as a ratio of probabilities",
    "odds_ratio_common": "odds ratio of an outcome in more than 15 %, by its square root",
    "hazard_ratio_rare": "hazard ratio of a rare outcome, taken as a ratio of probabilities",
    "hazard_ratio_common": "hazard ratio R of an outcome in more than 15 %, by (1 - 0.5^sqrt(R)) / (1 - 0.5^sqrt(1 / R))",
}


class EValue(NamedTuple):
    """E-values of the estimate and of the limit nearer to 1; not a number where undefined."""

    estimate: Floats
    limit: Floats


def e_value(ratio: Counts, low: Counts, high: Counts, kind: str) -> EValue:
    """The least strength of a confounder's association with both exposure and outcome that could explain a ratio away.

    Parameters
    ----------
    ratio, low, high
        Ratios with the limits of their intervals, arrays of one shape.
    kind
        One of `KIND`.

    Returns
    -------
    EValue
        ``R + sqrt(R (R - 1))`` of the ratio R, brought to the scale of a ratio of probabilities as its kind says, and inverted
        if it is below 1; the same of the limit nearer to 1, which is 1 where the interval holds 1. Unit: none (ratio of
        probabilities, at least 1).

    Notes
    -----
    Undefined where the ratio is 0 or not a number; the limit also where it is not a number. An E-value says nothing of other
    biases, nor whether such a confounder exists.

    References
    ----------
    VanderWeele TJ, Ding P. Ann Intern Med 2017;167:268-74. doi:10.7326/M16-2607 (memory: to be verified)
    """
    ratio, low, high = (_as_probability_ratio(values, kind) for values in as_floats(ratio, low, high))
    with np.errstate(invalid="ignore"):
        nearer = np.where(ratio >= 1, np.maximum(low, 1), np.minimum(high, 1))
        nearer = np.where(np.isnan(np.where(ratio >= 1, low, high)), np.nan, nearer)
    return EValue(_strength(ratio), np.where(np.isnan(_strength(ratio)), np.nan, _strength(nearer)))


def _as_probability_ratio(ratio: Floats, kind: str) -> Floats:
    if kind == "odds_ratio_common":
        return np.sqrt(ratio)
    if kind == "hazard_ratio_common":
        with np.errstate(divide="ignore"):
            return (1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio))
    return ratio


def _strength(ratio: Floats) -> Floats:
    away = np.where(ratio > 0, ratio, np.nan)
    away = np.where(away < 1, 1 / away, away)
    return away + np.sqrt(away * (away - 1))
