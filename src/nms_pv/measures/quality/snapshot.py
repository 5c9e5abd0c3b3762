"""The tables of a snapshot, as received and as cleaned -> counts by table."""

import polars as pl

from nms_pv.measures.quality.rows import counted
from nms_pv.tables.snapshot import source_id

NOT_LISTED = ["not_in_a_listed_set", "not_a_listed_drug"]
# Reasons of layer 2 for which a record leaves because it contradicts another table, or itself.
INCOHERENT = [
    "person_unknown",
    "person_not_under_observation",
    "starts_before_birth",
    "starts_after_death",
    "before_year_of_birth",
    "end_before_start",
    "after_death",
]


def tables_checked(
    snapshot: pl.DataFrame, quarantine: pl.DataFrame, issues: pl.DataFrame, attrition: pl.DataFrame
) -> pl.DataFrame:
    """Counts of each table of the snapshot: columns of `rows.COUNTED`.

    Parameters
    ----------
    snapshot
        Rows of `sources/snapshot`.
    quarantine
        Columns source_id, quarantined: how many rows of a table were quarantined.
    issues
        Rows of `canonical/value_issues`, of layers 1 and 2.
    attrition
        Rows of `attrition` of layer 2.

    """
    received = snapshot.select("source_id", denominator="rows")
    quarantined = received.join(quarantine, on="source_id", how="left").select(
        "denominator",
        source="source_id",
        check=pl.lit("quarantined_rows"),
        numerator=pl.col("quarantined").fill_null(0).cast(pl.Int64),
    )
    emptied = issues.join(received, on="source_id").select(
        "denominator",
        source="source_id",
        check=pl.lit("value_emptied"),
        item=pl.format("{}: {}", "column", "reason"),
        numerator="values",
    )
    steps = (
        attrition.with_columns(source=pl.lit(source_id("")) + pl.col("scope").str.split(":").list.last())
        .group_by("source", "reason")
        .agg(pl.col("n_in").sum(), pl.col("n_left").sum(), pl.col("n_kept").sum())
    )
    coded = steps.filter(pl.col("reason").is_in(NOT_LISTED)).select(
        "source", check=pl.lit("coded_records"), numerator="n_kept", denominator="n_in"
    )
    incoherent = steps.filter(pl.col("reason").is_in(INCOHERENT)).select(
        "source", check=pl.lit("incoherent_record"), item="reason", numerator="n_left", denominator="n_in"
    )
    return pl.concat(counted(frame) for frame in (quarantined, emptied, coded, incoherent))
