"""Counts -> one row for each number, with its method, and with a reason where it is undefined."""

from dataclasses import dataclass

import polars as pl

from nms_pv.measures.interval import Flags, Floats, Interval
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.reports.disproportionality import (
    SCREEN_LEVEL,
    chi2_yates,
    evans_screen,
    ic,
    ic_screen,
    prr,
    ror,
    ror_screen,
)
from nms_pv.measures.rows import result_rows, with_interval

REPORTS = "distinct reports"
CASES_OF_KNOWN_OUTCOME = "distinct reports that meet the definition and whose outcome is known"
METHOD = {
    "reports": "count",
    "reporting_proportion": "a / (a + b); Clopper-Pearson interval",
    "ror": "a d / (b c); log-normal (Wald) interval; screen: lower 95 % limit > 1 and a >= 3",
    "prr": "(a / (a + b)) / (c / (c + d)); log-normal interval; screen (Evans 2001): PRR >= 2, chi2_yates >= 4 and a >= 3",
    "chi2_yates": "N max(0, |a d - b c| - N / 2)^2 / ((a + b)(c + d)(a + c)(b + d)); no interval",
    "ic": "log2((a + 0.5) / (E + 0.5)), E = (a + b)(a + c) / N; exact gamma interval; screen: lower 95 % limit > 0",
    "fatal_proportion": "cases with outcome death / cases whose outcome is known; Clopper-Pearson interval",
    "serious_proportion": "cases with a seriousness code / cases whose outcome is known; Clopper-Pearson interval",
}


@dataclass(frozen=True)
class Numbers:
    """What one measure says about each row of a frame of counts."""

    measure: str
    values: Interval
    level: float | None
    screen: Flags | None = None


def grid_results(grid: pl.DataFrame, level: float) -> pl.DataFrame:
    """Rows of every measure that needs one 2x2 table; the group of all reports has nothing to be compared with."""
    stratum = pl.lit(None, pl.String).alias("stratum")
    compared = grid.filter(pl.col("group_kind") != "all").with_columns(stratum)
    return pl.concat([_group_results(grid.with_columns(stratum), level), _compared_results(compared, level)])


def year_results(years: pl.DataFrame, level: float) -> pl.DataFrame:
    """Reports and reporting proportion by year of receipt."""
    year = "year=" + pl.col("received_year").cast(pl.String)
    return _group_results(years.with_columns(stratum=year.fill_null("year_unknown")), level)


def outcome_results(outcomes: pl.DataFrame, level: float) -> pl.DataFrame:
    """Fatal and serious proportion among cases whose outcome is known."""
    no_case = pl.when(pl.col("a") == 0).then(pl.lit("no report of the group meets the definition"))
    reason = no_case.otherwise(pl.lit("the outcome of no report that meets the definition is known"))
    return pl.concat(
        _rows(
            outcomes.with_columns(
                stratum=pl.lit(None, pl.String),
                numerator=pl.col(outcome),
                denominator=pl.col(f"{outcome}_known"),
                reference_numerator=None,
                reference_denominator=None,
            ),
            Numbers(f"{outcome}_proportion", clopper_pearson(outcomes[outcome], outcomes[f"{outcome}_known"], level), level),
            reason,
            CASES_OF_KNOWN_OUTCOME,
        )
        for outcome in ("fatal", "serious")
    )


def _group_results(counts: pl.DataFrame, level: float) -> pl.DataFrame:
    a, n = counts["a"].to_numpy(), counts["group_reports"].to_numpy()
    frame = counts.with_columns(numerator="a", denominator="group_reports", reference_numerator=None, reference_denominator=None)
    return pl.concat(
        [
            _rows(frame, Numbers("reports", _without_interval(a.astype(float)), None), pl.lit(None, pl.String), REPORTS),
            _rows(
                frame,
                Numbers("reporting_proportion", clopper_pearson(a, n, level), level),
                pl.lit("the group has no reports"),
                REPORTS,
            ),
        ]
    )


def _compared_results(counts: pl.DataFrame, level: float) -> pl.DataFrame:
    frame = counts.with_columns(
        numerator="a",
        denominator="group_reports",
        reference_numerator=pl.col("cases") - pl.col("a"),
        reference_denominator=pl.col("reports") - pl.col("group_reports"),
    )
    a, c = (frame[name].to_numpy() for name in ("numerator", "reference_numerator"))
    b, d = frame["denominator"].to_numpy() - a, frame["reference_denominator"].to_numpy() - c
    prr_values, chi2 = prr(a, b, c, d, level), chi2_yates(a, b, c, d)
    measured = [
        Numbers("ror", ror(a, b, c, d, level), level, ror_screen(a, ror(a, b, c, d, SCREEN_LEVEL).low)),
        Numbers("prr", prr_values, level, evans_screen(a, prr_values.estimate, chi2)),
        Numbers("chi2_yates", _without_interval(chi2), None),
        Numbers("ic", ic(a, b, c, d, level), level, ic_screen(ic(a, b, c, d, SCREEN_LEVEL).low)),
    ]
    return pl.concat(_rows(frame, numbers, _empty_cell(), REPORTS) for numbers in measured)


def _empty_cell() -> pl.Expr:
    """The first empty margin or cell of the 2x2 table, in words."""
    a, c = pl.col("numerator"), pl.col("reference_numerator")
    return (
        pl.when(pl.col("denominator") == 0)
        .then(pl.lit("the group has no reports"))
        .when(pl.col("reference_denominator") == 0)
        .then(pl.lit("there is no report outside the group"))
        .when(a + c == 0)
        .then(pl.lit("no report meets the definition"))
        .when(a == 0)
        .then(pl.lit("no report of the group meets the definition"))
        .when(c == 0)
        .then(pl.lit("no report outside the group meets the definition"))
        .when(a == pl.col("denominator"))
        .then(pl.lit("every report of the group meets the definition"))
        .otherwise(pl.lit("every report outside the group meets the definition"))
    )


def _without_interval(values: Floats) -> Interval:
    undefined = values * float("nan")
    return Interval(values, undefined, undefined)


def _rows(counts: pl.DataFrame, numbers: Numbers, reason: pl.Expr, unit: str) -> pl.DataFrame:
    """Rows of `measures/results`; `reason` stands wherever the estimate is empty."""
    frame = with_interval(counts, numbers.values).with_columns(
        undefined_reason=reason, screen_met=pl.lit(None if numbers.screen is None else pl.Series(numbers.screen), pl.Boolean)
    )
    defined = frame.with_columns(screen_met=pl.when(pl.col("estimate").is_not_null()).then("screen_met"))
    return result_rows(defined, numbers.measure, arm="reports", unit=unit, method=METHOD[numbers.measure], level=numbers.level)
