"""What every measure returns."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.ArrayLike


class Interval(NamedTuple):
    """Estimates with their limits, element by element; not a number where undefined."""

    estimate: Floats
    low: Floats
    high: Floats


def as_floats(*counts: Counts) -> tuple[Floats, ...]:
    """Counts as float64, in which products of two counts are exact up to 9e15 and larger ones do not overflow."""
    return tuple(np.asarray(count, dtype=np.float64) for count in counts)


def only_where(defined: Flags, values: Floats) -> Floats:
    """The values, and not a number where undefined."""
    return np.where(defined, values, np.nan)
