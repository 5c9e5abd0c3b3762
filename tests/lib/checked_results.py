"""Rows of results as they would be written."""

import polars as pl

from nms_pv.tables.measures import RESULTS
from tests.lib.small_study import VERSION


def checked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, which must be as `measures/results` declares them."""
    return RESULTS.check(rows.with_columns(data_version=pl.lit(VERSION)))
