"""Counts beside a zero -> the first reason that applies."""

import polars as pl

from nms_pv.tables.why_zero import COUNTED, WHY_ZERO

ADDRESS = ["arm", "definition", "roles", "duplicates", "analysis", "group_kind", "group"]


def with_reason(zeros: pl.DataFrame, lacking: dict[str, pl.Expr], ordered: list[str], otherwise: str) -> pl.DataFrame:
    """Rows of `measures/why_zero`.

    Parameters
    ----------
    zeros
        One row for each zero: the address but for what does not apply, size, expected, unit, and the counts of `ordered`.
    lacking
        Reasons that come first, with when they apply: there is nothing to look at.
    ordered
        Reasons that are counted, in order: the first with a count above 0 applies.
    otherwise
        The reason where none applies.

    """
    absent = {name: pl.lit(None, dtype) for name, dtype in WHY_ZERO.types.items() if name not in zeros.columns}
    first = [pl.when(applies).then(pl.lit(name)) for name, applies in lacking.items()]
    counted = [pl.when(pl.col(name) > 0).then(pl.lit(name)) for name in ordered]
    reason = pl.coalesce(*first, *counted, pl.lit(otherwise))
    n = pl.coalesce(pl.when(pl.col("reason") == name).then(pl.col(name)) for name in COUNTED)
    return (
        zeros.with_columns(**absent)
        .with_columns(reason=reason, zero_id=pl.concat_str(ADDRESS, separator="/", ignore_nulls=True))
        .with_columns(n=n)
        .select(pl.col(name).cast(dtype) for name, dtype in WHY_ZERO.types.items())
    )
