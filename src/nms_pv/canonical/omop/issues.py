"""Values that are not believed: how many of each, and an example."""

import polars as pl

from nms_pv.canonical.omop.coding import RecordKind
from nms_pv.tables.canonical import VALUE_ISSUES


def count_issues(rows: pl.DataFrame, source_id: str, key: str, column: str, reason: pl.Expr, example: pl.Expr) -> pl.DataFrame:
    """The values of `column` that have a reason not to be believed, each record counted once.

    Parameters
    ----------
    rows
        Records, or records x what they are coded to.
    key
        Column that is the same in every row of a record.
    reason, example
        Why the value is not believed (null where it is), and the value as text.

    """
    return (
        rows.lazy()
        .filter(reason.is_not_null())
        .group_by(reason.alias("reason"))
        .agg(pl.col(key).n_unique().cast(pl.Int64).alias("values"), example.fill_null("").min().alias("example"))
        .with_columns(source_id=pl.lit(source_id), column=pl.lit(column))
        .select(list(VALUE_ISSUES.types))
        .collect()
    )


def count_record_issues(rows: pl.DataFrame, kind: RecordKind, column: str, reason: pl.Expr, example: pl.Expr) -> pl.DataFrame:
    """`count_issues` of a table of records."""
    return count_issues(rows, kind.source_id, kind.key, column, reason, example)


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The issues of all parts."""
    return (
        pl.concat([VALUE_ISSUES.empty(), *parts])
        .group_by("source_id", "column", "reason")
        .agg(pl.col("values").sum(), pl.col("example").min())
    )


def day_text(column: str) -> pl.Expr:
    """A day as YYYY-MM-DD."""
    return pl.col(column).cast(pl.Date).cast(pl.String)
