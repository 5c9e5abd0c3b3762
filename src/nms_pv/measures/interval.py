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


def difference(here: Interval, there: Interval) -> Interval:
    """`here - there` of independent estimates, with limits recovered from those of each (MOVER).

    ``d - sqrt((e1 - l1)^2 + (u0 - e0)^2)`` to ``d + sqrt((u1 - e1)^2 + (e0 - l0)^2)``, with e, l and u the estimate and limits
    of each.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-702. doi:10.1002/sim.3095 (memory: to be verified)
    """
    estimate = here.estimate - there.estimate
    down = np.hypot(here.estimate - here.low, there.high - there.estimate)
    up = np.hypot(here.high - here.estimate, there.estimate - there.low)
    return Interval(estimate, estimate - down, estimate + up)


def as_floats(*counts: Counts) -> tuple[Floats, ...]:
    """Counts as float64, in which products of two counts are exact up to 9e15 and larger ones do not overflow."""
    return tuple(np.asarray(count, dtype=np.float64) for count in counts)


def only_where(defined: Flags, values: Floats) -> Floats:
    """The values, and not a number where undefined."""
    return np.where(defined, values, np.nan)
