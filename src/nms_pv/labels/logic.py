"""Three-valued logic: true is documented as present, false as absent, null is not documented. Silence is never absence."""

from collections.abc import Mapping

import polars as pl

from nms_pv.spec.rules import Rule


def value(node: str | Rule) -> pl.Expr:
    """The value of an element (a column) or of a node: Kleene's logic, as a count of branches."""
    if isinstance(node, str):
        return pl.col(node)
    states = [value(branch) for branch in node.branches]
    low, high = bounds([(state.fill_null(value=True) if node.not_denied else state, 1) for state in states])
    reached = decided(low, high, node.needed)
    return ~reached if node.is_negated else reached


def points(weights: Mapping[str, int]) -> tuple[pl.Expr, pl.Expr]:
    """The documented points, and those plus the points of what is not documented."""
    return bounds([(pl.col(name), weight) for name, weight in weights.items()])


def bounds(terms: list[tuple[pl.Expr, int]]) -> tuple[pl.Expr, pl.Expr]:
    """The weighted count if everything not documented were absent, and if it were present."""
    low, high = (
        pl.sum_horizontal(state.fill_null(silence).cast(pl.Int32) * weight for state, weight in terms)
        for silence in (False, True)
    )
    return low, high


def decided(low: pl.Expr, high: pl.Expr, needed: int) -> pl.Expr:
    """True when the lower count reaches what is needed, false when the upper cannot, else null."""
    return pl.when(low >= needed).then(pl.lit(True)).when(high < needed).then(pl.lit(False))
