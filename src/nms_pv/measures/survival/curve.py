"""What Kaplan-Meier and Aalen-Johansen curves are made of, and what is read off them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from nms_pv.measures.interval import Counts, Flags, Floats, Interval, as_floats

NOBODY = "nobody was observed"
NOT_OBSERVED_SO_LONG = "nobody was observed so long"
NOT_REACHED = "fewer than this share had the event while they were observed"
# Shares that differ by less are the same share after rounding.
ROUNDING = 1e-12


class Curve(NamedTuple):
    """A step function: its value from each time on, with limits; not a number where undefined.

    The first time is 0. `at_risk` are the subjects left just before each time; `is_complete` tells whether the last subject left
    by an event, after which nothing can change.
    """

    times: Floats
    at_risk: Floats
    estimate: Floats
    low: Floats
    high: Floats
    is_complete: bool


class Value(NamedTuple):
    """A number read off a curve; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


class RiskSets(NamedTuple):
    """At 0 and each later time at which an observation ends: subjects at risk, events by cause (times x causes), and followed.

    `followed` are those observed from the beginning, times the share of them that censoring alone would have left by that time
    (Kaplan-Meier of censoring): how many tell what became of them by then. Without censoring it is all of them, without events
    those at risk.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    followed: Floats

    @property
    def is_complete(self) -> bool:
        """Whether the last subject left by an event."""
        return bool(self.times.size and self.events[-1].sum() == self.at_risk[-1])


def risk_sets(times: Counts, causes: Counts, entry: Counts | None = None) -> RiskSets:
    """Count the subjects at risk and the events at each time at which an observation ends.

    Parameters
    ----------
    times
        When observation ended. Unit: any, the same for all.
    causes
        How: 0 censored, 1, 2, ... an event of that cause. At equal times, events come before censoring.
    entry
        Subjects are at risk after this time; from the beginning where it is absent or below 0.

    Raises
    ------
    ValueError
        When shapes differ, a time is negative or not a number, a cause is no whole number from 0, or a subject enters after it
        left.
    """
    ended, cause = as_floats(times, causes)
    entered = np.full(ended.shape, -1.0) if entry is None else as_floats(entry)[0]
    if ended.ndim != 1 or cause.shape != ended.shape or entered.shape != ended.shape:
        raise ValueError(f"times {ended.shape}, causes {cause.shape} and entry {entered.shape} must be of one length")
    if not (ended >= 0).all() or (cause < 0).any() or (cause % 1 != 0).any() or (entered >= np.maximum(ended, 1e-300)).any():
        raise ValueError("times must be 0 or more, causes whole numbers from 0, and every subject must enter before it leaves")
    distinct = np.unique(np.concatenate([np.zeros(min(ended.size, 1)), ended]))
    position = np.searchsorted(distinct, ended)
    events = np.zeros((distinct.size, int(cause.max(initial=1)) + 1))
    np.add.at(events, (position, cause.astype(np.int64)), 1)
    late = np.sort(entered[entered >= 0])
    left_before = np.searchsorted(np.sort(ended), distinct, side="left")
    not_entered = late.size - np.searchsorted(late, distinct, side="left")
    at_risk = (ended.size - left_before - not_entered).astype(np.float64)
    early = entered < 0
    return RiskSets(distinct, at_risk, events[:, 1:], _followed(position[early], cause[early] > 0, distinct.size))


def at(curve: Curve, times: Counts) -> Interval:
    """Values of the curve at some times from 0 on; not a number beyond the last observation, and without any."""
    (wanted,) = as_floats(times)
    place = np.searchsorted(curve.times, wanted, side="right")
    values = []
    for steps in (curve.estimate, curve.low, curve.high):
        padded = np.concatenate([[np.nan], steps])
        values.append(np.where(_is_observed(curve, wanted), padded[place], np.nan))
    return Interval(*values)


def why_undefined(curve: Curve) -> str:
    """Why a value of the curve is undefined, wherever one is."""
    return NOT_OBSERVED_SO_LONG if curve.times.size else NOBODY


def at_risk_at(curve: Curve, times: Counts) -> Floats:
    """Subjects left just before some times."""
    (wanted,) = as_floats(times)
    return np.concatenate([curve.at_risk, [0.0]])[np.searchsorted(curve.times, wanted, side="left")]


def quantile(survival: Curve, share: float) -> Value:
    """The time by which a share has had the event, with the interval of Brookmeyer and Crowley.

    Parameters
    ----------
    survival
        A curve of `kaplan_meier`.
    share
        Between 0 and 1: one half is the median.

    Returns
    -------
    Value
        The smallest time t with ``S(t) <= 1 - share``. Limits are the smallest times at which the lower, and the upper, limit
        of S is that low: all times at which S may be ``1 - share``. The upper limit is not a number where the curve does not
        fall so far: there is none. Unit: that of the times.

    Notes
    -----
    Undefined when the curve does not fall so far.

    References
    ----------
    Brookmeyer R, Crowley J. Biometrics 1982;38:29-41. doi:10.2307/2530286 (memory: to be verified)
    """
    if survival.times.size == 0:
        return Value(np.nan, np.nan, np.nan, NOBODY)
    falls = survival.estimate < np.concatenate([[1.0], survival.estimate[:-1]])
    level = 1 - share + ROUNDING
    estimate, low, high = (
        _first(survival.times[falls], steps[falls] <= level) for steps in (survival.estimate, survival.low, survival.high)
    )
    if np.isnan(estimate):
        return Value(np.nan, np.nan, np.nan, NOT_REACHED)
    return Value(estimate, low, high, None)


def log_log_limits(share: Floats, standard_error: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of a share from the normal distribution of ``log(-log(share))``; not a number where the share is 0 or 1.

    ``share ** exp(+/- z standard_error / (share |log share|))``, z the normal quantile of ``(1 + level) / 2``.
    """
    inside = (share > ROUNDING) & (share < 1 - ROUNDING)
    known = np.where(inside, share, 0.5)
    width = np.exp(ndtri((1 + level) / 2) * standard_error / (known * -np.log(known)))
    return np.where(inside, known**width, np.nan), np.where(inside, known ** (1 / width), np.nan)


def none_of(subjects: Floats, level: float) -> Floats:
    """Exact upper limit of a share of which none of so many subjects, all of them observed, is one: Clopper and Pearson."""
    return np.where(subjects > 0, 1 - ((1 - level) / 2) ** (1 / np.maximum(subjects, 1)), np.nan)


def all_of(sets: RiskSets, level: float) -> float:
    """Exact lower limit of a share that is 1: not a number if anybody was censored or entered late."""
    subjects = sets.followed[:1].sum()
    return float(1 - none_of(subjects, level)) if subjects == sets.events.sum() else float("nan")


def _followed(position: npt.NDArray[np.intp], is_event: Flags, size: int) -> Floats:
    left, events = (np.bincount(position[which], minlength=size) for which in (~is_event, is_event))
    after_events = position.size - np.cumsum(events) - np.cumsum(left) + left
    stay = np.cumprod(1 - left / np.maximum(after_events, 1))
    (followed,) = as_floats(position.size * np.concatenate([[1.0], stay[:-1]])[:size])
    return followed


def _is_observed(curve: Curve, wanted: Floats) -> Flags:
    last = np.inf if curve.is_complete else curve.times.max(initial=-1)
    return wanted <= last


def _first(times: Floats, holds: Flags) -> float:
    return float(times[holds][0]) if holds.any() else float("nan")
