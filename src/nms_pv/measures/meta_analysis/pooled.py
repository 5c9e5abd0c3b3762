"""A pooled proportion, where that of a new study would lie, and how far the studies differ."""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, chdtri, expit, logit, stdtrit, xlogy

from nms_pv.measures.interval import Counts, Floats, as_floats
from nms_pv.measures.meta_analysis.glmm import Studies, fit, tau_interval
from nms_pv.measures.meta_analysis.over_tau import (
    limits_of_coefficient,
    limits_of_new_study,
    over_tau,
    usual_limits_of_new_study,
)

FEWEST_STUDIES = 3
LIMITS = (np.nan, np.nan, np.nan)

Limited = tuple[float, float, float]


class Pooled(NamedTuple):
    """Estimate with limits of each; not a number, with one reason for all, where undefined.

    `pooled` and both of `predicted` are proportions, `tau2` a variance of log odds, `i2` a share of variance. `is_corrected` says
    whether `i2` had to take half an event for none.
    """

    pooled: Limited
    predicted: Limited
    predicted_usual: Limited
    tau2: Limited
    i2: float
    is_corrected: bool
    undefined_reason: str | None


class Heterogeneity(NamedTuple):
    """A test of whether all studies have one proportion; not a number where undefined."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


def pooled_proportion(events: Counts, people: Counts, level: float) -> Pooled:
    """The proportion of a typical study, by the binomial-normal model.

    Parameters
    ----------
    events, people
        y_i of n_i, one per study, shape (k,). Unit: persons.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Pooled
        - pooled: ``expit(m)``, m the maximum likelihood estimate of the mean log odds (`glmm.fit`). It is the proportion of a
          typical study (the median over studies), not the mean over studies, which lies higher. Limits with tau integrated
          out (`over_tau.limits_of_coefficient`).
        - predicted: limits between which the proportion of a new study lies, tau integrated out
          (`over_tau.limits_of_new_study`).
        - predicted_usual: ``expit(m -/+ t sqrt(tau^2 + s^2))``, t of Student's distribution with k - 2 degrees of freedom, s the
          standard error of m: it takes tau as known.
        - tau2: variance of log odds between studies, with profile-likelihood limits (quantile of chi-squared, 1 degree of
          freedom). Maximum likelihood finds too small a variance with few studies.
        - i2: ``tau^2 / (tau^2 + v)``, v the typical variance within studies of Higgins and Thompson:
          ``(k - 1) sum(w) / (sum(w)^2 - sum(w^2))`` with ``w_i = 1 / (1 / y_i + 1 / (n_i - y_i))``; where a study has none or
          all, both its counts are raised by one half for this v alone.

    Notes
    -----
    Undefined with fewer than 3 studies, and when no study has an event, everybody in every study has one, or every study
    has either nobody or everybody with one.

    References
    ----------
    Higgins JPT, Thompson SG. Stat Med 2002;21:1539-58. doi:10.1002/sim.1186 (I^2; memory: to be verified)
    """
    y, n = as_floats(events, people)
    reason = why_not_pooled(y, n)
    if reason is not None:
        return Pooled(LIMITS, LIMITS, LIMITS, LIMITS, np.nan, False, reason)
    studies = Studies(y, n, np.ones((y.size, 1)))
    best = fit(studies)
    low, high = (limit**2 for limit in tau_interval(studies, best, chdtri(1, 1 - level)))
    half = ((y == 0) | (y == n)) / 2
    typical = _typical_variance(y + half, n + 2 * half)
    centre, over = best.coefficients[0], over_tau(studies, best)
    t = float(stdtrit(y.size - 2, (1 + level) / 2))
    return Pooled(
        _limited(centre, *limits_of_coefficient(over, level)),
        _limited(centre, *limits_of_new_study(over, level)),
        _limited(centre, *usual_limits_of_new_study(best, t)),
        (best.tau**2, low, high),
        best.tau**2 / (best.tau**2 + typical),
        bool(half.any()),
        None,
    )


def leave_one_out(events: Counts, people: Counts, level: float) -> list[tuple[Limited, str | None]]:
    """The pooled proportion without each study in turn, shape (k,), each with the reason where undefined."""
    y, n = as_floats(events, people)
    return [_pooled_only(np.delete(y, i), np.delete(n, i), level) for i in range(y.size)]


def _pooled_only(y: Floats, n: Floats, level: float) -> tuple[Limited, str | None]:
    reason = why_not_pooled(y, n)
    if reason is not None:
        return LIMITS, reason
    studies = Studies(y, n, np.ones((y.size, 1)))
    best = fit(studies)
    return _limited(best.coefficients[0], *limits_of_coefficient(over_tau(studies, best), level)), None


def why_not_pooled(events: Floats, people: Floats) -> str | None:
    """Why proportions cannot be pooled, in words."""
    if events.size < FEWEST_STUDIES:
        return f"{events.size} {'study' if events.size == 1 else 'studies'} to pool; at least {FEWEST_STUDIES} are needed"
    if events.sum() == 0:
        return "no event in any study"
    if (events == people).all():
        return "everybody in every study has an event"
    if ((events == 0) | (events == people)).all():
        return "in every study nobody or everybody has an event: the spread between them has no finite estimate"
    return None


def likelihood_ratio_test(events: Counts, people: Counts) -> Heterogeneity:
    """Likelihood-ratio test of one proportion for all studies against one for each.

    Returns
    -------
    Heterogeneity
        ``2 sum(y log(y / (n p)) + (n - y) log((n - y) / (n (1 - p))))``, p the proportion of all studies together; chi-squared
        with k - 1 degrees of freedom. Studies without an event take part as they are.

    Notes
    -----
    Undefined where `why_not_pooled` has a reason.
    """
    y, n = as_floats(events, people)
    if why_not_pooled(y, n) is not None:
        return Heterogeneity(np.nan, max(y.size - 1, 0), np.nan)
    share = y.sum() / n.sum()
    own = y / n
    deviance = 2 * (xlogy(y, own / share) + xlogy(n - y, (1 - own) / (1 - share))).sum()
    return _test(float(max(deviance, 0)), y.size)


def wald_test(events: Counts, people: Counts) -> Heterogeneity:
    """Cochran's Q on the logit scale: the Wald test of one proportion for all studies against one for each.

    Returns
    -------
    Heterogeneity
        ``sum(w (l - mean)^2)``, l the log odds of each study, ``w = 1 / (1 / y + 1 / (n - y))``, mean weighted by w;
        chi-squared with k - 1 degrees of freedom.

    Notes
    -----
    Undefined also when a study has no event, or an event in everybody: its log odds are infinite, and nothing is added to
    them. With few events it is far too small; the likelihood-ratio test is the one to read.
    """
    y, n = as_floats(events, people)
    if why_not_pooled(y, n) is not None or ((y == 0) | (y == n)).any():
        return Heterogeneity(np.nan, max(y.size - 1, 0), np.nan)
    weight, log_odds = y * (n - y) / n, logit(y / n)
    mean = (weight * log_odds).sum() / weight.sum()
    return _test(float((weight * (log_odds - mean) ** 2).sum()), y.size)


def _test(statistic: float, studies: int) -> Heterogeneity:
    return Heterogeneity(statistic, studies - 1, float(chdtrc(studies - 1, statistic)))


def _typical_variance(y: Floats, n: Floats) -> float:
    weight = y * (n - y) / n
    return float((y.size - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum()))


def _limited(*log_odds: float) -> Limited:
    estimate, low, high = expit(log_odds)
    return float(estimate), float(low), float(high)
