"""canonical -> evidence: measured values with what tests compare them with; which of them make a candidate."""

import functools
import operator

import polars as pl

from nms_pv.spec.measurements import DECIMALS, Measurements
from nms_pv.tables.evidence import MEASURED

OF_EPISODE = ["subject_id", "concept_set"]


def with_limits(measurements: pl.LazyFrame, study: Measurements) -> pl.LazyFrame:
    """The measurements with their `upper_limit` (recorded, else the study's own), and whether they make a candidate (`meets`).

    A value meets when it is beyond a test of the study by itself, on however many occasions that test asks; a test against a
    baseline, or a value before, makes no candidate.
    """
    is_recorded = pl.col("range_high") > 0
    defaults = pl.LazyFrame(
        [(name, quantity.default_upper_limit) for name, quantity in study.quantities.items()],
        schema={"concept_set": pl.String, "default_upper_limit": pl.Float64},
        orient="row",
    )
    return (
        measurements.join(defaults, on="concept_set", how="inner")
        .with_columns(
            upper_limit=pl.when(is_recorded).then("range_high").otherwise("default_upper_limit"),
            upper_limit_is_recorded=is_recorded.fill_null(value=False),
        )
        .with_columns(meets=_meets_alone(study))
    )


def baselines(measurements: pl.LazyFrame, episodes: pl.DataFrame, study: Measurements) -> pl.DataFrame:
    """The baseline of each subject and quantity that has one: subject_id, concept_set, baseline."""
    onsets = episodes.lazy().select("person_id", "subject_id", onset="start_day")
    days_before = pl.col("onset") - pl.col("day")
    return (
        measurements.join(onsets, on="person_id", how="inner")
        .filter(days_before.is_between(study.baseline.last_day, study.baseline.first_day))
        .group_by(OF_EPISODE)
        .agg(baseline=pl.col("value").median().round(DECIMALS))
        .collect(engine="streaming")
    )


def measured_findings(belonging: pl.DataFrame, baseline: pl.DataFrame) -> pl.DataFrame:
    """The measurements of an episode as findings: each value with the subject's baseline and its change within 24 hours.

    A lone value has no change: that nothing else was measured does not mean that nothing changed.
    """
    at = pl.col("occasion").str.to_datetime(format=None, strict=False, time_unit="us")
    in_time = belonging.with_columns(at=pl.coalesce(at, pl.col("day").cast(pl.Date).cast(pl.Datetime("us")))).sort(
        *OF_EPISODE, "at", "source_line"
    )
    highest, lowest = (
        extreme("at", window_size="24h").over(OF_EPISODE, order_by="at")
        for extreme in (pl.col("value").rolling_max_by, pl.col("value").rolling_min_by)
    )
    is_value = pl.col("value").is_not_null().cast(pl.Int32)
    values = is_value.rolling_sum_by("at", window_size="24h").over(OF_EPISODE, order_by="at")
    return (
        in_time.with_columns(change_24h=pl.when(values > 1).then((highest - lowest).round(DECIMALS)))
        .join(baseline, on=OF_EPISODE, how="left")
        .with_columns(state=pl.lit(MEASURED))
    )


def _meets_alone(study: Measurements) -> pl.Expr:
    tests = [test for tests in study.tests.values() for test in tests.any_of if test.stands_alone]
    met = [(pl.col("concept_set") == test.of) & test.meets() for test in tests]
    return functools.reduce(operator.or_, met).fill_null(value=False)
