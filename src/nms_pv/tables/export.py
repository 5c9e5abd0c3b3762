"""Tables as CSV for people: opened in a spreadsheet, no cell may act as a formula."""

from pathlib import Path

import polars as pl
import polars.selectors as cs

from nms_pv.tables.contract import replacing

HIDDEN = "hidden: small cell"
GIVES_AWAY = ["numerator", "reference_numerator", "estimate", "low", "high", "screen_met"]

# What spreadsheets take for the start of a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"


def published(results: pl.DataFrame) -> pl.DataFrame:
    """The results (rows of `measures/results`) as they may leave the study: counts and estimates of hidden rows are empty.

    Person-days stay, for they count no people; persons at risk do not.
    """
    hidden = pl.col("suppressed")
    persons = hidden & pl.col("measure").cast(pl.String).str.ends_with("_proportion")
    return results.with_columns(
        pl.when(~hidden).then(pl.col(GIVES_AWAY)),
        denominator=pl.when(~persons).then("denominator"),
        undefined_reason=pl.when(hidden).then(pl.lit(HIDDEN)).otherwise("undefined_reason"),
    )


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet would run as a formula."""
    text = cs.string()
    return frame.with_columns(pl.when(text.str.contains(FORMULA_START)).then("'" + text).otherwise(text).name.keep())


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write the frame as CSV; a reader sees the whole file or none of it."""
    with replacing(path) as partial:
        neutralised(frame).write_csv(partial)
