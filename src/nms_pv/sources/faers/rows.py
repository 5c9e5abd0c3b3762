"""Records of one file -> rows that are kept, rows that are rejected, exact copies that are dropped."""

from dataclasses import dataclass

import polars as pl

from nms_pv.sources.faers.header import DELIMITER, Header
from nms_pv.sources.faers.lines import LINE, TEXT, Records, split_fields
from nms_pv.sources.faers.text import SourceError
from nms_pv.spec.source import FaersSpec, MappedColumn

# A number as text; `.0` is what pandas makes of it.
WHOLE_NUMBER = r"^\s*\d{1,18}(\.0)?\s*$"


@dataclass(frozen=True)
class Rows:
    """What became of the records of one file: lines + glued = kept + rejected records + blank + copies."""

    kept: pl.DataFrame
    rejected: pl.DataFrame
    rejected_records: int
    lines: int
    blank: int
    glued: int
    copies: int


def check_rows(records: Records, header: Header, faers: FaersSpec, what: str) -> Rows:
    """Reject rows without an identifier that is a number, or without a required value; drop exact copies.

    Raises
    ------
    SourceError
        When a whole column is empty that never is, or a trailing column holds something.

    """
    # Complete records with the same text have the same fields, whether or not a delimiter ends them.
    is_first = records.complete[TEXT].str.strip_suffix(DELIMITER).is_first_distinct()
    fields = split_fields(records.complete, header).with_columns(is_first.alias("is_first"))
    _refuse_filled_trailing(fields, what)
    required = [c for c in header.mapped if c.filled == "required"]
    is_bad = pl.any_horizontal(_fault(c).is_not_null() for c in required)
    bad = fields.filter(is_bad)
    reasons = bad.select(LINE, pl.concat_str([_fault(c) for c in required], separator=";", ignore_nulls=True).alias("reasons"))
    rejected = records.complete.join(reasons.unique(LINE), on=LINE).unique(LINE)
    good = fields.filter(~is_bad)
    _refuse_empty_columns(good, header, faers, what)
    kept = good.filter("is_first").select(LINE, *(c.column for c in header.mapped))
    return Rows(
        kept=kept,
        rejected=pl.concat([records.rejected, rejected]),
        rejected_records=records.rejected.height + bad.height,
        lines=records.lines,
        blank=records.blank,
        glued=records.glued,
        copies=good.height - kept.height,
    )


def _fault(column: MappedColumn) -> pl.Expr:
    """What is wrong with a required value, or null."""
    value = pl.col(column.column)
    missing = pl.when(value.is_null()).then(pl.lit(f"{column.column}_missing"))
    if column.kind != "id":
        return missing
    return missing.when(~value.str.contains(WHOLE_NUMBER)).then(pl.lit(f"{column.column}_not_a_number"))


def _refuse_filled_trailing(fields: pl.DataFrame, what: str) -> None:
    filled = [name for name in fields.columns if name.startswith("trailing_") and fields[name].null_count() < fields.height]
    if filled:
        raise SourceError(
            f"{what}: the columns {filled} should only stand for the empty field after a trailing delimiter, but hold values"
        )


def _refuse_empty_columns(rows: pl.DataFrame, header: Header, faers: FaersSpec, what: str) -> None:
    if rows.is_empty():
        return
    nothing = [*faers.rules.null_markers, faers.rules.null_marker_unless_country, ""]
    expected = [
        c.column
        for c in header.mapped
        if c.filled in ("required", "always") or (c.filled == "usually" and rows.height >= faers.rules.usually_filled_from_rows)
    ]
    empty = [name for name in expected if rows[name].null_count() == rows.height or _holds_nothing(rows[name], nothing)]
    if empty:
        raise SourceError(
            f"{what}: the columns {empty} are empty in all {rows.height} rows, which they never were. "
            "The file is damaged or its layout changed: download it again, or correct study/column_maps/faers.csv."
        )


def _holds_nothing(values: pl.Series, nothing: list[str]) -> bool:
    first = values.drop_nulls().head(1000).str.strip_chars()
    return bool(first.is_in(nothing).all()) and bool(values.drop_nulls().str.strip_chars().is_in(nothing).all())
