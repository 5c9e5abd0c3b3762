"""Tables as CSV for people: opened in a spreadsheet, no cell may act as a formula."""

from pathlib import Path

import polars as pl
import polars.selectors as cs

from nms_pv.tables.contract import replacing

# What spreadsheets take for the start of a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet would run as a formula."""
    text = cs.string()
    return frame.with_columns(pl.when(text.str.contains(FORMULA_START)).then("'" + text).otherwise(text).name.keep())


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write the frame as CSV; a reader sees the whole file or none of it."""
    with replacing(path) as partial:
        neutralised(frame).write_csv(partial)
