"""Yearly counts of many groups -> rows and curves of their trends."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nms_pv.measures.interval import Interval
from nms_pv.measures.joinpoint.segmented import Series
from nms_pv.measures.joinpoint.trend import METHOD, Trend, joinpoint_trend
from nms_pv.measures.rows import result_rows, with_interval
from nms_pv.spec.questions import TrendSettings
from nms_pv.tables.measures import CURVES, QUESTION_OF, RESULTS

SETTING = ["definition", "analysis", "roles", "duplicates", "group_kind", "group"]
CURVE = "joinpoint_fit"


@dataclass(frozen=True)
class Counted:
    """What is counted in a series: arm, unit, which years, and by how much events per unit of size are multiplied when shown."""

    arm: str
    unit: str
    years: str
    shown_per: float
    shown_unit: str


def trends(series: pl.DataFrame, level: float, permuting: TrendSettings) -> dict[tuple[object, ...], Trend]:
    """The trend of every group: columns `SETTING` (as many as there are), year, numerator and denominator."""
    setting = [name for name in SETTING if name in series.columns]
    return {
        group: joinpoint_trend(_series(rows.sort("year")), level, permuting.permutations, permuting.seed)
        for group, rows in sorted(series.partition_by(setting, as_dict=True).items(), key=str)
    }


def trend_results(
    series: pl.DataFrame, counted: Counted, level: float, permuting: TrendSettings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of `measures/results` but for the data version, and rows of `measures/curves`."""
    setting = [name for name in SETTING if name in series.columns]
    found = trends(series, level, permuting)
    method = f"{METHOD}; {permuting.permutations:,} permutations; {counted.years}"
    frames = {
        "annual_percent_change": (_changes(series, setting, found), level),
        "average_annual_percent_change": (_averages(series, setting, found), level),
        "joinpoints": (_numbers(series, setting, found), None),
        "joinpoint_p": (_tests(series, setting, found), None),
    }
    rows = [
        result_rows(frame, measure, arm=counted.arm, unit=counted.unit, method=method, level=its_level)
        for measure, (frame, its_level) in frames.items()
    ]
    return pl.concat(rows), _curves(setting, found, counted, level)


def _series(rows: pl.DataFrame) -> Series:
    return Series(*(rows[name].cast(pl.Float64).to_numpy() for name in ("year", "numerator", "denominator")))


def _frame(series: pl.DataFrame, setting: list[str], rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Rows of setting, first and last year, stratum, estimate, low, high and reason, with the counts of these years."""
    types: dict[str, Any] = {
        **{name: series.schema[name] for name in setting},
        "first": pl.Int64,
        "last": pl.Int64,
        **{name: RESULTS.types[name] for name in ("stratum", "estimate", "low", "high", "undefined_reason")},
    }
    frame = pl.DataFrame(rows, schema=types, orient="row").with_columns(pl.col("estimate", "low", "high").fill_nan(None))
    of_years = pl.col("year").is_between("first", "last")
    counts = (
        frame.select(*setting, "first", "last")
        .unique()
        .join(series, on=setting)
        .group_by(*setting, "first", "last")
        .agg(pl.col("numerator", "denominator").filter(of_years).sum())
    )
    return frame.join(counts, on=[*setting, "first", "last"], how="left")


def _changes(series: pl.DataFrame, setting: list[str], found: dict[tuple[object, ...], Trend]) -> pl.DataFrame:
    """One row a segment, `years=2005-2012`; its counts hold both ends."""
    rows: list[tuple[object, ...]] = []
    for group, trend in found.items():
        if trend.undefined_reason is not None:
            rows.append((*group, *_all_years(series), None, None, None, None, trend.undefined_reason))
        for (first, last), *values in zip(trend.segments, *trend.changes, strict=True):
            rows.append((*group, first, last, f"years={first}-{last}", *map(float, values), None))
    return _frame(series, setting, rows)


def _averages(series: pl.DataFrame, setting: list[str], found: dict[tuple[object, ...], Trend]) -> pl.DataFrame:
    years = _all_years(series)
    rows = [(*group, *years, None, *map(float, trend.average), trend.undefined_reason) for group, trend in found.items()]
    return _frame(series, setting, rows)


def _numbers(series: pl.DataFrame, setting: list[str], found: dict[tuple[object, ...], Trend]) -> pl.DataFrame:
    years = _all_years(series)
    numbers = {group: float(len(trend.segments) - 1) if trend.segments else None for group, trend in found.items()}
    rows = [(*group, *years, None, numbers[group], None, None, trend.undefined_reason) for group, trend in found.items()]
    return _frame(series, setting, rows)


def _tests(series: pl.DataFrame, setting: list[str], found: dict[tuple[object, ...], Trend]) -> pl.DataFrame:
    """One row a test, `joinpoints=0 or 2`."""
    years = _all_years(series)
    rows = [
        (*group, *years, f"joinpoints={test.fewer} or {test.more}", test.p, None, None, None)
        for group, trend in found.items()
        for test in trend.tests
    ]
    return _frame(series, setting, rows)


def _all_years(series: pl.DataFrame) -> tuple[object, object]:
    return series["year"].min(), series["year"].max()


def _curves(setting: list[str], found: dict[tuple[object, ...], Trend], counted: Counted, level: float) -> pl.DataFrame:
    rows = [CURVES.empty()]
    for group, trend in found.items():
        named = dict(zip(setting, group, strict=True))
        here = pl.DataFrame({"x": np.array(trend.years, dtype=float)})
        values = Interval(*(counted.shown_per * limit for limit in trend.fitted))
        address = [CURVE, *(str(value) for value in group if value is not None)]
        frame = with_interval(here, values).with_columns(
            curve_id=pl.lit("/".join(address)),
            arm=pl.lit(counted.arm),
            question=pl.lit(QUESTION_OF["annual_percent_change"]),
            curve=pl.lit(CURVE),
            stratum=None,
            x_unit=pl.lit("calendar year"),
            y="estimate",
            at_risk=None,
            level=pl.lit(level),
            method=pl.lit(f"{METHOD}; {counted.shown_unit}"),
            **{name: pl.lit(str(named[name])) for name in ("definition", "group_kind", "group")},
        )
        rows.append(frame.select(pl.col(name).cast(dtype) for name, dtype in CURVES.types.items()))
    return pl.concat(rows)
