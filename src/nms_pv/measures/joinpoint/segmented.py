"""Log-linear regression of yearly counts with given numbers of joinpoints, for many series at once.

With joinpoints ``t_1 < ... < t_k``, events y and size n (person-days, reports) of year x:
``log E(y) = log n + a + b x + d_1 max(0, x - t_1) + ... + d_k max(0, x - t_k)``. Joinpoints lie at years of the series. The fit
maximises the Poisson likelihood; that the counts may vary more is dealt with by the test and the intervals.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from nms_pv.measures.interval import Flags, Floats

FEWEST_YEARS = 7
# From so many years on, two joinpoints are looked for.
YEARS_FOR_TWO = 12
# Years at least before the first joinpoint, after the last, and between two; the joinpoints themselves do not count.
YEARS_BETWEEN = 2
# Years with an event at least in each segment, its ends included: fewer leave its slope without a finite estimate.
YEARS_WITH_EVENT = 2
MOST_STEPS = 50
NOISE = 1e-10
# Of a mean before the first step, in place of the count: a count of 0 has no logarithm.
START = 0.1


class Series(NamedTuple):
    """Events and size of each year, all of shape (years,); years ascend and every size is above 0."""

    year: Floats
    events: Floats
    size: Floats


class Fit(NamedTuple):
    """The best of all places of so many joinpoints: their years, the mean of each year, and the deviance."""

    joinpoints: Floats
    coefficients: Floats
    mean: Floats
    deviance: float


class Models(NamedTuple):
    """All places of a number of joinpoints: of each the joinpoints, the design, and which years lie in which segment."""

    joinpoints: Floats
    designs: Floats
    segments: Floats


def most_joinpoints(years: int) -> int:
    """How many joinpoints a series of so many years, at least `FEWEST_YEARS`, can tell."""
    return 1 if years < YEARS_FOR_TWO else 2


def models(year: Floats, joinpoints: int) -> Models:
    """All places of the joinpoints that leave `YEARS_BETWEEN` years on every side.

    Shapes: joinpoints (places, joinpoints), designs (places, years, 2 + joinpoints), segments (places, 1 + joinpoints, years).
    """
    inner = range(YEARS_BETWEEN, year.size - YEARS_BETWEEN)
    places = [place for place in combinations(inner, joinpoints) if all(np.diff(place) > YEARS_BETWEEN)]
    at = year[np.array(places, dtype=int).reshape(len(places), joinpoints)]
    x = np.broadcast_to(year - year[0], (len(places), year.size))
    hinges = np.maximum(0, year[None, :, None] - at[:, None, :])
    designs = np.concatenate([np.ones_like(x)[..., None], x[..., None], hinges], axis=2)
    ends = np.concatenate([np.full((len(places), 1), year[0]), at, np.full((len(places), 1), year[-1])], axis=1)
    within = (year >= ends[:, :-1, None]) & (year <= ends[:, 1:, None])
    return Models(at, designs, within.astype(float))


def best_fit(series: Series, joinpoints: int) -> Fit | None:
    """The place of the joinpoints with the smallest deviance; None where no place has a finite estimate."""
    candidates = models(series.year, joinpoints)
    deviance, coefficients = _fits(series.events[None, :], np.log(series.size), candidates)
    if not np.isfinite(deviance).any():
        return None
    place = int(deviance[:, 0].argmin())
    chosen = coefficients[place, 0]
    return Fit(
        candidates.joinpoints[place], chosen, series.size * np.exp(candidates.designs[place] @ chosen), float(deviance[place, 0])
    )


def smallest_deviance(events: Floats, log_size: Floats, candidates: Models) -> Floats:
    """Of many series of events, shape (series, years): the smallest deviance of all places; infinite where none can be fitted."""
    return _fits(events, log_size, candidates)[0].min(axis=0)


def _fits(events: Floats, log_size: Floats, candidates: Models) -> tuple[Floats, Floats]:
    """Deviance (places, series), infinite where there is no finite estimate, and coefficients (places, series, columns)."""
    designs = candidates.designs
    admissible = _has_estimate(events, candidates.segments)
    y = np.where(admissible[..., None], events, 1.0)
    squares = (designs[..., :, None] * designs[..., None, :]).reshape(*designs.shape[:2], -1)
    mean, linear = y + START, np.log(y + START) - log_size
    deviance, settled, steps = np.full(admissible.shape, np.inf), np.zeros(admissible.shape, dtype=bool), 0
    while steps < MOST_STEPS and not settled.all():
        information = (mean @ squares).reshape(*admissible.shape, designs.shape[2], designs.shape[2])
        score = (mean * linear + y - mean) @ designs
        coefficients = np.linalg.solve(information, score[..., None])[..., 0]
        linear = coefficients @ designs.swapaxes(1, 2)
        mean = np.exp(log_size + linear)
        before, deviance = deviance, 2 * (xlogy(y, y / mean) - y + mean).sum(axis=2)
        settled, steps = np.abs(before - deviance) <= NOISE * (1 + deviance), steps + 1
    found: Floats = np.where(admissible & settled, np.maximum(deviance, 0), np.inf)
    return found, coefficients.astype(np.float64)


def _has_estimate(events: Floats, segments: Floats) -> Flags:
    """Whether every segment has enough years with an event: a slope that runs to infinity would need one without."""
    with_event = (events > 0).astype(float) @ segments.swapaxes(1, 2)
    enough: Flags = np.logical_and.reduce(with_event >= YEARS_WITH_EVENT, axis=2)
    return enough
