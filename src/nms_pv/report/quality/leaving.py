"""Exact checks -> checks that may leave the study: every count rounded, small ones hidden, estimates from what is left."""

import polars as pl

from nms_pv.report.rounding import Numbers, SmallCells
from nms_pv.tables.export import HIDDEN
from nms_pv.tables.quality import DAYS_PER_YEAR

COUNTS = ("numerator", "denominator")
NUMBERS = Numbers(counts=COUNTS, shares=(COUNTS,))


def to_leave(exact: pl.DataFrame, cells: SmallCells) -> pl.DataFrame:
    """Rows of `measures/quality` as they may leave.

    Counts of records are treated as those of people: a record is of somebody. A row whose whole is small keeps its place and
    loses its numbers. Shares are computed from the rounded counts, so that they give no more away than these.

    Parameters
    ----------
    exact
        Rows of `measures/quality`.
    cells
        How numbers leave.

    """
    if cells.is_open:
        return exact
    told = exact.filter(pl.col("denominator").is_not_null())
    kept = cells.leave(told, NUMBERS)
    too_small = told.join(kept, on="quality_id", how="anti").with_columns(pl.lit(None, pl.Int64).alias(name) for name in COUNTS)
    of_whole = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    statistic, is_hidden = pl.col("statistic"), pl.col("numerator").is_null()
    estimate = (
        pl.when(statistic == "share")
        .then(of_whole)
        .when(statistic == "per_person_year")
        .then(of_whole * DAYS_PER_YEAR)
        .when(~is_hidden)
        .then("estimate")
    )
    rows = pl.concat([kept, too_small]).with_columns(
        estimate=estimate, undefined_reason=pl.when(is_hidden).then(pl.lit(HIDDEN)).otherwise("undefined_reason")
    )
    return pl.concat([rows, exact.filter(pl.col("denominator").is_null())]).sort("quality_id")
