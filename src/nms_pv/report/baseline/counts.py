"""Counts by group, characteristic and value -> the same with zeros, wholes and shares, in order of display."""

import polars as pl

TOTAL, NOT_STATED, UNKNOWN = "all", "not stated", "unknown"
KEY = ["group", "characteristic", "value"]
# What is not stated stands below all that is.
LAST = 100_000


def stated(value: pl.Expr) -> pl.Expr:
    """The value as text; what is empty, or a code that says unknown, is not stated."""
    text = value.cast(pl.String)
    return pl.when(text.is_null() | (text == UNKNOWN)).then(pl.lit(NOT_STATED)).otherwise(text)


def by_lower_bound(band: pl.Expr) -> pl.Expr:
    """The place of a band such as `20-39` or `85+` among others."""
    return band.str.extract(r"^(\d+)").cast(pl.Int64)


def by_order(code: pl.Expr) -> pl.Expr:
    """The place of a code in the order in which its table declares it."""
    return code.to_physical().cast(pl.Int64)


def complete(counts: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Every value for every group, with the size of the group.

    Parameters
    ----------
    counts
        Columns group, characteristic, value, place (order within the characteristic; empty: last), n, and numbers of the same.
        The characteristics are in order of display.
    totals
        Columns group, of: how many subjects the group has.

    Returns
    -------
    Columns group, characteristic, value, n, of, and the other numbers; 0 where a group has no subject with the value.

    """
    order = counts.select("characteristic").unique(maintain_order=True).with_row_index("rank")
    placed = pl.when(pl.col("value") == NOT_STATED).then(LAST).otherwise(pl.col("place").fill_null(LAST - 1))
    values = counts.with_columns(place=placed).select("characteristic", "value", "place").unique()
    numbers = [name for name in counts.columns if name not in (*KEY, "place")]
    return (
        values.join(totals, how="cross")
        .join(counts.select(*KEY, *numbers), on=KEY, how="left")
        .join(order, on="characteristic")
        .sort("rank", "place", "value", "group")
        .select(*KEY, pl.col(numbers).fill_null(0), "of")
    )


def with_shares(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts, and share: n / of, empty where the count is hidden or the group is empty."""
    return counts.with_columns(share=pl.when(pl.col("of") > 0).then(pl.col("n") / pl.col("of")))
