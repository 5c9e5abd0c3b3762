"""The reports of one quarter -> what is stated, what contradicts itself, and how soon it came."""

from datetime import date, timedelta

import polars as pl

from nms_pv.measures.quality.rows import Pairs, checks_of, counted, quantile, sums_of
from nms_pv.tables.canonical import SUSPECT_ROLES

# Every report, drug row and version has a case.
EVERY = pl.col("subject_id").is_not_null()
EXPEDITED = ["expedited", "expedited_30_days", "expedited_5_days"]
ALWAYS_SERIOUS = "in this source a report is serious if it has an outcome: death is one, so that the two cannot contradict"
FIRST, SHOWN, EVENT = "first_received_day", "received_day", "event_day"


def known_to_the_day(day: str) -> pl.Expr:
    """The day where it is known to the day, else empty."""
    return pl.when(pl.col(f"{day}_precision") == "day").then(pl.col(day))


def _stated(column: str) -> pl.Expr:
    return (pl.col(column) != "unknown").fill_null(value=False)


# For each check, which reports are in the numerator and which in the denominator.
OF_REPORTS: Pairs = {
    "probable_duplicates": (pl.col("duplicate_group").is_not_null(), EVERY),
    "age_stated": (pl.col("age_years").is_not_null(), EVERY),
    "sex_stated": (_stated("sex"), EVERY),
    "country_stated": (pl.any_horizontal(pl.col("reporter_country", "occurrence_country").is_not_null()), EVERY),
    "reporter_stated": (_stated("reporter_type"), EVERY),
    "event_to_the_day": (known_to_the_day(EVENT).is_not_null(), EVERY),
    "outcome_stated": (pl.col("has_outcome"), EVERY),
    "suspect_start_to_the_day": (pl.col("has_start"), EVERY),
    "suspect_dose_stated": (pl.col("has_dose"), EVERY),
    "indication_stated": (pl.col("has_indication"), EVERY),
    "event_after_receipt": (
        (known_to_the_day(EVENT) > known_to_the_day(SHOWN)).fill_null(value=False),
        known_to_the_day(EVENT).is_not_null() & known_to_the_day(SHOWN).is_not_null(),
    ),
    "expedited_not_serious": (
        pl.col("report_type").is_in(EXPEDITED) & ~pl.col("is_serious").fill_null(value=True),
        pl.col("report_type").is_in(EXPEDITED),
    ),
    "no_reaction": (~pl.col("has_reaction"), EVERY),
    "no_drug": (~pl.col("has_drug"), EVERY),
    "no_suspect_drug": (~pl.col("has_suspect"), EVERY),
}
_BOTH_EXACT = pl.col("start_exact").is_not_null() & pl.col("event_exact").is_not_null()
OF_SUSPECT_ROWS: Pairs = {
    "start_after_event": ((pl.col("start_exact") > pl.col("event_exact")).fill_null(value=False), _BOTH_EXACT)
}
OF_VERSIONS: Pairs = {"deleted_versions": (pl.col("status") == "deleted", EVERY)}


def reports_checked(
    reports: pl.LazyFrame,
    drugs: pl.LazyFrame,
    events: pl.LazyFrame,
    outcomes: pl.LazyFrame,
    indications: pl.LazyFrame,
    versions: pl.LazyFrame,
    quarter: str,
) -> pl.DataFrame:
    """Counts of one quarter, but for source: columns of `rows.COUNTED`.

    Parameters
    ----------
    reports, drugs, events, outcomes, indications, versions
        Rows of `canonical/reports`, `report_drugs`, `report_events`, `report_outcomes`, `report_indications` and
        `report_versions`, all of the quarter.
    quarter
        `2024Q1`.

    """
    is_suspect = pl.col("role").cast(pl.String).is_in(SUSPECT_ROLES)
    of_drugs = drugs.group_by("subject_id").agg(
        has_drug=pl.lit(value=True),
        has_suspect=is_suspect.any(),
        has_start=(is_suspect & known_to_the_day("start_day").is_not_null()).any(),
        has_dose=(is_suspect & pl.col("dose").is_not_null()).any(),
    )
    flagged = reports.join(of_drugs, on="subject_id", how="left")
    for flag, rows in {"has_reaction": events, "has_outcome": outcomes, "has_indication": indications}.items():
        named = rows.select("subject_id", pl.lit(value=True).alias(flag)).unique()
        flagged = flagged.join(named, on="subject_id", how="left")
    flagged = flagged.with_columns(pl.col("^has_.*$").fill_null(value=False))
    suspects = (
        drugs.filter(is_suspect)
        .select("subject_id", start_exact=known_to_the_day("start_day"))
        .join(reports.select("subject_id", event_exact=known_to_the_day(EVENT)), on="subject_id")
    )
    asked = [(flagged, OF_REPORTS), (suspects, OF_SUSPECT_ROWS), (versions, OF_VERSIONS)]
    *found, delays = pl.collect_all(
        [*(rows.select(sums_of(pairs)) for rows, pairs in asked), reports.select(_delays(quarter))], engine="streaming"
    )
    of_pairs = [checks_of(sums, pairs) for sums, (_, pairs) in zip(found, asked, strict=True)]
    undefined = pl.DataFrame({"check": ["death_not_serious"], "undefined_reason": [ALWAYS_SERIOUS]})
    return pl.concat(counted(frame, period=quarter) for frame in [*of_pairs, _of_delays(delays), undefined])


def _delays(quarter: str) -> list[pl.Expr]:
    """Days from event to first receipt, from there to the shown version, and from the latest receipt to the quarter's end."""
    first, shown = known_to_the_day(FIRST), known_to_the_day(SHOWN)
    apart = first - known_to_the_day(EVENT)
    to_receipt, to_shown = pl.when(apart >= 0).then(apart), shown - first
    end = (quarter_end(quarter) - date(1970, 1, 1)).days
    asked = {
        "event_to_receipt_median": (to_receipt, quantile(to_receipt, 50)),
        "event_to_receipt_p90": (to_receipt, quantile(to_receipt, 90)),
        "receipt_to_shown_median": (to_shown, quantile(to_shown, 50)),
        "receipt_to_shown_p90": (to_shown, quantile(to_shown, 90)),
        "latest_receipt": (shown, end - shown.max()),
    }
    return [
        pl.struct(numerator=of.count().cast(pl.Int64), denominator=pl.len().cast(pl.Int64), days=days.cast(pl.Int64)).alias(check)
        for check, (of, days) in asked.items()
    ]


def _of_delays(delays: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        delays.select(pl.lit(check).alias("check"), pl.col(check).alias("of")).unnest("of") for check in delays.columns
    )


def quarter_end(quarter: str) -> date:
    """The last day of a quarter."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year + number // 4, 3 * number % 12 + 1, 1) - timedelta(days=1)
