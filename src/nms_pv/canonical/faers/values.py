"""Text of one cell -> a value that is believed, or nothing with a reason."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from nms_pv.spec.source import Limits, SourceRules
from nms_pv.tables.canonical import VALUE_ISSUES

EPOCH = date(1970, 1, 1)
LAST_DAY = {"1": (3, 31), "2": (6, 30), "3": (9, 30), "4": (12, 31)}
YEARS_PER = {"YR": 1.0, "DEC": 10.0, "MON": 1 / 12, "WK": 7 / 365.25, "DY": 1 / 365.25, "HR": 1 / (24 * 365.25)}
KG_PER = {"KG": 1.0, "LBS": 0.45359237, "GMS": 0.001}


@dataclass(frozen=True)
class Value:
    """How one column is believed, in three steps, so that nothing is computed twice.

    `parsed` is computed from the cells, `reason` from `parsed` (column `<column> parsed`), `outputs` from both
    (columns `<column> parsed` and `<column> reason`). `raw` is the text shown as an example of what was not believed.
    """

    column: str
    raw: pl.Expr
    parsed: pl.Expr
    reason: pl.Expr
    outputs: tuple[pl.Expr, ...]


def quarter_end(quarter: str) -> int:
    """Last day of a quarter, in days since 1970-01-01."""
    month, day = LAST_DAY[quarter[-1]]
    return (date(int(quarter[:4]), month, day) - EPOCH).days


def cell(column: str, rules: SourceRules, *, na_is_nothing: bool = True) -> pl.Expr:
    """The text of a cell without outer blanks; empty and null markers become null."""
    text = pl.col(column).str.strip_chars()
    nothing = ["", *rules.null_markers, *([rules.null_marker_unless_country] if na_is_nothing else [])]
    return pl.when(~text.is_in(nothing)).then(text).alias(column)


def words(column: str) -> pl.Expr:
    """Free text: control characters (FAERS has Control-H in a drug name) become blanks."""
    return pl.col(column).str.replace_all(r"[\x00-\x1f\x7f]", " ").str.strip_chars()


def number(text: pl.Expr) -> pl.Expr:
    """A whole number as text, without the `.0` that pandas adds, as Int64; null where it is none."""
    return text.str.strip_chars().str.strip_suffix(".0").cast(pl.Int64, strict=False)


def day_of(text: pl.Expr) -> pl.Expr:
    """First day of a date written YYYYMMDD, YYYYMM or YYYY, as days since 1970-01-01; null where it is none."""
    digits = text.str.strip_suffix(".0")
    missing = pl.when(digits.str.len_bytes() == 6).then(pl.lit("01")).when(digits.str.len_bytes() == 4).then(pl.lit("0101"))
    whole = digits + missing.when(digits.str.len_bytes() == 8).then(pl.lit(""))
    return whole.str.to_date("%Y%m%d", strict=False).cast(pl.Int32)


def exact_day(text: pl.Expr, rules: SourceRules, latest: int) -> pl.Expr:
    """A day that is known to the day and believed, else null."""
    day = day_of(text)
    is_exact = text.str.strip_suffix(".0").str.len_bytes() == 8
    return pl.when(is_exact & day.is_between((rules.earliest_date - EPOCH).days, latest)).then(day)


def dated(
    column: str, text: pl.Expr, rules: SourceRules, latest: int, *, padded: bool = False, start: tuple[str, str] | None = None
) -> Value:
    """A date as day and precision; days before the earliest believable one and after `latest` are not believed.

    `start` names the date (our column, raw column) before which an end is not believed, where both are known to the day.
    """
    day, reason = pl.col(f"{column} parsed"), pl.col(f"{column} reason")
    digits = text.str.strip_suffix(".0")
    precision = (
        pl.when(day.is_null() | reason.is_not_null())
        .then(pl.lit("none"))
        .when(digits.str.len_bytes() == 4)
        .then(pl.lit("year"))
        .when(digits.str.len_bytes() == 6)
        .then(pl.lit("month"))
        .when(digits.str.ends_with("01"))
        .then(pl.lit("padded") if padded else pl.lit("day"))
        .otherwise(pl.lit("day"))
    )
    return Value(
        column,
        raw=text,
        parsed=day_of(text),
        reason=pl.when(text.is_null())
        .then(None)
        .when(day.is_null())
        .then(pl.lit("not_a_date"))
        .when(day < (rules.earliest_date - EPOCH).days)
        .then(pl.lit("before_earliest_date"))
        .when(day > latest)
        .then(pl.lit("after_end_of_quarter"))
        .when(_is_before_start(day, text, start))
        .then(pl.lit("end_before_start")),
        outputs=(pl.when(reason.is_null()).then(day).alias(column), precision.alias(f"{column}_precision")),
    )


def _is_before_start(day: pl.Expr, text: pl.Expr, start: tuple[str, str] | None) -> pl.Expr:
    if start is None:
        return pl.lit(False)
    column, raw = start
    both_exact = (text.str.strip_suffix(".0").str.len_bytes() == 8) & (pl.col(raw).str.strip_suffix(".0").str.len_bytes() == 8)
    return both_exact & (day < pl.col(f"{column} parsed"))


def measured(column: str, text: pl.Expr, unit: pl.Expr, factors: dict[str, float], limits: Limits) -> Value:
    """A quantity in the unit of the table; without a unit, not a number, or beyond the limits it is not believed."""
    amount, reason = pl.col(f"{column} parsed"), pl.col(f"{column} reason")
    factor = unit.str.to_uppercase().replace_strict(factors, default=None, return_dtype=pl.Float64)
    return Value(
        column,
        raw=pl.concat_str([text, unit.fill_null("")], separator=" "),
        parsed=text.cast(pl.Float64, strict=False),
        reason=pl.when(text.is_null())
        .then(None)
        .when(amount.is_null())
        .then(pl.lit("not_a_number"))
        .when(unit.is_null())
        .then(pl.lit("no_unit"))
        .when(factor.is_null())
        .then(pl.lit("unknown_unit"))
        .when(~(amount * factor).is_between(limits.minimum, limits.maximum))
        .then(pl.lit("beyond_limits")),
        outputs=(pl.when(reason.is_null()).then(amount * factor).alias(column),),
    )


def coded(column: str, text: pl.Expr, codes: dict[str, str], default: str, *, empty: str | None = None) -> Value:
    """A code through its map; an unlisted code becomes `default` and is counted, no code becomes `empty` or `default`."""
    meaning = pl.col(f"{column} parsed")
    filled = pl.when(text.is_null()).then(pl.lit(empty or default)).otherwise(meaning.fill_null(default))
    return Value(
        column,
        raw=text,
        parsed=text.str.to_uppercase().replace_strict(codes, default=None, return_dtype=pl.String),
        reason=pl.when(text.is_not_null() & meaning.is_null()).then(pl.lit("unknown_code")),
        outputs=(filled.alias(column),),
    )


def believe(cells: pl.DataFrame, values: list[Value], source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cleaned columns, and how many values of each were not believed, by reason, with an example."""
    computed = cells.with_columns(v.parsed.alias(f"{v.column} parsed") for v in values).with_columns(
        v.reason.alias(f"{v.column} reason") for v in values
    )
    issues = [
        computed.filter(pl.col(f"{v.column} reason").is_not_null())
        .group_by(pl.col(f"{v.column} reason").alias("reason"))
        .agg(pl.len().cast(pl.Int64).alias("values"), v.raw.min().alias("example"))
        .select(pl.lit(source_id).alias("source_id"), pl.lit(v.column).alias("column"), "reason", "values", "example")
        for v in values
    ]
    believed = computed.select(output for v in values for output in v.outputs)
    return believed, pl.concat([VALUE_ISSUES.empty(), *issues])
