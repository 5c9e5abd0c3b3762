"""Numbers of a shareable build -> those that may leave the study.

Rates of a cohort and what is made of them are hidden by sums that could be solved (measures/cohort/suppression.py). All other
numbers count cases in many ways that do not add up, so they leave as the chapter on definitions does: small counts hidden, all
others rounded, and estimates with so few digits that no count can be solved from them.
"""

from collections.abc import Mapping

import polars as pl

from nms_pv.report.rounding import to_nearest
from nms_pv.tables.measures import RESULTS

COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
DIGITS = 2
ESTIMATE = ("estimate", "low", "high")
# Years and numbers of joinpoints have no digits to spare, and are made of no single count.
WHOLE = ("first_reported_year", "joinpoints")
CELL = ["definition", "analysis", "group_kind", "group"]
# Person-days count no people, and stay.
OF_DAYS = "person-day"
SIZES = ["group_size", "reference_size"]
# The questions whose numbers in a cohort are made of rates.
OF_RATES = ["how_often", "falling", "which_drugs"]


def numbers_to_leave(numbers: pl.DataFrame, rates: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """The numbers (rows of `measures/results`) as they may leave.

    Parameters
    ----------
    numbers
        Rows of one arm; published numbers among them leave as they are.
    rates
        Rows of the arm's rates, with what is suppressed there.
    smallest
        Counts from 1 up to below this are small; 0 hides and rounds nothing.

    """
    if smallest == 0:
        return numbers
    of_rates = (pl.col("arm") == "cohort") & pl.col("question").is_in(OF_RATES)
    is_published = pl.col("arm") == "literature"
    is_whole = pl.col("measure").cast(pl.String).is_in(WHOLE)
    hidden_groups = _groups_with_a_hidden_year(rates)
    hidden = numbers.filter(of_rates).join(hidden_groups, on=CELL, how="semi", nulls_equal=True)["result_id"]
    gives_away = pl.when(of_rates).then(pl.col("result_id").is_in(hidden.implode())).otherwise(_is_small(smallest))
    leaving = numbers.filter(~is_published).with_columns(suppressed=pl.col("suppressed") | gives_away)
    rounded = leaving.with_columns(
        *(pl.when(of_rates | _counts_days(name)).then(name).otherwise(to_nearest(pl.col(name), smallest)) for name in COUNTS),
        *(pl.when(of_rates | is_whole).then(name).otherwise(pl.col(name).round_sig_figs(DIGITS)) for name in ESTIMATE),
    )
    return pl.concat(
        [rounded.select(pl.col(name).cast(dtype) for name, dtype in RESULTS.types.items()), numbers.filter(is_published)]
    )


def grid_to_leave(grid: pl.DataFrame, rates: pl.DataFrame, periods: Mapping[str, str], smallest: int) -> pl.DataFrame:
    """The rows of `measures/grid` that may leave: no small count, and in a cohort no hidden rate of the group or its reference.

    Parameters
    ----------
    grid, rates
        Rows of the grid of one arm, and of its rates with what is suppressed there.
    periods
        The years of the eras `early` and `late`: `2005-2009`.
    smallest
        Counts from 1 up to below this are small; 0 hides and rounds nothing.

    """
    if smallest == 0:
        return grid
    stratum = {era: f"years={years}" for era, years in periods.items()}
    placed = grid.with_columns(stratum=pl.col("era").cast(pl.String).replace_strict(stratum, default=None))
    cell = [*CELL, "stratum"]
    hidden = rates.filter("suppressed", pl.col("measure") == "incidence_rate").select(cell).unique()
    reference = pl.when(pl.col("group_kind") == "ingredient").then(pl.lit("haloperidol")).otherwise(pl.lit("FGA"))
    ways = [placed, placed.with_columns(group=reference)]
    left_out = pl.concat(way.join(hidden, on=cell, how="semi", nulls_equal=True).select("specification_id") for way in ways)
    is_small = pl.any_horizontal(pl.col("a", "reference_a").is_between(1, smallest - 1).fill_null(False))
    sizes = pl.when(pl.col("unit").str.contains(OF_DAYS)).then(pl.col(SIZES)).otherwise(to_nearest(pl.col(SIZES), smallest))
    return (
        grid.join(left_out, on="specification_id", how="anti")
        .filter(~is_small)
        .with_columns(to_nearest(pl.col("a", "reference_a"), smallest), sizes, pl.col(ESTIMATE).round_sig_figs(DIGITS))
    )


def summary_to_leave(summary: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Rows of `measures/grid_summary` whose estimates are those of the grid that may leave."""
    estimate = pl.col("estimate")
    spread = grid.group_by("group_kind", "group").agg(
        main=estimate.filter("is_main").first(), median=estimate.median(), lowest=estimate.min(), highest=estimate.max()
    )
    return (
        summary.drop("main", "median", "lowest", "highest")
        .join(spread, on=["group_kind", "group"], maintain_order="left")
        .select(summary.columns)
    )


def curves_to_leave(curves: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Points of curves up to where few subjects are left, to two decimals."""
    if smallest == 0:
        return curves
    many = pl.col("at_risk").is_null() | (pl.col("at_risk") >= smallest)
    return curves.filter(many).with_columns(
        pl.col("y", "low", "high").round(DIGITS), at_risk=to_nearest(pl.col("at_risk"), smallest).cast(pl.Int64)
    )


def zeros_to_leave(zeros: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Reasons of zeros, their small counts empty."""
    if smallest == 0:
        return zeros
    counted = [name for name, dtype in zeros.schema.items() if dtype == pl.Int64 and name != "size"]
    return zeros.with_columns(
        pl.when(~pl.col(name).is_between(1, smallest - 1)).then(to_nearest(pl.col(name), smallest).cast(pl.Int64)).alias(name)
        for name in counted
    )


def _groups_with_a_hidden_year(rates: pl.DataFrame) -> pl.DataFrame:
    stratum = pl.col("stratum")
    by_year = stratum.is_null() | stratum.str.starts_with("year=")
    return rates.filter("suppressed", pl.col("measure") == "incidence_rate", by_year).select(CELL).unique()


def _is_small(smallest: int) -> pl.Expr:
    """Whether a count of people, or what is left of its whole, is small."""
    ends = [pl.col(name) for name in COUNTS] + [pl.col("denominator") - pl.col("numerator")]
    ends.append(pl.col("reference_denominator") - pl.col("reference_numerator"))
    return pl.any_horizontal(end.is_between(1, smallest - 1).fill_null(False) for end in ends)


def _counts_days(name: str) -> pl.Expr:
    is_whole = pl.lit("denominator" in name)
    return is_whole & pl.col("unit").str.contains(OF_DAYS)
