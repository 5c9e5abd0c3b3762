"""Frames of numbers, each with its measure, unit and method, before they become rows of the results."""

import polars as pl

from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rows import OPTIONAL, result_rows, with_interval
from nms_pv.tables.measures import RESULTS

TEXTS = ["measure", "unit", "method", "definition", "group_kind", "group", "undefined_reason"]
VALUES = ["estimate", "low", "high"]
NUMBERS: dict[str, pl.DataType] = {
    **dict.fromkeys(TEXTS, pl.String()),
    **dict.fromkeys(VALUES, pl.Float64()),
    **{name: pl.String() if RESULTS.types[name] != pl.Int64 else pl.Int64() for name in OPTIONAL if name != "screen_met"},
}


def numbers(frame: pl.DataFrame, measure: str, unit: str, method: str | pl.Expr) -> pl.DataFrame:
    """The columns of `NUMBERS`; those that the frame does not have are empty."""
    told = frame.with_columns(
        measure=pl.lit(measure), unit=pl.lit(unit), method=pl.lit(method) if isinstance(method, str) else method
    )
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in NUMBERS.items() if name not in told.columns]
    return told.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in NUMBERS.items())


def shares(
    frame: pl.DataFrame, measure: str, unit: str, method: str | pl.Expr, nobody: str | pl.Expr, level: float
) -> pl.DataFrame:
    """Numbers `numerator / denominator` with their exact interval; `nobody` is the reason where the denominator is 0."""
    found = with_interval(frame, clopper_pearson(frame["numerator"].to_numpy(), frame["denominator"].to_numpy(), level))
    reason = pl.lit(nobody) if isinstance(nobody, str) else nobody
    return numbers(found.with_columns(undefined_reason=reason), measure, unit, method)


def not_computed(frame: pl.DataFrame, measure: str, unit: str, method: str, reason: str) -> pl.DataFrame:
    """Numbers that are empty for one reason."""
    return numbers(frame.with_columns(undefined_reason=pl.lit(reason)), measure, unit, method)


def rows_of(found: pl.DataFrame, arm: str, level: float) -> pl.DataFrame:
    """Rows of `measures/results`."""
    parts = found.sort(TEXTS[:3]).partition_by(["measure", "unit"], as_dict=True, maintain_order=True)
    rows = [
        result_rows(part.drop("measure", "unit"), str(measure), arm=arm, unit=str(unit), method=pl.col("method"), level=level)
        for (measure, unit), part in parts.items()
    ]
    return pl.concat([RESULTS.empty(), *rows])
