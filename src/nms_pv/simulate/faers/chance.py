"""Random draws: one stream for each quarter and purpose, so that a quarter is the same whatever else is simulated."""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Purpose(IntEnum):
    """What a stream of random numbers is for."""

    PEOPLE = 1
    EVENTS = 2
    DRUGS = 3
    VERSIONS = 4
    RENDERING = 5
    DEFECTS = 6
    ASSOCIATIONS = 7


def stream(seed: int, quarter_index: int, purpose: Purpose) -> np.random.Generator:
    """A generator that depends on nothing but its arguments."""
    return np.random.default_rng([seed, quarter_index, int(purpose)])


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, n: int) -> Ints:
    """Draw `n` positions of `weights`, each with a probability in proportion to its weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, rng.random(n) * edges[-1], side="right")
    return np.minimum(found, len(edges) - 1).astype(np.int64)


def lognormal_days(rng: np.random.Generator, median: float | Floats, sigma: float, n: int) -> Ints:
    """Draw whole days from a lognormal distribution."""
    return np.floor(np.asarray(median) * np.exp(sigma * rng.standard_normal(n))).astype(np.int64)


def count_within(groups: Ints) -> Ints:
    """1, 2, 3, ... within each run of equal numbers; the input is sorted."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths) + 1
