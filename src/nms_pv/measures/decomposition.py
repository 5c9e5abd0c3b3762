"""The change of a rate between two periods, split into a changed mix of states and changed rates within states."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS

# Shape that Jeffreys' prior for a Poisson rate adds to the gamma distribution of a rate.
JEFFREYS = 0.5


class Decomposition(NamedTuple):
    """The change and its parts, in all and by state; not a number, with a reason, where undefined."""

    change: float
    by_mix: float
    within: float
    by_mix_of_state: Floats
    within_of_state: Floats
    undefined_reason: str | None


class DecompositionIntervals(NamedTuple):
    """The change and its two parts with their limits; not a number, with a reason, where undefined."""

    change: Interval
    by_mix: Interval
    within: Interval
    undefined_reason: str | None


def decompose(events_early: Counts, days_early: Counts, events_late: Counts, days_late: Counts) -> Decomposition:
    """Split the change of the overall rate between two periods.

    Parameters
    ----------
    events_early, events_late
        x_0s and x_1s, one per state, in the same order. Unit: episodes.
    days_early, days_late
        t_0s and t_1s, one per state. Unit: person-days at risk.

    Returns
    -------
    Decomposition
        With shares of person-time ``p = t / sum(t)`` and rates r of each state, the change is
        ``sum(p_1 r_1) - sum(p_0 r_0)``. State s adds ``(p_1s - p_0s) (r_0s + r_1s) / 2`` to the part by mix and
        ``(r_1s - r_0s) (p_0s + p_1s) / 2`` to the part within states; the two parts add up to the change. Unit: episodes
        per 100,000 person-years.

    Notes
    -----
    Undefined when a period has no person-time at all. A state that only one period has takes the rate of that period in
    both, so that all it adds is a change of mix; a state of neither adds nothing. What one state adds to the part by mix
    depends on the level of its rate: read the sum, not the single state.

    References
    ----------
    Kitagawa EM. J Am Stat Assoc 1955;50:1168-94. doi:10.1080/01621459.1955.10501299 (memory: to be verified). With two
    factors the symmetric form of Das Gupta (Standardization and Decomposition of Rates, US Bureau of the Census, P23-186,
    1993) is the same.
    """
    x_0, t_0, x_1, t_1 = as_floats(events_early, days_early, events_late, days_late)
    reason = _why_undefined(t_0, t_1)
    if reason is not None:
        by_state = np.full(t_0.shape, np.nan)
        return Decomposition(np.nan, np.nan, np.nan, by_state, by_state, reason)
    by_mix, within = _parts(t_0, t_1, *_rates(x_0, t_0, x_1, t_1))
    change = (x_1.sum() / t_1.sum() - x_0.sum() / t_0.sum()) * DAYS_PER_YEAR * PER_PERSON_YEARS
    return Decomposition(float(change), float(by_mix.sum()), float(within.sum()), by_mix, within, None)


def decompose_with_intervals(
    events_early: Counts,
    days_early: Counts,
    events_late: Counts,
    days_late: Counts,
    level: float,
    bootstraps: int,
    seed: int,
) -> DecompositionIntervals:
    """The change and its parts with Monte Carlo intervals.

    Parameters
    ----------
    events_early, days_early, events_late, days_late
        As for `decompose`.
    level
        Nominal coverage, between 0 and 1.
    bootstraps
        Number of draws.
    seed
        Of the random numbers (PCG64): the same seed gives the same limits.

    Returns
    -------
    DecompositionIntervals
        The estimates of `decompose`; the limits are the ``(1 -/+ level) / 2`` quantiles of the parts computed from draws of
        all rates. The rate of a state in a period is drawn from the gamma distribution with shape ``x + 1/2`` and rate t,
        its posterior under Jeffreys' prior; person-days are taken as known. Unit: episodes per 100,000 person-years.

    Notes
    -----
    Undefined as for `decompose`. Episodes redrawn from a Poisson distribution (the parametric bootstrap) would stay 0 in a
    state without episodes and make its rate certain; Jeffreys' prior does not touch the estimate, and in simulation its
    limits hold their level from few episodes to many.
    """
    x_0, t_0, x_1, t_1 = as_floats(events_early, days_early, events_late, days_late)
    reason = _why_undefined(t_0, t_1)
    if reason is not None:
        undefined = Interval(*np.full(3, np.nan))
        return DecompositionIntervals(undefined, undefined, undefined, reason)
    random = np.random.Generator(np.random.PCG64(seed))
    drawn_0, drawn_1 = (random.standard_gamma(x + JEFFREYS, (bootstraps, x.size)) for x in (x_0, x_1))
    mix_draws, within_draws = (part.sum(axis=-1) for part in _parts(t_0, t_1, *_rates(drawn_0, t_0, drawn_1, t_1)))
    tails = [(1 - level) / 2, (1 + level) / 2]
    estimate = decompose(x_0, t_0, x_1, t_1)
    change, by_mix, within = (
        Interval(*(np.asarray(value) for value in (estimated, *np.quantile(draws, tails))))
        for estimated, draws in zip(estimate[:3], (mix_draws + within_draws, mix_draws, within_draws), strict=True)
    )
    return DecompositionIntervals(change, by_mix, within, None)


def _why_undefined(t_0: Floats, t_1: Floats) -> str | None:
    if t_0.sum() == 0:
        return "no person-time in the early period"
    if t_1.sum() == 0:
        return "no person-time in the late period"
    return None


def _rates(x_0: Floats, t_0: Floats, x_1: Floats, t_1: Floats) -> tuple[Floats, Floats]:
    """Rates of each state in both periods; without person-time that of the other period, 0 where neither has any."""
    with np.errstate(divide="ignore", invalid="ignore"):
        r_0, r_1 = (x / t * DAYS_PER_YEAR * PER_PERSON_YEARS for x, t in ((x_0, t_0), (x_1, t_1)))
    r_0, r_1 = np.where(t_0 > 0, r_0, r_1), np.where(t_1 > 0, r_1, r_0)
    in_neither = (t_0 == 0) & (t_1 == 0)
    return np.where(in_neither, 0, r_0), np.where(in_neither, 0, r_1)


def _parts(t_0: Floats, t_1: Floats, r_0: Floats, r_1: Floats) -> tuple[Floats, Floats]:
    """What each state adds to the part by mix and to the part within; states lie on the last axis."""
    p_0, p_1 = t_0 / t_0.sum(), t_1 / t_1.sum()
    return (p_1 - p_0) * (r_0 + r_1) / 2, (r_1 - r_0) * (p_0 + p_1) / 2
