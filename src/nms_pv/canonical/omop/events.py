"""Coded conditions and procedures -> what was recorded, and when."""

import polars as pl

from nms_pv.canonical.omop.coding import KINDS
from nms_pv.canonical.omop.issues import count_record_issues, day_text
from nms_pv.tables.cohort import CONDITIONS, PROCEDURES

CONDITION, PROCEDURE = KINDS["condition"], KINDS["procedure"]


def conditions(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Conditions with first and last day; an end that is missing or before the start is taken as the start."""
    start, end = pl.col(CONDITION.start), pl.col("condition_end_date")
    reason = pl.when(end < start).then(pl.lit("end_before_start"))
    issues = count_record_issues(rows, CONDITION, "condition_end_date", reason, day_text("condition_end_date"))
    dated = rows.with_columns(start_day=start, end_day=pl.max_horizontal(start, end))
    return dated.select(list(CONDITIONS.types)), issues


def procedures(rows: pl.DataFrame) -> pl.DataFrame:
    """Procedures with their day."""
    return rows.rename({PROCEDURE.start: "day"}).select(list(PROCEDURES.types))
