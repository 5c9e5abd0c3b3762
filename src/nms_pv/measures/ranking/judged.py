"""The ranking and its reference -> how good it is, as tables."""

from collections.abc import Callable

import numpy as np
import polars as pl

from nms_pv.measures.interval import Flags, Floats, Interval
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.ranking.quality import auc, bin_of, brier, calibration_intercept, calibration_slope
from nms_pv.tables.review import RANKING_CALIBRATION, RANKING_QUALITY

Measure = Callable[[Floats, Flags, float], Interval]
MEASURES: dict[str, tuple[Measure, str, str]] = {
    "brier": (lambda p, is_case, _: brier(p, is_case), "mean of squares; no interval", ""),
    "auc": (auc, "midranks; DeLong", "no case lies among the others: the interval would have no width"),
    "calibration_slope": (calibration_slope, "logistic regression; Wald", "a cut of the probability separates the classes"),
    "calibration_intercept": (calibration_intercept, "logistic regression with offset; Wald", ""),
}


def calibration(ranking: pl.DataFrame, level: float) -> pl.DataFrame:
    """Rows of `measures/ranking_calibration`: bins that hold somebody.

    Parameters
    ----------
    ranking
        Rows of `measures/ranking` with the column `is_nms`: what the reference says, empty where it says nothing.
    level
        Nominal coverage of the Clopper-Pearson intervals.

    """
    known = _known(ranking)
    bins = (
        known.with_columns(bin=pl.Series(bin_of(known["probability"].to_numpy()), dtype=pl.Int32))
        .group_by("bin")
        .agg(
            pl.col("reference").first(),
            predicted_mean=pl.col("probability").sort().mean().round(6),
            numerator=pl.col("is_nms").sum().cast(pl.Int64),
            denominator=pl.len().cast(pl.Int64),
        )
    )
    interval = clopper_pearson(bins["numerator"].to_numpy(), bins["denominator"].to_numpy(), level)
    limits = {name: pl.Series(values, dtype=pl.Float64) for name, values in interval._asdict().items()}
    return RANKING_CALIBRATION.check(bins.with_columns(**limits, level=pl.lit(level), method=pl.lit("Clopper-Pearson")))


def quality(ranking: pl.DataFrame, reference: str, unit: str, undefined_reason: str | None, level: float) -> pl.DataFrame:
    """Rows of `measures/ranking_quality`; parameters as for `calibration`, and what holds for the whole ranking."""
    known = _known(ranking)
    p, is_case = known["probability"].to_numpy(), known["is_nms"].to_numpy()
    rows = [
        _row(name, method, "" if undefined_reason else reason, measure(p, is_case, level) if known.height else NOTHING)
        for name, (measure, method, reason) in MEASURES.items()
    ]
    return RANKING_QUALITY.check(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(
            reference=pl.lit(reference),
            unit=pl.lit(unit),
            candidates=pl.lit(ranking.height),
            denominator=pl.lit(known.height),
            numerator=pl.lit(int(is_case.sum())),
            level=pl.when(pl.col("low").is_not_null()).then(pl.lit(level)),
            undefined_reason=pl.coalesce(pl.lit(undefined_reason, pl.String), "undefined_reason"),
        )
    )


NOTHING = Interval(*(np.array(np.nan),) * 3)


def _row(name: str, method: str, reason: str, interval: Interval) -> dict[str, object]:
    numbers = {part: None if np.isnan(value) else float(value) for part, value in interval._asdict().items()}
    has_gap = numbers["low"] is None and reason
    return {"measure": name, **numbers, "method": method, "undefined_reason": reason if has_gap else None}


def _known(ranking: pl.DataFrame) -> pl.DataFrame:
    return ranking.filter(pl.col("is_nms").is_not_null(), pl.col("probability").is_not_null())
