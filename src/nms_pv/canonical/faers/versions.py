"""Which version of a case is shown, which are superseded, which were deleted: across quarters and both eras.

Rules (docs/rules.md): of the versions received after the last list that deletes the case, the latest is shown; latest =
current era before legacy, then case version, day received, quarter, record number. A record number that was received
again belongs to its last sighting. A list of quarter Q deletes all versions of Q and before; a later one brings the case back.
"""

import polars as pl

from nms_pv.canonical.faers.values import cell, exact_day, number, quarter_end
from nms_pv.spec.source import SourceRules

LATEST_LAST = ["case", "eligible", "is_current", "version_n", "received_day", "quarter", "record", "source_line"]


def read_versions(demo: pl.LazyFrame, quarter: str, rules: SourceRules) -> pl.LazyFrame:
    """The narrow columns that decide, from the report rows of one quarter.

    A legacy report without case number stands alone: its case is the negative of its record number.
    """
    record = number(pl.col("primaryid"))
    return demo.select(
        pl.lit(quarter).alias("quarter"),
        pl.lit(rules.era(quarter) == "current").alias("is_current"),
        "source_line",
        record.alias("record"),
        number(cell("caseid", rules)).fill_null(-record).alias("case"),
        _version_number(cell("caseversion", rules), rules.era(quarter)).alias("version_n"),
        exact_day(cell("fda_dt", rules), rules, quarter_end(quarter)).alias("received_day"),
    )


def decide(versions: pl.DataFrame, deleted: pl.DataFrame) -> pl.DataFrame:
    """Add to each version its status, the reason, and the earliest day any version of its case was received.

    Parameters
    ----------
    versions
        Rows of `read_versions` of all quarters.
    deleted
        Columns caseid and quarter: the lists of deleted cases.

    """
    last_list = deleted.group_by("caseid").agg(pl.col("quarter").max().alias("deleted_in"))
    known = (
        versions.sort("record", "quarter", "source_line")
        .with_columns((pl.col("record") != pl.col("record").shift(-1)).fill_null(True).alias("is_last_copy"))
        .join(last_list, left_on="case", right_on="caseid", how="left")
        .with_columns((pl.col("deleted_in") >= pl.col("quarter")).fill_null(False).alias("is_deleted"))
        .with_columns((pl.col("is_last_copy") & ~pl.col("is_deleted")).alias("eligible"))
        .drop("deleted_in")
        .sort(LATEST_LAST)
        .with_columns(pl.col("received_day").min().over("case").alias("first_received_day"))
        .with_columns(((pl.col("case") != pl.col("case").shift(-1)).fill_null(True) & pl.col("eligible")).alias("is_shown"))
    )
    reason = (
        pl.when("is_deleted")
        .then(pl.lit("deleted_by_source"))
        .when("is_shown")
        .then(pl.lit("latest_version"))
        .when(~pl.col("is_last_copy"))
        .then(pl.lit("later_copy"))
        .otherwise(pl.lit("later_version"))
    )
    status = pl.when("is_deleted").then(pl.lit("deleted")).when("is_shown").then(pl.lit("shown")).otherwise(pl.lit("superseded"))
    return known.with_columns(status.alias("status"), reason.alias("reason")).drop(
        "is_last_copy", "is_deleted", "eligible", "is_shown"
    )


def version_rows(part: pl.DataFrame, source: str, source_id: str) -> pl.DataFrame:
    """The versions of one quarter as rows of canonical/report_versions, plus `record` and `first_received_day`."""
    repeated = pl.col("record").is_duplicated() & (pl.col("reason") == "later_copy")
    version_id = pl.format(source + ":{}:{}", pl.col("quarter").cast(pl.String), "record") + pl.when(repeated).then(
        pl.format("#{}", "source_line")
    ).otherwise(pl.lit(""))
    return part.select(
        version_id.alias("version_id"),
        subject_id(source).alias("subject_id"),
        "version_n",
        pl.when("is_current").then(pl.lit("current")).otherwise(pl.lit("legacy")).alias("era"),
        "received_day",
        pl.when(pl.col("received_day").is_null()).then(pl.lit("none")).otherwise(pl.lit("day")).alias("received_day_precision"),
        "status",
        "reason",
        pl.lit(source_id).alias("source_id"),
        "source_line",
        "record",
        "first_received_day",
    )


def subject_id(source: str) -> pl.Expr:
    """`faers:<case>`, or `faers:isr-<record>` for a legacy report without case number."""
    return (
        pl.when(pl.col("case") >= 0)
        .then(pl.format(source + ":{}", "case"))
        .otherwise(pl.format(source + ":isr-{}", -pl.col("case")))
    )


def _version_number(text: pl.Expr, era: str) -> pl.Expr:
    """Legacy files number follow-ups (blank = initial report; `#1`, `1A` occur; `C-` is a follow-up without number)."""
    if era == "current":
        return number(text).cast(pl.Int32)
    follow_up = text.str.extract(r"(\d{1,6})").cast(pl.Int32, strict=False)
    return pl.when(text.is_null()).then(1).otherwise(follow_up.fill_null(1) + 1).cast(pl.Int32)
