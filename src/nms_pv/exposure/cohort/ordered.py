"""What a row takes from the rows before it: written for windows, and for Polars as one sort and a run over all rows.

Polars is several times slower at windows over many small groups than at a sort; DuckDB and Spark are not.
"""

from typing import Any

import narwhals as nw
import polars as pl


def with_previous(
    frame: "nw.LazyFrame[Any]", by: list[str], order: str, previous: dict[str, str], nothing: int
) -> "nw.LazyFrame[Any]":
    """Add to each row what stands in the row before it of the same `by`, in order of a column.

    Parameters
    ----------
    frame
        Rows whose `by` and `order` together are unique, or whose ties are equal in the columns asked for.
    by, order
        What rows belong together, and what puts them in order.
    previous
        New columns by name, each with the column of whole numbers it is taken from.
    nothing
        What stands in the first row of each.

    """
    if not frame.implementation.is_polars():
        before = {new: nw.col(old).shift(1).over(*by, order_by=[order]).fill_null(nothing) for new, old in previous.items()}
        return frame.with_columns(**before)
    shifted = {new: pl.when(~_is_first(by)).then(pl.col(old).shift(1)).otherwise(nothing) for new, old in previous.items()}
    return nw.from_native(frame.to_native().sort(*by, order).with_columns(**shifted))


def with_running_totals(frame: "nw.LazyFrame[Any]", order: str, totals: list[str], following: str) -> "nw.LazyFrame[Any]":
    """Turn steps up and down into running totals of each person, and add the `order` of the person's next row.

    Parameters
    ----------
    frame
        Column person_id, unique together with `order`; steps whose sum over each person is 0.
    order
        What puts the rows of a person in order.
    totals
        Columns of steps, to be replaced by their running totals.
    following
        Name of the new column; empty in the last row of a person.

    """
    if not frame.implementation.is_polars():
        in_order: dict[str, Any] = {"order_by": [order]}
        running = {name: nw.col(name).cum_sum().over("person_id", **in_order) for name in totals}
        return frame.with_columns(**running, **{following: nw.col(order).shift(-1).over("person_id", **in_order)})
    is_last = (pl.col("person_id") != pl.col("person_id").shift(-1)).fill_null(value=True)
    # The steps of each person end at 0, so one running total serves all.
    native = frame.to_native().sort("person_id", order)
    added = native.with_columns(pl.col(totals).cum_sum(), pl.when(~is_last).then(pl.col(order).shift(-1)).alias(following))
    return nw.from_native(added)


def filled_from_before(frame: "nw.LazyFrame[Any]", order: str, column: str) -> "nw.LazyFrame[Any]":
    """Fill the empty cells of a column with the last that is not empty before it, of the same person."""
    if not frame.implementation.is_polars():
        filled = nw.col(column).fill_null(strategy="forward").over("person_id", order_by=[order])
        return frame.with_columns(filled.alias(column))
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    first_row = pl.when(_is_first(["person_id"])).then(row).forward_fill()
    row_of_value = pl.when(pl.col(column).is_not_null()).then(row).forward_fill()
    filled_native = pl.when(row_of_value >= first_row).then(pl.col(column).forward_fill())
    return nw.from_native(frame.to_native().sort("person_id", order).with_columns(filled_native.alias(column)))


def _is_first(by: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in by).fill_null(value=True)
