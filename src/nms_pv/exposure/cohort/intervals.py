"""Intervals of days to intervals of days: what lies close enough together becomes one."""

from typing import Any

import narwhals as nw

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
