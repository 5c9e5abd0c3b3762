"""A list of deleted cases: no header, one case number a line, with or without delimiter, tab or blank first line."""

from pathlib import Path

import polars as pl

from nms_pv.sources.faers.lines import LINE, TEXT, scan_lines
from nms_pv.sources.faers.rows import WHOLE_NUMBER, Rows


def read_deleted(path: Path) -> Rows:
    """The case numbers of a list (column `caseid`), each once; lines that are no number are rejected."""
    lines = scan_lines(path).with_columns(pl.col(TEXT).str.strip_chars("$\t \ufeff").alias("case")).collect()
    blank = pl.col("case") == ""
    number = pl.col("case").str.contains(WHOLE_NUMBER)
    good = lines.filter(~blank & number).select(LINE, pl.col("case").str.strip_suffix(".0").cast(pl.Int64).alias("caseid"))
    kept = good.unique("caseid", keep="first", maintain_order=True)
    rejected = lines.filter(~blank & ~number).select(LINE, TEXT, pl.lit("caseid_not_a_number").alias("reasons"))
    return Rows(
        kept=kept,
        rejected=rejected,
        rejected_records=rejected.height,
        lines=lines.height,
        blank=lines.filter(blank).height,
        glued=0,
        copies=good.height - kept.height,
    )
