"""One cell as received, of whatever type -> a value of the declared type, or nothing with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from nms_pv.tables.contract import Table

EPOCH = date(1970, 1, 1)
EARLIEST = (date(1901, 1, 1) - EPOCH).days
LATEST = (date(2099, 12, 31) - EPOCH).days
_BLANK = " \t\r\n"
_WHOLE = r"^(-?[0-9]+)(?:\.0*)?$"
_ISO_DAY = r"^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$"
_BASIC_DAY = r"^(\d{8})(?:\.0*)?$"
_ONLY_DAY = r"^(\d{4}-\d{2}-\d{2}|\d{8})$"
_NOTHING = pl.lit(None, pl.String)
_ZONE = r"(?:Z|[+-]\d{2}(?::?\d{2})?)$"


@dataclass(frozen=True)
class Cell:
    """How one column is read, in three steps: `parsed` from what was received, `reason` from `parsed`, `value` from both.

    `is_filled` says whether there was anything to read, `raw` is what is shown of it.
    """

    column: str
    is_filled: pl.Expr
    raw: pl.Expr
    parsed: pl.Expr
    reason: pl.Expr
    value: pl.Expr


def cell(column: str, received: pl.DataType, table: Table) -> Cell:
    """How a column that was received as one type becomes the declared one."""
    declared = table.schema.columns()[column]
    is_filled = _filled(column, received)
    here = pl.col(f"{column} parsed")
    value = here.cast(declared.dtype, strict=False)
    if column.endswith("_datetime"):
        is_filled = is_filled & ~_is_only_a_day(column, received)
        parsed, unread = _time(column, received), "not_a_time"
        beyond, value = _beyond_days(here.dt.date().cast(pl.Int32)), here.dt.strftime("%Y-%m-%dT%H:%M:%S")
    elif str((declared.metadata or {}).get("unit", "")).startswith("days since"):
        parsed, unread, beyond = _day(column, received), "not_a_date", _beyond_days(here)
    elif declared.dtype.is_integer():
        parsed, unread, beyond = _whole(column, received), "not_a_number", _beyond_limits(here, declared)
    elif declared.dtype.is_float():
        parsed, unread, beyond = _number(column, received), "not_a_number", _NOTHING
    else:
        parsed, unread, beyond = _text(column, received), "not_text", _NOTHING
    return Cell(
        column,
        is_filled,
        raw=pl.col(column).cast(pl.String),
        parsed=parsed,
        reason=pl.when(is_filled & here.is_null()).then(pl.lit(unread)).otherwise(beyond),
        value=pl.when(pl.col(f"{column} reason").is_null()).then(value).alias(column),
    )


def is_header(columns: Mapping[str, pl.DataType]) -> pl.Expr:
    """Is a row the header once more: every cell that is filled holds the name of its column?"""
    texts = [name for name, kind in columns.items() if isinstance(kind, pl.String)]
    same = [pl.col(name).str.strip_chars(_BLANK).str.to_lowercase() == name for name in texts]
    empty = [pl.col(name).is_null() for name in columns if name not in texts]
    some = pl.any_horizontal(*(test.fill_null(False) for test in same)) if same else pl.lit(False)
    return some & pl.all_horizontal(*(test.fill_null(True) for test in same), *empty)


def csv_text(columns: list[str]) -> pl.Expr:
    """A row as one line of CSV, with quotes where they are needed."""
    cells = []
    for name in columns:
        text = pl.col(name).cast(pl.String).fill_null("")
        quoted = pl.lit('"') + text.str.replace_all('"', '""', literal=True) + pl.lit('"')
        cells.append(pl.when(text.str.contains('[",\r\n]')).then(quoted).otherwise(text))
    return pl.concat_str(cells, separator=",")


def _beyond_days(day: pl.Expr) -> pl.Expr:
    return pl.when(day < EARLIEST).then(pl.lit("before_1901")).when(day > LATEST).then(pl.lit("after_2099"))


def _beyond_limits(number: pl.Expr, declared: dy.Column) -> pl.Expr:
    widest = 2**31 if declared.dtype == pl.Int32() else 2**63
    low, high = getattr(declared, "min", None), getattr(declared, "max", None)
    low, high = -widest if low is None else low, widest - 1 if high is None else high
    return pl.when(~number.is_between(low, high)).then(pl.lit("out_of_range"))


def _is_only_a_day(column: str, received: pl.DataType) -> pl.Expr:
    """A date without a time of day: nothing to read, and no fault."""
    if isinstance(received, pl.Date):
        return pl.lit(True)
    return _stripped(column).str.contains(_ONLY_DAY).fill_null(False)


def _filled(column: str, received: pl.DataType) -> pl.Expr:
    there = pl.col(column).is_not_null()
    if isinstance(received, pl.String):
        return there & (_stripped(column) != "")
    # pandas writes an empty cell of a number as NaN.
    return there & pl.col(column).is_not_nan() if received.is_float() else there


def _stripped(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars(_BLANK)


def _whole(column: str, received: pl.DataType) -> pl.Expr:
    """A whole number, also where it was stored with a point, as `8507.0`."""
    if received.is_integer():
        return pl.col(column).cast(pl.Int64, strict=False)
    if received.is_numeric():
        return pl.when(pl.col(column) == pl.col(column).floor()).then(pl.col(column)).cast(pl.Int64, strict=False)
    return _stripped(column).str.extract(_WHOLE).cast(pl.Int64, strict=False)


def _number(column: str, received: pl.DataType) -> pl.Expr:
    number = pl.col(column) if received.is_numeric() else _stripped(column)
    number = number.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _day(column: str, received: pl.DataType) -> pl.Expr:
    """Days since 1970-01-01 of a date, of the day of a time, or of text: ISO 8601 or `yyyymmdd`."""
    if isinstance(received, pl.Date | pl.Datetime):
        return pl.col(column).cast(pl.Date).cast(pl.Int32)
    text = _stripped(column)
    iso = text.str.extract(_ISO_DAY).str.to_date("%Y-%m-%d", strict=False)
    basic = text.str.extract(_BASIC_DAY).str.to_date("%Y%m%d", strict=False)
    return pl.coalesce(iso, basic).cast(pl.Int32)


def _time(column: str, received: pl.DataType) -> pl.Expr:
    """Day and time of day, as it stood on the clock: a time zone is left out."""
    if isinstance(received, pl.Datetime):
        return pl.col(column).dt.replace_time_zone(None).cast(pl.Datetime("us"))
    text = _stripped(column).str.replace(" ", "T", literal=True).str.replace(f"(T.*){_ZONE}", "$1")
    formats = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y%m%dT%H:%M:%S%.f")
    return pl.coalesce(text.str.to_datetime(form, strict=False, time_unit="us") for form in formats)


def _text(column: str, received: pl.DataType) -> pl.Expr:
    """Text as it stands; blanks alone are nothing. A code that was stored as a number is written without a point."""
    if isinstance(received, pl.String):
        return pl.when(_stripped(column) != "").then(pl.col(column))
    if received.is_float():
        whole = pl.when(pl.col(column) == pl.col(column).floor()).then(pl.col(column)).cast(pl.Int64, strict=False)
        return pl.coalesce(whole.cast(pl.String), pl.col(column).fill_nan(None).cast(pl.String))
    return pl.col(column).cast(pl.String)
