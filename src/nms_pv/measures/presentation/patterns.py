"""Which features each case has -> distinct patterns with the number of cases that have each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from nms_pv.measures.definitions.patterns import MET
from nms_pv.measures.interval import Flags

Integers = npt.NDArray[np.int64]


class Weighted(NamedTuple):
    """Distinct patterns, sorted.

    `points` has shape (patterns, features), True where the feature is documented as present; `n` cases of each, shape
    (patterns,); `place` of each case among the patterns, shape (cases,).
    """

    points: Flags
    n: Integers
    place: Integers


def presence(subjects: pl.DataFrame, states: pl.DataFrame, names: Sequence[str]) -> Flags:
    """Which features are documented as present, shape (subjects, names); silence and absence are both False.

    `subjects` has the column subject_id, each once; rows come out in their order. `states` as of `sign_states`.
    """
    said = states.filter(pl.col("state") == MET).group_by("subject_id").agg(pl.col("name").cast(pl.String))
    named = subjects.select("subject_id").join(said, on="subject_id", how="left", maintain_order="left")["name"]
    columns = [named.list.contains(name).fill_null(False).to_numpy() for name in names]
    return np.reshape(np.stack(columns, axis=1) if columns else np.zeros(0, dtype=bool), (subjects.height, len(names)))


def collapsed(present: Flags) -> Weighted:
    """Equal rows put together."""
    points, place, n = np.unique(present, axis=0, return_inverse=True, return_counts=True)
    return Weighted(points, n, place.reshape(-1))


def telling(present: Flags) -> Flags:
    """The features that can tell cases apart, each once: those that all or none have are left out, and so are repetitions.

    A feature that says what another says already is no second piece of evidence, and would count twice in every distance.
    """
    varied = present[:, present.any(axis=0) & ~present.all(axis=0)]
    if not varied.size:
        return varied
    _, first = np.unique(varied, axis=1, return_index=True)
    return varied[:, np.sort(first)]
