"""Several values as one text: how every label names its courses, drugs and kinds."""

from collections.abc import Mapping

import polars as pl


def joined(column: str) -> pl.Expr:
    """The distinct values of a list column, in their order, as text joined by `;`."""
    values = pl.col(column).list.drop_nulls().list.unique(maintain_order=True)
    return values.cast(pl.List(pl.String)).list.join(";").alias(column)


def names_of(flags: Mapping[str, pl.Expr]) -> pl.Expr:
    """The names of the flags that are true, in the order given, joined by `;`."""
    return pl.concat_str([pl.when(flag).then(pl.lit(name)) for name, flag in flags.items()], separator=";", ignore_nulls=True)
