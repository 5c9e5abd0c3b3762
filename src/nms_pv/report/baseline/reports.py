"""Counted reports -> the characteristics of the cases, and of all others (READUS-PV, item 8b)."""

import polars as pl

from nms_pv.report.baseline.counts import KEY, by_lower_bound, by_order, complete, stated

CASES, OTHERS = "cases", "others"
# The countries with most reports, cases or not, so that their choice does not tell of the cases alone.
MOST_COUNTRIES = 10
NONE_CODED, OTHER_COUNTRY = "none coded", "another country"
OUTCOME = "outcome of the report"
NEITHER = 10_000


def of_reports(reports: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.DataFrame:
    """How many of the cases, and of all other reports, have each value of each characteristic.

    Parameters
    ----------
    reports
        Rows of `exposure/universe` that count, and `is_case`.
    outcomes
        Rows of `canonical/report_outcomes`. A report may have several, so that their shares need not add up to 1.

    Returns
    -------
    Columns group (`cases` or `others`), characteristic, value, n, of; distinct reports, in order of display.

    """
    counted = reports.with_columns(group=pl.when("is_case").then(pl.lit(CASES)).otherwise(pl.lit(OTHERS)))
    year = pl.col("received_year")
    parts = [
        _by(counted, "age band", pl.col("age_band"), by_lower_bound(pl.col("age_band"))),
        _by(counted, "sex", pl.col("sex"), by_order(pl.col("sex"))),
        _by(counted, "reporter", pl.col("reporter_type"), by_order(pl.col("reporter_type"))),
        _by_country(counted),
        _by_outcome(counted, outcomes),
        _by(counted, "year of receipt", year, year),
    ]
    totals = counted.group_by("group").agg(of=pl.len().cast(pl.Int64)).collect()
    return complete(pl.concat(part.collect() for part in parts), totals)


def _by(rows: pl.LazyFrame, characteristic: str, value: pl.Expr, place: pl.Expr) -> pl.LazyFrame:
    named = rows.with_columns(characteristic=pl.lit(characteristic), value=stated(value), place=place.cast(pl.Int64))
    return named.group_by(*KEY, "place").agg(n=pl.len().cast(pl.Int64))


def _by_country(rows: pl.LazyFrame) -> pl.LazyFrame:
    country = pl.col("occurrence_country")
    commonest = (
        rows.filter(country.is_not_null())
        .group_by(country)
        .agg(reports=pl.len())
        .sort(["reports", "occurrence_country"], descending=[True, False])
        .head(MOST_COUNTRIES)
        .with_row_index("place")
        .drop("reports")
    )
    named = rows.join(commonest, on="occurrence_country", how="left")
    is_other = country.is_not_null() & pl.col("place").is_null()
    value = pl.when(is_other).then(pl.lit(OTHER_COUNTRY)).otherwise(country)
    return _by(named, "country of occurrence", value, pl.col("place").fill_null(NEITHER))


def _by_outcome(rows: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    coded = rows.join(outcomes.select("subject_id", "outcome").unique(), on="subject_id", how="left")
    outcome = pl.col("outcome")
    # Whether it is serious is empty only where the source has no table of outcomes.
    is_without = outcome.is_null() & pl.col("is_serious").is_not_null()
    value = pl.when(is_without).then(pl.lit(NONE_CODED)).otherwise(outcome.cast(pl.String))
    return _by(coded, OUTCOME, value, by_order(outcome).fill_null(NEITHER))
