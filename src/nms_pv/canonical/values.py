"""Text of one cell -> a value that is believed, or nothing with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from nms_pv.spec.source import Limits, SourceRules
from nms_pv.tables.canonical import VALUE_ISSUES

EPOCH = date(1970, 1, 1)
LAST_DAY = {"1": (3, 31), "2": (6, 30), "3": (9, 30), "4": (12, 31)}
YEARS_PER = {"YR": 1.0, "DEC": 10.0, "MON": 1 / 12, "WK": 7 / 365.25, "DY": 1 / 365.25, "HR": 1 / (24 * 365.25)}
KG_PER = {"KG": 1.0, "KGS": 1.0, "LBS": 0.45359237, "LB": 0.45359237, "GMS": 0.001}


@dataclass(frozen=True)
class Value:
    """A cleaned column: its values and, where the source had something that is not believed, the reason."""

    column: str
    raw: pl.Expr
    value: pl.Expr
    reason: pl.Expr


def quarter_end(quarter: str) -> int:
    """Last day of a quarter, in days since 1970-01-01."""
    month, day = LAST_DAY[quarter[-1]]
    return (date(int(quarter[:4]), month, day) - EPOCH).days


def cell(column: str, rules: SourceRules, *, na_is_nothing: bool = True) -> pl.Expr:
    """The text of a cell without outer blanks and control characters; empty and null markers become null."""
    text = pl.col(column).str.replace_all(r"[\x00-\x1f\x7f]", " ").str.strip_chars()
    nothing = ["", *rules.null_markers, *([rules.null_marker_unless_country] if na_is_nothing else [])]
    return pl.when(~text.is_in(nothing)).then(text)


def number(text: pl.Expr) -> pl.Expr:
    """A whole number as text, without the `.0` that pandas adds, as Int64; null where it is none."""
    return text.str.strip_chars().str.strip_suffix(".0").cast(pl.Int64, strict=False)


def day_of(text: pl.Expr) -> pl.Expr:
    """First day of a date written YYYYMMDD, YYYYMM or YYYY, as days since 1970-01-01; null where it is none."""
    digits = text.str.strip_suffix(".0")
    missing = pl.when(digits.str.len_chars() == 6).then(pl.lit("01")).when(digits.str.len_chars() == 4).then(pl.lit("0101"))
    whole = digits + missing.when(digits.str.len_chars() == 8).then(pl.lit(""))
    return whole.str.to_date("%Y%m%d", strict=False).cast(pl.Int32)


def dated(column: str, text: pl.Expr, rules: SourceRules, latest: int | None, *, padded: bool = False) -> list[Value]:
    """A date as day and precision; days before the earliest believable one and after `latest` are not believed."""
    digits = text.str.strip_suffix(".0")
    day = day_of(text)
    earliest = (rules.earliest_date - EPOCH).days
    reason = pl.when(text.is_null()).then(None).when(day.is_null()).then(pl.lit("not_a_date"))
    reason = reason.when(day < earliest).then(pl.lit("before_earliest_date"))
    if latest is not None:
        reason = reason.when(day > latest).then(pl.lit("after_end_of_quarter"))
    believed = pl.when(reason.is_null()).then(day)
    exact = pl.lit("padded") if padded else pl.lit("day")
    precision = (
        pl.when(believed.is_null())
        .then(pl.lit("none"))
        .when(digits.str.len_chars() == 4)
        .then(pl.lit("year"))
        .when(digits.str.len_chars() == 6)
        .then(pl.lit("month"))
        .when(digits.str.ends_with("01"))
        .then(exact)
        .otherwise(pl.lit("day"))
    )
    return [Value(column, text, believed, reason), Value(f"{column}_precision", text, precision, pl.lit(None, pl.String))]


def measured(column: str, text: pl.Expr, unit: pl.Expr, factors: dict[str, float], limits: Limits) -> Value:
    """A quantity in the unit of the table; without a unit, not a number, or beyond the limits it is not believed."""
    amount = text.cast(pl.Float64, strict=False)
    value = amount * unit.str.to_uppercase().replace_strict(factors, default=None, return_dtype=pl.Float64)
    reason = (
        pl.when(text.is_null())
        .then(None)
        .when(amount.is_null())
        .then(pl.lit("not_a_number"))
        .when(unit.is_null())
        .then(pl.lit("no_unit"))
        .when(value.is_null())
        .then(pl.lit("unknown_unit"))
        .when(~value.is_between(limits.minimum, limits.maximum))
        .then(pl.lit("beyond_limits"))
    )
    return Value(column, pl.concat_str([text, unit.fill_null("")], separator=" "), pl.when(reason.is_null()).then(value), reason)


def coded(column: str, text: pl.Expr, codes: dict[str, str], default: str, *, empty: str | None = None) -> Value:
    """A code through its map; an unlisted code becomes `default` and is counted, no code becomes `empty` or `default`."""
    value = text.str.to_uppercase().replace_strict(codes, default=None, return_dtype=pl.String)
    reason = pl.when(text.is_not_null() & value.is_null()).then(pl.lit("unknown_code"))
    filled = pl.when(text.is_null()).then(pl.lit(empty or default)).otherwise(value.fill_null(default))
    return Value(column, text, filled, reason)


def count_issues(frame: pl.DataFrame | pl.LazyFrame, values: Iterable[Value], source_id: str) -> pl.DataFrame:
    """How many values of each column were not believed, by reason, with an example."""
    parts = [
        frame.lazy()
        .select(v.raw.alias("example"), v.reason.alias("reason"))
        .filter(pl.col("reason").is_not_null())
        .group_by("reason")
        .agg(pl.len().cast(pl.Int64).alias("values"), pl.col("example").min())
        .with_columns(pl.lit(source_id).alias("source_id"), pl.lit(v.column).alias("column"))
        .select(VALUE_ISSUES.types.keys())
        for v in values
        if not v.column.endswith("_precision")
    ]
    return pl.concat([VALUE_ISSUES.empty(), *pl.collect_all(parts)])
