"""Probable duplicates among shown reports: flagged by named rules with guards, never deleted.

`same_content`: event date, age, sex, country, set of drugs and set of reactions are all present and equal (the key of
AEOLUS, Banda et al. 2016, doi 10.1038/sdata.2016.26, doi from memory; a missing value never matches). Guard: a large group
from one sender on a date that may be filled in is a batch, not a duplicate.
`same_sender_number`: sender and sender's case number are present and equal. Guard: not when sex or age contradict.
"""

import polars as pl

from nms_pv.spec.params import Duplicates

CONTENT = ["event_day", "event_date_part", "age_years", "sex", "country", "drugs", "events"]
NUMBER = ["sender", "sender_case_number"]


def flag_duplicates(keys: pl.DataFrame, settings: Duplicates) -> pl.DataFrame:
    """Group the reports that are probably the same.

    Parameters
    ----------
    keys
        One row a shown report: subject_id, received_day, event_day, event_day_precision, event_date_part (year, month or
        day: what is stated), age_years, sex (null when unknown), country (of the event, else of the reporter: legacy
        files have only that), drugs and events (hash of the set, null when there is none), sender, sender_case_number.

    Returns
    -------
    One row for each report in a group: subject_id, duplicate_group, duplicate_rule, is_representative.

    """
    rows = keys.with_row_index("row")
    by_content = _groups(
        rows, CONTENT, _believable_content(settings), "by_content", settings.rule in ("content_or_number", "content")
    )
    by_number = _groups(rows, NUMBER, _believable_number(settings), "by_number", settings.rule in ("content_or_number", "number"))
    linked = by_content.join(by_number, on="row", how="full", coalesce=True)
    grouped = _connect(linked).join(rows.select("row", "subject_id", "received_day"), on="row")
    return (
        grouped.sort("label", "received_day", "subject_id")
        .with_columns(
            pl.col("subject_id").min().over("label").alias("duplicate_group"),
            pl.when(pl.col("by_content").is_not_null() & pl.col("by_number").is_not_null())
            .then(pl.lit("both"))
            .when(pl.col("by_content").is_not_null())
            .then(pl.lit("same_content"))
            .otherwise(pl.lit("same_sender_number"))
            .alias("duplicate_rule"),
            (pl.col("label") != pl.col("label").shift(-1)).fill_null(True).alias("is_representative"),
        )
        .select("subject_id", "duplicate_group", "duplicate_rule", "is_representative")
    )


def _groups(rows: pl.DataFrame, key: list[str], believable: pl.Expr, name: str, wanted: bool) -> pl.DataFrame:
    """Rows whose key is complete and shared by a believable group: row and the smallest row of its group."""
    if not wanted:
        return pl.DataFrame(schema={"row": pl.UInt32, name: pl.UInt32})
    complete = rows.filter(pl.all_horizontal(pl.col(k).is_not_null() for k in key))
    shared = complete.filter(pl.struct(key).is_duplicated())
    groups = shared.group_by(key).agg(pl.col("row"), believable.alias("believable")).filter("believable")
    return groups.select("row", pl.col("row").list.min().alias(name)).explode("row")


def _believable_content(settings: Duplicates) -> pl.Expr:
    is_batch = (
        (pl.len() > settings.largest_padded_group)
        & (pl.col("event_day_precision").first() == "padded")
        & (pl.col("sender").n_unique() == 1)
    )
    return ~is_batch


def _believable_number(settings: Duplicates) -> pl.Expr:
    age_gap = (pl.col("age_years").max() - pl.col("age_years").min()).fill_null(0)
    return (pl.col("sex").drop_nulls().n_unique() <= 1) & (age_gap <= settings.largest_age_gap_years)


def _connect(linked: pl.DataFrame) -> pl.DataFrame:
    """Groups of both rules that share a report become one: the smallest row number spreads until nothing changes."""
    labelled = linked.with_columns(pl.min_horizontal("by_content", "by_number").alias("label"))
    while True:
        spread = labelled
        for rule in ("by_content", "by_number"):
            smallest = pl.when(pl.col(rule).is_not_null()).then(pl.col("label").min().over(rule)).otherwise(pl.col("label"))
            spread = spread.with_columns(smallest.alias("label"))
        if spread["label"].equals(labelled["label"]):
            return spread
        labelled = spread
