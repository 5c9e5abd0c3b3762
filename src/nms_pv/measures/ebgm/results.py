"""Reports observed and expected, and a prior -> EBGM of every group, with a reason where it is undefined."""

import numpy as np
import polars as pl

from nms_pv.measures.ebgm.priors import Found
from nms_pv.measures.gamma_mixture.score import ebgm, ebgm_screen
from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.rows import with_interval

REPORTS = "distinct reports"
E = {
    "unstratified": "E = (a + b)(a + c) / N",
    "stratified": "E = sum of (a + b)(a + c) / N over age band x sex x year of receipt, unknown a level of its own",
}
COLUMN = {"unstratified": "expected", "stratified": "expected_stratified"}
EXPECTED_MEASURE = {"unstratified": "expected_reports", "stratified": "expected_reports_stratified"}
EBGM_MEASURE = {"unstratified": "ebgm", "stratified": "ebgm_stratified"}


def expected_frame(counts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Estimates of the expected reports of `observed_and_expected`, without limits; always defined."""
    values = counts[column].to_numpy()
    nothing = np.full(values.shape, np.nan)
    return with_interval(_cells(counts), Interval(values, nothing, nothing)).with_columns(undefined_reason=_why(column))


def ebgm_frame(counts: pl.DataFrame, column: str, found: Found) -> pl.DataFrame:
    """EBGM, EB05 and EB95 of the counts of `observed_and_expected`, and whether the screen is met."""
    observed, expected = counts["a"].to_numpy(), counts[column].to_numpy()
    values = Interval(*np.full((3, counts.height), np.nan)) if found.prior is None else ebgm(observed, expected, found.prior)
    no_prior = pl.lit(None if found.prior else found.described(), pl.String)
    return (
        with_interval(_cells(counts), values)
        .with_columns(undefined_reason=pl.coalesce(no_prior, _why(column)), screen_met=_screen(observed, values.low))
        .with_columns(screen_met=pl.when(pl.col("estimate").is_not_null()).then("screen_met"))
    )


def expected_method(kind: str) -> str:
    """How expected reports were computed."""
    return f"{E[kind]}; no interval"


def ebgm_method(kind: str, found: Found) -> str:
    """The statistic, its expectation, its limits, its screen, its likelihood and its prior."""
    return (
        f"EBGM = 2^(mean of log2 lambda given a), {E[kind]}; limits EB05 and EB95: quantiles of the posterior; "
        f"screen: EB05 >= 2 and a >= 3; {found.described()}"
    )


def _screen(observed: np.ndarray, low: Floats) -> pl.Series:
    return pl.Series("screen_met", ebgm_screen(observed, low))


def _cells(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.with_columns(
        numerator="a",
        denominator="group_reports",
        reference_numerator=pl.col("cases") - pl.col("a"),
        reference_denominator=pl.col("reports") - pl.col("group_reports"),
    )


def _why(column: str) -> pl.Expr:
    """Why nothing is expected."""
    return (
        pl.when(pl.col("group_reports") == 0)
        .then(pl.lit("the group has no reports"))
        .when(pl.col("cases") == 0)
        .then(pl.lit("no report meets the definition"))
        .when(pl.col(column) == 0)
        .then(pl.lit("no stratum has both reports of the group and reports that meet the definition"))
    )
