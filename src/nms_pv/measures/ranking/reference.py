"""What the model may learn from: the reviewers' verdicts where there are enough, else who carries the term, else nothing."""

from typing import NamedTuple

import polars as pl

# Below these a cross-fitted model would be noise; ours. Groups, not subjects: a duplicate tells nothing new.
ENOUGH = 50
ENOUGH_OF_A_CLASS = 10
COLUMNS = {"adjudicated": "is_judged_nms", "pt_only": "is_coded"}


class Reference(NamedTuple):
    """Its name in `measures/ranking`, its column (empty where a candidate has none), and why there is none at all."""

    name: str
    column: pl.Expr
    undefined_reason: str | None


def choose_reference(candidates: pl.DataFrame) -> Reference:
    """The first reference with at least 50 groups of candidates, 10 of them in each class.

    Parameters
    ----------
    candidates
        One row a candidate: `group` (probable duplicates, or person), `is_judged_nms`, `is_coded`.

    """
    reasons = []
    for name, column in COLUMNS.items():
        n, n_nms, n_other = (
            candidates.filter(chosen)["group"].n_unique()
            for chosen in (pl.col(column).is_not_null(), pl.col(column), ~pl.col(column))
        )
        if n >= ENOUGH and min(n_nms, n_other) >= ENOUGH_OF_A_CLASS:
            return Reference(name, pl.col(column), None)
        reasons.append(f"{name}: {n} independent candidates with a reference, {n_nms} of them NMS and {n_other} not")
    needed = f"needed are {ENOUGH}, with {ENOUGH_OF_A_CLASS} of each kind"
    return Reference("none", pl.lit(None, pl.Boolean), f"{'; '.join(reasons)}; {needed}")
