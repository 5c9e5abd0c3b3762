"""The likelihood of episodes given how many each person had: what a self-controlled case series and a case-crossover maximise.

Given the number of episodes of a person, each falls into cell j with probability ``t_j exp(x_j b) / sum_k t_k exp(x_k b)``, t the
days and x the covariates of the cell. With t = 1 and one episode this is conditional logistic regression; with t days it is
Poisson regression with a level of its own for each person.

Farrington CP. Biometrics 1995;51:228-35. doi:10.2307/2533328. Whitaker HJ, Farrington CP, Spiessens B, Musonda P. Stat Med
2006;25:1768-97. doi:10.1002/sim.2302 (both memory: to be verified).
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from nms_pv.measures.interval import Floats
from nms_pv.measures.own_control.spans import Ints

MOST_STEPS = 100
# What a Newton step must gain to be taken; without it the coefficients are off by 0.00001 standard errors at most.
LEAST_GAIN = 1e-10
# Longest step, in logarithms of the rate of a pattern: far from the maximum the likelihood is flat, and Newton's steps are wild.
LONGEST_STEP = 5.0
# Differences of log-likelihood that are rounding.
NOISE = 1e-9


class Problem(NamedTuple):
    """Cells sorted by person, and the covariates of each pattern; `first` is the first cell of each person."""

    pattern: Ints
    days: Floats
    person: Ints
    first: Ints
    design: Floats
    # Persons x patterns; the numbers in it are those of the last point that was looked at.
    shares: csr_array
    # Episodes by pattern and by person: all that the likelihood needs of them.
    of_pattern: Ints
    of_person: Ints


class Point(NamedTuple):
    """The likelihood at some coefficients."""

    coefficients: Floats
    log_likelihood: float
    score: Floats
    information: Floats


def problem(person: Ints, pattern: Ints, days: Ints, events: Ints, design: Floats) -> Problem:
    """The likelihood of cells, sorted by person.

    A person without an episode, or with one cell, says nothing about the coefficients, and does not disturb.
    """
    first = np.flatnonzero(np.diff(person, prepend=-1))
    return Problem(
        pattern,
        days.astype(float),
        np.cumsum(np.diff(person, prepend=-1) != 0) - 1,
        first,
        design,
        csr_array((days.astype(float), pattern, np.append(first, pattern.size)), shape=(first.size, len(design))),
        np.bincount(pattern, events, len(design)).astype(np.int64),
        np.add.reduceat(events, first),
    )


def at(data: Problem, coefficients: Floats) -> Point:
    """Log-likelihood (but for what the coefficients do not change), its gradient, and minus its second derivative."""
    linear = data.design @ coefficients
    linear -= linear.max()
    weight = data.days * np.exp(linear)[data.pattern]
    total = np.add.reduceat(weight, data.first)
    share = weight / total[data.person]
    expected = np.bincount(data.pattern, share * data.of_person[data.person], len(data.design))
    data.shares.data[:] = share
    mean = data.shares @ data.design
    within = (mean * data.of_person[:, None]).T @ mean
    return Point(
        coefficients,
        float(data.of_pattern @ linear - data.of_person @ np.log(total)),
        data.design.T @ (data.of_pattern - expected),
        data.design.T @ (expected[:, None] * data.design) - within,
    )


def maximum(data: Problem, start: Floats, directions: Floats) -> Point:
    """Where the likelihood is largest among `start` + any combination of the directions (columns).

    The log-likelihood is concave, so a Newton step that is shortened until it climbs cannot go astray. There must be a maximum at
    finite coefficients, and only one.
    """
    here = at(data, start)
    for _ in range(MOST_STEPS):
        score = directions.T @ here.score
        step = np.linalg.solve(directions.T @ here.information @ directions, score)
        if score @ step < LEAST_GAIN:
            return here
        here = _climbed(data, here, directions @ step)
    raise RuntimeError("the likelihood has no maximum at finite coefficients; what is separated must be left out before")


def _climbed(data: Problem, here: Point, step: Floats) -> Point:
    step = step / max(1.0, np.abs(data.design @ step).max(initial=0) / LONGEST_STEP)
    there = at(data, here.coefficients + step)
    while there.log_likelihood < here.log_likelihood - NOISE:
        step = step / 2
        there = at(data, here.coefficients + step)
    return there
