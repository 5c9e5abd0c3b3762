"""What of the covariates has a finite maximum likelihood estimate, found before the fit."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import eye_array, hstack

from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.own_control.spans import Ints

TOLERANCE = 1e-8


class Finite(NamedTuple):
    """Cells that stay, and an orthonormal basis (columns) of the combinations of coefficients with a finite estimate."""

    is_kept: Flags
    basis: Floats


def finite_part(person: Ints, pattern: Ints, events: Ints, design: Floats) -> Finite:
    """Leave out the cells that the likelihood drives to probability 0.

    They are those that some direction of the coefficients lowers against the cells with episodes of the same person, while it
    raises no cell of anybody against those. In the limit such cells have no weight, and the others carry all information (the
    limiting conditional model). Directions that change nothing among the others have no estimate.

    Parameters
    ----------
    person, pattern, events
        Of each cell, sorted by person.
    design
        The covariates of each pattern.

    References
    ----------
    Correia S, Guimarães P, Zylkin T. Verifying the existence of maximum likelihood estimates for generalized linear models.
    arXiv:1903.01633. Geyer CJ. Electron J Stat 2009;3:259-89. doi:10.1214/08-EJS349 (memory: to be verified)
    """
    cell, rival = _rivals(person, pattern, events, len(design))
    pairs, of_rival = np.unique(rival, return_inverse=True)
    own, other = np.divmod(pairs, len(design))
    differences = design[other] - design[own]
    is_separated = _separated(differences, np.isin(other * len(design) + own, pairs))
    is_kept = np.ones(person.shape, dtype=bool)
    is_kept[cell[is_separated[of_rival]]] = False
    return Finite(is_kept, _row_space(differences[~is_separated]))


def _rivals(person: Ints, pattern: Ints, events: Ints, patterns: int) -> tuple[Ints, Ints]:
    """Each cell with each cell of the same person that has episodes: the cell, and both patterns as one number."""
    with_events = np.flatnonzero(events)
    low, high = (np.searchsorted(person, person[with_events], side=side) for side in ("left", "right"))
    number = high - low
    own = np.repeat(with_events, number)
    cell = np.arange(own.size) - np.repeat(np.cumsum(number) - number, number) + np.repeat(low, number)
    return cell, pattern[own] * patterns + pattern[cell]


def _separated(differences: Floats, is_both_ways: Flags) -> Flags:
    """Rows d that some direction v with ``d v <= 0`` for all rows makes less than 0.

    Rows whose opposite is a row too can be lowered by none. With many episodes they leave few directions, or none, to search.
    """
    separated = np.zeros(len(differences), dtype=bool)
    free = _null_space(differences[is_both_ways])
    lowered = differences @ free
    open_rows = np.flatnonzero(np.abs(lowered).max(axis=1, initial=0) > TOLERANCE)
    if open_rows.size == 0:
        return separated
    rows = lowered[open_rows]
    solved = linprog(
        np.concatenate([np.zeros(rows.shape[1]), -np.ones(len(rows))]),
        A_ub=hstack([rows, eye_array(len(rows))], format="csr"),
        b_ub=np.zeros(len(rows)),
        bounds=[(-1e4, 1e4)] * rows.shape[1] + [(0, 1)] * len(rows),
    )
    separated[open_rows] = solved.x[rows.shape[1] :] > 0.5
    return separated


def _row_space(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix.T @ matrix)
    return vectors[:, values > TOLERANCE * values.max(initial=1)]


def _null_space(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix.T @ matrix)
    return vectors[:, values <= TOLERANCE * values.max(initial=1)]
