"""What came in, and how much of it could be coded."""

import polars as pl

from nms_pv.report.inputs import Inputs
from nms_pv.report.numbers import Row

MOST_NAMES = 30
MOST_NEAR_NAMES = 60
MOST_ISSUES = 60


def value_issues(inputs: Inputs) -> list[Row]:
    """Columns table, column, reason, values, example, summed over quarters, largest first."""
    return (
        inputs.value_issues.group_by(pl.col("source_id").str.split(":").list.last().alias("table"), "column", "reason")
        .agg(pl.col("values").sum(), pl.col("example").min())
        .sort(["values", "table", "column", "reason"], descending=[True, False, False, False])
        .rows(named=True)
    )


def coding(inputs: Inputs) -> list[Row]:
    """Columns coding_method, rows, over all drug files, in declared order."""
    return inputs.coding_coverage.group_by("coding_method").agg(pl.col("rows").sum()).sort("coding_method").rows(named=True)


def commonest_uncoded(inputs: Inputs) -> list[Row]:
    """The names that would gain most from being coded."""
    names = inputs.uncoded_names.sort(["rows", "name"], descending=[True, False])
    return names.head(MOST_NAMES).rows(named=True)


def near_antipsychotics(inputs: Inputs) -> list[Row]:
    """The uncoded names that resemble an antipsychotic, the most similar first."""
    near = inputs.uncoded_names.filter(pl.col("near").is_not_null())
    return near.sort(["similarity", "rows", "name"], descending=[True, True, False]).rows(named=True)
