"""Grouped data of a logistic regression: unique covariate patterns with their counts, and what they can tell."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import qr
from scipy.optimize import linprog

from nms_pv.measures.interval import Counts, Flags, Floats, as_floats

NO_SUBJECT = "nobody was counted"
NO_SUCCESS = "nobody has the outcome"
NO_FAILURE = "everybody has the outcome"
COLLINEAR = "the group cannot be told apart from the covariates (collinear)"
# Share of a column that may lie outside the span of the others and still be rounding.
TOLERANCE = 1e-9


class Fitted(NamedTuple):
    """An odds ratio with its limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


class Patterns(NamedTuple):
    """Patterns that somebody has: their covariates (patterns x columns), those with the outcome, and all of them."""

    design: Floats
    successes: Floats
    trials: Floats


def undefined(reason: str) -> Fitted:
    """No estimate, because of `reason`."""
    return Fitted(np.nan, np.nan, np.nan, reason)


def patterns(design: Floats, successes: Counts, trials: Counts) -> Patterns:
    """The patterns that somebody has, counts as floats.

    Raises
    ------
    ValueError
        When shapes do not fit, or a count is negative or larger than its trials.
    """
    x, (y, n) = np.asarray(design, dtype=np.float64), as_floats(successes, trials)
    if x.ndim != 2 or y.shape != n.shape or y.shape != x.shape[:1]:
        raise ValueError(
            f"design {x.shape}, successes {y.shape} and trials {n.shape} must be patterns x columns, patterns, patterns"
        )
    if (y < 0).any() or (y > n).any():
        raise ValueError("successes must lie between 0 and trials")
    some = n > 0
    return Patterns(x[some], y[some], n[some])


def why_no_fit(data: Patterns) -> str | None:
    """Why no regression says anything about these patterns, in words."""
    if data.trials.sum() == 0:
        return NO_SUBJECT
    if data.successes.sum() == 0:
        return NO_SUCCESS
    if data.successes.sum() == data.trials.sum():
        return NO_FAILURE
    return None


def identified(design: Floats, columns: Sequence[int]) -> Flags:
    """Whether each of these columns lies outside the span of all other columns."""
    small = triangle(design)
    return np.array([_outside(np.delete(small, column, axis=1), small[:, column]) for column in columns], dtype=bool)


def triangle(design: Floats) -> Floats:
    """Columns with the same lengths and angles as those of the design, but no more rows than columns."""
    return np.asarray(np.linalg.qr(design, mode="r"))


def independent(design: Floats, first: Sequence[int]) -> list[int]:
    """The largest set of independent columns that holds the columns `first`, which must be independent themselves."""
    others = [column for column in range(design.shape[1]) if column not in first]
    design = triangle(design)
    left = design[:, others]
    if first:
        basis = np.linalg.qr(design[:, list(first)])[0]
        left = left - basis @ (basis.T @ left)
    # Columns are compared with their own length, so that a rare covariate is no rounding error.
    lengths = np.linalg.norm(design[:, others], axis=0)
    scaled = left / np.where(lengths > 0, lengths, 1)
    upper, order = qr(scaled, mode="r", pivoting=True)
    size = np.abs(np.diagonal(upper))
    return [*first, *sorted(others[k] for k in order[: size.size][size > TOLERANCE])]


def separated(design: Floats, successes: Counts, trials: Counts, columns: Sequence[int]) -> Flags:
    """Whether the likelihood without a penalty has no maximum at a finite coefficient of each of these columns.

    It has none when some direction of the coefficients moves that one, raises the odds of no pattern that has a failure,
    lowers those of no pattern that has a success, and leaves patterns of both as they are. Found by linear programming,
    never read off a fit that ran away. A column that is not `identified` is told as separated too.

    References
    ----------
    Albert A, Anderson JA. Biometrika 1984;71:1-10. doi:10.1093/biomet/71.1.1 (memory: to be verified). Konis K. Linear
    programming algorithms for detecting separated data in binary logistic regression models. DPhil thesis, Oxford, 2007
    (memory: to be verified).
    """
    data = patterns(design, successes, trials)
    scaled = data.design / np.maximum(np.abs(data.design).max(axis=0, initial=0), 1e-300)
    only_successes, only_failures = data.successes == data.trials, data.successes == 0
    limits = np.vstack([-scaled[only_successes], scaled[only_failures]])
    # Patterns of both outcomes leave few directions or none: the programme is solved among those.
    directions = _null_space(scaled[~only_successes & ~only_failures])
    return np.array([_can_move(limits @ directions, directions[column]) for column in columns], dtype=bool)


def _can_move(limits: Floats, gain: Floats) -> bool:
    if gain.size == 0 or np.abs(gain).max() < TOLERANCE:
        return False
    solved = [linprog(sign * gain, A_ub=limits, b_ub=np.zeros(len(limits)), bounds=(-1, 1)).fun for sign in (-1, 1)]
    return min(solved) < -1e-7


def _null_space(matrix: Floats) -> Floats:
    _, values, rows = np.linalg.svd(matrix.T @ matrix)
    return rows[int((values > TOLERANCE * float(values[0])).sum()) :].T


def _outside(others: Floats, column: Floats) -> bool:
    rest = column - others @ np.linalg.lstsq(others, column)[0] if others.size else column
    return bool(np.linalg.norm(rest) > TOLERANCE * max(float(np.linalg.norm(column)), 1e-300))
