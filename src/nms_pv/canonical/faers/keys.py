"""What two reports must share to be probable duplicates."""

import polars as pl

SEPARATOR = "\x1f"


def duplicate_keys(reports: pl.DataFrame, drugs: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """One row a report with the columns that `duplicates.flag_duplicates` compares.

    The set of drugs and the set of reactions stand as 64-bit hashes of their sorted names, and only where the report
    has the other parts of the content key: the others cannot match by content.
    """
    keys = reports.select(
        "subject_id",
        "received_day",
        "event_day",
        "event_day_precision",
        event_date_part(),
        "age_years",
        pl.when(pl.col("sex") != "unknown").then(pl.col("sex")).alias("sex"),
        pl.coalesce("occurrence_country", "reporter_country").alias("country"),
        pl.col("sender").str.to_uppercase(),
        pl.col("sender_case_number").str.to_uppercase(),
    )
    complete = keys.drop_nulls(["event_day", "age_years", "sex", "country"]).select("subject_id")
    return keys.join(
        _set_hash(drugs, "ingredient_reported", complete).rename({"set": "drugs"}), on="subject_id", how="left"
    ).join(_set_hash(events, "term_key", complete).rename({"set": "events"}), on="subject_id", how="left")


def event_date_part() -> pl.Expr:
    """What of the event date is stated: `2024` and `20240101` have the same day number but are not the same date."""
    precision = pl.col("event_day_precision").cast(pl.String)
    return pl.when(precision.is_in(["year", "month"])).then(precision).otherwise(pl.lit("day")).alias("event_date_part")


def _set_hash(rows: pl.DataFrame, name: str, wanted: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.lazy()
        .select("subject_id", name)
        .join(wanted.lazy(), on="subject_id", how="semi")
        .unique()
        .sort("subject_id", name)
        .group_by("subject_id", maintain_order=True)
        .agg(pl.col(name).str.join(SEPARATOR).hash().first().alias("set"))
        .collect()
    )
