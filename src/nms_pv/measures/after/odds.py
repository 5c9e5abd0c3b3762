"""Odds ratio of a 2x2 table of few."""

from typing import NamedTuple

import numpy as np
from scipy.stats.contingency import odds_ratio


class Odds(NamedTuple):
    """An odds ratio with its limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


def conditional_odds_ratio(events: int, subjects: int, reference_events: int, reference_subjects: int, level: float) -> Odds:
    """Odds ratio of a group to a reference, given the margins, with the exact interval.

    Parameters
    ----------
    events, subjects
        Of the group. Unit: persons.
    reference_events, reference_subjects
        Of the reference.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Odds
        The maximum of the noncentral hypergeometric likelihood of `events` given all margins (not ``a d / (b c)``), and the
        ratios at which either tail is ``(1 - level) / 2``: what Fisher's exact test of base R gives. Unit: none.

    Notes
    -----
    Undefined where a side is empty, nobody has the event, or everybody has; and where the estimate is infinite, because nobody of
    the reference has the event or everybody of the group has.

    References
    ----------
    Fisher RA. J R Stat Soc 1935;98:39-82. doi:10.2307/2342435 (memory: to be verified). Cornfield J. Proc Third Berkeley Symp
    Math Stat Prob 1956;4:135-48 (memory: to be verified)
    """
    reason = _why_undefined(events, subjects, reference_events, reference_subjects)
    if reason:
        return Odds(np.nan, np.nan, np.nan, reason)
    found = odds_ratio([[events, subjects - events], [reference_events, reference_subjects - reference_events]])
    low, high = found.confidence_interval(level)
    return Odds(float(found.statistic), float(low), float(high), None)


def _why_undefined(events: int, subjects: int, reference_events: int, reference_subjects: int) -> str | None:
    reasons = {
        "nobody in the group was observed so long": subjects == 0,
        "nobody in the reference group was observed so long": reference_subjects == 0,
        "nobody has the event": events + reference_events == 0,
        "everybody has the event": events + reference_events == subjects + reference_subjects,
        "nobody in the reference group has the event": reference_events == 0,
        "everybody in the group has the event": events == subjects,
    }
    return next((text for text, holds in reasons.items() if holds), None)
