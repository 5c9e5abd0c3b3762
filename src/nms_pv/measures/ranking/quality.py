"""How good probabilities are: Brier score, area under the ROC curve, calibration slope and intercept, bins."""

import numpy as np
from scipy.special import logit, ndtri
from scipy.stats import rankdata

from nms_pv.measures.interval import Flags, Floats, Interval

BINS = 10


def brier(probability: Floats, is_case: Flags) -> Interval:
    """Mean squared difference of probability and outcome, without an interval.

    References
    ----------
    Brier GW. Mon Weather Rev 1950;78:1-3 (memory: to be verified).
    """
    return _interval(float(np.mean((probability - is_case) ** 2)), np.nan, np.nan)


def auc(probability: Floats, is_case: Flags, level: float) -> Interval:
    """Area under the ROC curve with DeLong's interval, cut at 0 and 1.

    Parameters
    ----------
    probability
        Shape (n,).
    is_case
        Shape (n,), at least two of each kind.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        Chance that a case has a higher probability than another subject, ties half. Without limits when all cases lie above, or
        all below, all others: the variance is then estimated as 0, which is not believed.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-45. By midranks: Sun X, Xu W. IEEE Signal Process Lett
    2014;21:1389-93 (both from memory: to be verified).
    """
    cases, others = probability[is_case], probability[~is_case]
    m, n = len(cases), len(others)
    ranks = rankdata(np.concatenate([cases, others]))
    above = (ranks[:m] - rankdata(cases)) / n
    below = 1 - (ranks[m:] - rankdata(others)) / m
    area = float(above.mean())
    if area in (0.0, 1.0):
        return _interval(area, np.nan, np.nan)
    half = ndtri((1 + level) / 2) * np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    return _interval(area, max(area - half, 0.0), min(area + half, 1.0))


def calibration_slope(probability: Floats, is_case: Flags, level: float) -> Interval:
    """Slope of the logistic regression of the outcome on logit(probability), with Wald's interval.

    Parameters and level as for `auc`; probabilities between 0 and 1, neither included.

    Returns
    -------
    Interval
        Nothing when a cut of the probability separates cases from others: the slope has no maximum.

    References
    ----------
    Cox DR. Biometrika 1958;45:562-5 (memory: to be verified).
    """
    cases, others = probability[is_case], probability[~is_case]
    if others.max() <= cases.min() or cases.max() <= others.min():
        return _interval(np.nan, np.nan, np.nan)
    design = np.column_stack([logit(probability), np.ones(len(probability))])
    return _wald(is_case, design, np.zeros(len(probability)), level)


def calibration_intercept(probability: Floats, is_case: Flags, level: float) -> Interval:
    """Intercept of the same regression with the slope fixed at 1 (calibration in the large), with Wald's interval."""
    return _wald(is_case, np.ones((len(probability), 1)), logit(probability), level)


def bin_of(probability: Floats) -> Floats:
    """The number of its bin, from 1 to 10; bins are closed below, the last one also above."""
    return np.minimum(np.floor(probability * BINS) + 1, BINS)


def _wald(is_case: Flags, design: Floats, offset: Floats, level: float) -> Interval:
    # statsmodels takes longer to import than all else here.
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    fit = GLM(is_case.astype(np.float64), design, family=Binomial(), offset=offset).fit(tol=1e-12)
    half = ndtri((1 + level) / 2) * fit.bse[0]
    return _interval(fit.params[0], fit.params[0] - half, fit.params[0] + half)


def _interval(estimate: float, low: float, high: float) -> Interval:
    return Interval(np.array(estimate), np.array(low), np.array(high))
