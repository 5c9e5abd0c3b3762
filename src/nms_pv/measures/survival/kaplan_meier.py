"""Share still without the event."""

import numpy as np

from nms_pv.measures.interval import Counts, as_floats
from nms_pv.measures.survival.curve import Curve, all_of, log_log_limits, none_of, risk_sets

METHOD = "Kaplan-Meier; Greenwood variance, log-log interval (exact where all or none had the event)"


def kaplan_meier(times: Counts, events: Counts, level: float, entry: Counts | None = None) -> Curve:
    """Share of subjects without the event up to each time.

    Parameters
    ----------
    times
        When observation ended. Unit: any, the same for all.
    events
        Whether by the event (1), or before it (0, censored).
    level
        Nominal coverage, between 0 and 1.
    entry
        Subjects are at risk after this time; from the beginning where it is absent or below 0.

    Returns
    -------
    Curve
        At each distinct time, ``S(t) = prod(1 - d_j / n_j)`` over times up to t with d_j events among n_j at risk. Its
        standard error is ``S(t) sqrt(sum(d_j / (n_j (n_j - d_j))))`` (Greenwood); limits are those of the normal distribution
        of ``log(-log S)``. Unit: none (share).

    Notes
    -----
    Before the first event that distribution says nothing: the lower limit is then the exact one for no event among the
    subjects who are left of those observed from the beginning. Once nobody is left without the event, the upper limit is exact
    too if nobody was censored, and else not a number.

    With delayed entry and a risk set that an early event empties, S is 0 from then on.

    References
    ----------
    Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-81. doi:10.1080/01621459.1958.10501452. Greenwood M. Reports on Public
    Health and Medical Subjects 33. London: HMSO, 1926. Log-log limits: Kalbfleisch JD, Prentice RL. The statistical analysis of
    failure time data. Wiley, 1980 (all memory: to be verified)
    """
    sets = risk_sets(times, np.asarray(events) != 0, entry)
    n, d = sets.at_risk, sets.events[:, 0]
    (survival,) = as_floats(np.cumprod(1 - d / np.maximum(n, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(np.where(n > d, d / (n * (n - d)), 0))
    low, high = log_log_limits(survival, survival * np.sqrt(variance), level)
    before, over = np.cumsum(d) == 0, survival <= 0
    low = np.where(before, 1 - none_of(sets.followed, level), np.where(over, 0, low))
    high = np.where(before, 1, np.where(over, 1 - all_of(sets, level), high))
    return Curve(sets.times, n, survival, low, high, is_complete=sets.is_complete)
