"""Random draws: one stream for each purpose, so that what one purpose draws does not move what another one draws."""

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
    COURSES = 2
    OTHER_COURSES = 3
    DISPENSINGS = 4
    EPISODES = 5
    EPISODE_RECORDS = 6
    LOOKALIKES = 7
    BACKGROUND = 8
    TREATMENTS = 9
    DEFECTS = 10


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """A generator that depends on nothing but its arguments."""
    return np.random.default_rng([seed, int(purpose)])


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, n: int) -> Ints:
    """Draw `n` positions of `weights`, each with a probability in proportion to its weight."""
    return pick_rows(rng, np.broadcast_to(np.asarray(weights, dtype=np.float64), (n, len(weights))))


def pick_rows(rng: np.random.Generator, weights: Floats) -> Ints:
    """Draw one position of each row of `weights`, in proportion to the weights of that row."""
    edges = np.cumsum(weights, axis=1)
    drawn = rng.random((len(weights), 1)) * edges[:, -1:]
    return np.minimum((edges <= drawn).sum(axis=1), weights.shape[1] - 1).astype(np.int64)


def lognormal_days(rng: np.random.Generator, median: float, sigma: float, n: int) -> Ints:
    """Draw whole days from a lognormal distribution."""
    return np.floor(median * np.exp(sigma * rng.standard_normal(n))).astype(np.int64)


def days_between(rng: np.random.Generator, first: Ints | int, last: Ints | int, n: int) -> Ints:
    """Draw a day from `first` to `last`, both included; `last` is not before `first`."""
    return first + np.floor(rng.random(n) * (np.asarray(last) - first + 1)).astype(np.int64)
