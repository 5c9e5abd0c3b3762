"""Shares of the second and third generation against the first."""

import polars as pl

from nms_pv.measures.definitions.features import share_difference
from nms_pv.measures.rows import COUNTS, with_interval

FIRST = "FGA"
LATER = ["SGA", "TGA"]
METHOD = (
    "difference of the shares, cases on one generation only; limits recovered from the Clopper-Pearson limits of each share "
    "(MOVER); not adjusted for age, sex or anything else"
)


def against_first(counts: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Counts of each later generation with those of the first as reference; a side without cases has 0 of 0.

    `counts` has the columns `on`, group, numerator, denominator.
    """
    first = counts.filter(pl.col("group") == FIRST).select(
        *on, reference_numerator="numerator", reference_denominator="denominator"
    )
    others = counts.filter(pl.col("group").is_in(LATER)).join(first, on=on, how="left")
    return others.with_columns(pl.col(COUNTS).fill_null(0), reference=pl.lit(FIRST))


def with_difference(sides: pl.DataFrame, level: float) -> pl.DataFrame:
    """Difference of both shares with its limits, and the reason where a side has no case.

    Limits and their coverage: `share_difference`. Independent, because no case is on both sides.
    """
    x_1, n_1, x_0, n_0 = (sides[name].to_numpy() for name in COUNTS)
    found = with_interval(sides, share_difference(x_1, n_1, x_0, n_0, level))
    empty = pl.when(pl.col("denominator") == 0).then(pl.col("group")).otherwise(pl.lit(FIRST))
    return found.with_columns(undefined_reason=pl.format("no case is on the generation {} only", empty))
