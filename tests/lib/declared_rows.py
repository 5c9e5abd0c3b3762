"""Rows of declared tables of which a test states only what it is about."""

import polars as pl

from nms_pv.tables.contract import Table


def rows(table: Table, *stated: dict[str, object]) -> pl.DataFrame:
    """Rows of `table`; a column that is not stated is empty, or holds a plain value where it may not be."""
    plain = {name: None if column.nullable else _plain_value(column.dtype) for name, column in table.schema.columns().items()}
    return table.check(pl.DataFrame([plain | row for row in stated], schema=table.types) if stated else table.empty())


def _plain_value(dtype: pl.DataType) -> object:
    if isinstance(dtype, pl.Enum):
        return dtype.categories[-1]
    return {pl.String(): "", pl.Boolean(): True, pl.Int32(): 1, pl.Int64(): 1, pl.Float64(): 1.0}[dtype]
