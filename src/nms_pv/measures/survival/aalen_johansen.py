"""Share that has had an event of one cause, where an event of another cause rules it out."""

import numpy as np

from nms_pv.measures.interval import Counts, Floats
from nms_pv.measures.survival.curve import ROUNDING, Curve, all_of, log_log_limits, none_of, risk_sets

METHOD = "Aalen-Johansen cumulative incidence; delta-method variance, log-log interval (exact where all or none had the event)"


def aalen_johansen(times: Counts, causes: Counts, cause: int, level: float, entry: Counts | None = None) -> Curve:
    """Cumulative incidence of one cause up to each time, the others competing.

    Parameters
    ----------
    times
        When observation ended. Unit: any, the same for all.
    causes
        How: 0 censored, 1, 2, ... an event of that cause.
    cause
        The cause whose share is wanted.
    level
        Nominal coverage, between 0 and 1.
    entry
        Subjects are at risk after this time; from the beginning where it is absent or below 0.

    Returns
    -------
    Curve
        At each distinct time, ``F(t) = sum(S(t_j-) d_kj / n_j)`` over times up to t, with S the Kaplan-Meier share free of
        any event, d_kj the events of the cause and n_j the subjects at risk; its variance by the delta method (see
        `_variance`); limits are those of the normal distribution of ``log(-log F)``. Unit: none (share).

    Notes
    -----
    Treating other causes as censoring (one minus Kaplan-Meier) would answer another question, and overstates the share.
    Before the first event of the cause the limits are 0 and the exact upper one for no event among the subjects followed
    (`RiskSets`). Where all have had it, the lower limit is exact if nobody
    was censored, and else not a number.

    References
    ----------
    Aalen OO, Johansen S. Scand J Stat 1978;5:141-50. Variance: Marubini E, Valsecchi MG. Analysing survival data from clinical
    trials and observational studies. Wiley, 1995 (memory: to be verified). Log-log limits: Choudhury JB. Stat Med
    2002;21:1129-44. doi:10.1002/sim.1098 (memory: to be verified)
    """
    sets = risk_sets(times, causes, entry)
    # Nobody is at risk at 0 where all enter late.
    n = np.maximum(sets.at_risk, 1)
    d = sets.events.sum(axis=1)
    of_cause = sets.events[:, cause - 1] if cause <= sets.events.shape[1] else np.zeros_like(n)
    free_before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])[: n.size]
    share = np.cumsum(free_before * of_cause / n)
    low, high = log_log_limits(share, np.sqrt(np.maximum(_variance(n, d, of_cause, free_before, share), 0)), level)
    before, over = np.cumsum(of_cause) == 0, share > 1 - ROUNDING
    low = np.where(before, 0, np.where(over, all_of(sets, level), low))
    high = np.where(before, none_of(sets.followed, level), np.where(over, 1, high))
    return Curve(sets.times, sets.at_risk, share, low, high, is_complete=sets.is_complete)


def _variance(n: Floats, d: Floats, of_cause: Floats, free_before: Floats, share: Floats) -> Floats:
    """Sum over times up to t, with ``g = F(t) - F(t_j)`` and ``s = S(t_j-)``.

    ``g^2 d / (n (n - d)) + s^2 d_k (n - d_k) / n^3 - 2 g s d_k / n^2``
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        of_free = np.where(n > d, d / (n * (n - d)), 0)
    of_step = free_before**2 * of_cause * (n - of_cause) / n**3
    of_both = free_before * of_cause / n**2
    return (
        share**2 * np.cumsum(of_free)
        - 2 * share * np.cumsum(share * of_free)
        + np.cumsum(share**2 * of_free)
        + np.cumsum(of_step)
        - 2 * share * np.cumsum(of_both)
        + 2 * np.cumsum(share * of_both)
    )
