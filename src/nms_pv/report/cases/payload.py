"""Rows of tables as small JSON that a page can hold: columns, and repeated words by number."""

import base64
import gzip
import json
import math
from typing import Any

import polars as pl

# A column with more words than this share of its rows gains nothing from numbers.
WORTH_NUMBERING = 0.5
ENDLESS = {math.inf: "∞", -math.inf: "−∞"}


def columns(table: pl.DataFrame) -> dict[str, Any]:
    """A table as `{"rows": n, "columns": {name: [values]}}`; words that repeat as `{"words": [...], "at": [...]}`.

    Days, counts and flags stay numbers; what is empty is null, and what has no end, which JSON cannot say, a sign.
    """
    return {"rows": table.height, "columns": {name: _column(table[name]) for name in table.columns}}


def _column(values: pl.Series) -> Any:
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    if values.dtype.is_float():
        return [ENDLESS.get(value, value) for value in values.to_list()]
    if values.dtype != pl.String:
        return values.to_list()
    words = values.drop_nulls().unique().sort()
    if len(words) > WORTH_NUMBERING * len(values):
        return values.to_list()
    at = values.replace_strict(words, pl.int_range(len(words), dtype=pl.UInt32, eager=True), default=None, return_dtype=pl.UInt32)
    return {"words": words.to_list(), "at": at.to_list()}


def packed(content: Any) -> str:
    """JSON, compressed, as base64: what stands in the page for a script to unpack. The same bytes for the same content."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")
