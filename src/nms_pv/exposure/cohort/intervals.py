"""Intervals of days to intervals of days: what lies close enough together becomes one."""

from typing import Any

import narwhals as nw
import polars as pl

# More than twice the days from year 0 to 9999, so that a day fits between two multiples of it.
SPAN = 2**23


def merge(frame: "nw.LazyFrame[Any]", by: list[str], gap: int) -> "nw.LazyFrame[Any]":
    """Merge the intervals of each person and number that are at most `gap` days apart.

    Parameters
    ----------
    frame
        Columns `by`, start_day and end_day (both days included).
    by
        person_id and one column of whole numbers from 0 to 2^17 - 1, in any order.
    gap
        An interval joins those before it when its start - their latest end <= gap: 0 joins what shares a day, 1 also
        what follows on the next day.

    Returns
    -------
    Columns `by`, start_day, end_day, and n, the number of intervals of `frame` each is made of.

    """
    if frame.implementation.is_polars():
        return nw.from_native(_merge_sorted(frame.to_native(), by, gap))
    return _merge_windowed(frame, by, gap)


def _merge_sorted(frame: pl.LazyFrame, by: list[str], gap: int) -> pl.LazyFrame:
    """One sort and a few runs over it: Polars is several times slower at windows over many small groups."""
    is_first = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in by).fill_null(value=True)
    # The next person and number lie so far away that the latest end is always their own.
    base = is_first.cum_sum().cast(pl.Int64) * SPAN
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    return (
        frame.select(*by, "start_day", "end_day")
        .sort(*by, "start_day")
        .with_columns(base=base)
        .with_columns(latest_end=(pl.col("base") + pl.col("end_day")).cum_max())
        .with_columns(is_new=(pl.col("base") + pl.col("start_day") - pl.col("latest_end").shift(1) > gap).fill_null(value=True))
        .with_columns(
            start_day=pl.when("is_new").then("start_day").forward_fill(),
            n=row - pl.when("is_new").then(row).forward_fill() + 1,
        )
        .filter(pl.col("is_new").shift(-1).fill_null(value=True))
        .select(*by, "start_day", end_day=(pl.col("latest_end") - pl.col("base")).cast(pl.Int32), n="n")
    )


def _merge_windowed(frame: "nw.LazyFrame[Any]", by: list[str], gap: int) -> "nw.LazyFrame[Any]":
    [number] = [name for name in by if name != "person_id"]
    base = nw.col(number).cast(nw.Int64) * SPAN
    # Number, start and end in one integer sort as the three would, and one integer sorts several times as fast. All that
    # needs the order is asked of it at once, so that each engine sorts once.
    ordered = frame.select(
        *by,
        start=base + nw.col("start_day"),
        end=base + nw.col("end_day"),
        order=(base + nw.col("start_day")) * SPAN + nw.col("end_day"),
    )
    in_order: dict[str, Any] = {"order_by": ["order"]}
    seen = ordered.with_columns(
        latest_end=nw.col("end").cum_max().over("person_id", **in_order),
        next_start=nw.col("start").shift(-1).over("person_id", **in_order),
        first_start=nw.col("start").cum_min().over("person_id", **in_order),
        rows=nw.col("start").cum_count().over("person_id", **in_order).cast(nw.Int64),
    )
    # The next number lies so far away that it always starts anew.
    last_of_each = seen.filter(nw.col("next_start").is_null() | (nw.col("next_start") - nw.col("latest_end") > gap))
    started = last_of_each.with_columns(
        start=nw.col("next_start").shift(1).over("person_id", **in_order),
        rows_before=nw.col("rows").shift(1).over("person_id", **in_order),
    )
    return started.select(
        *by,
        start_day=(nw.coalesce("start", "first_start") - base).cast(nw.Int32),
        end_day=(nw.col("latest_end") - base).cast(nw.Int32),
        n=nw.col("rows") - nw.col("rows_before").fill_null(0),
    )
