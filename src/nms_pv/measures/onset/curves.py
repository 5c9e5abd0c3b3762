"""Times of cases -> rows of `measures/curves`: the share with onset up to each day."""

import numpy as np
import polars as pl

from nms_pv.measures.interval import Floats
from nms_pv.measures.onset import lynden_bell
from nms_pv.measures.onset.clocks import KNOWN
from nms_pv.measures.onset.fitted import TESTED, Cases, reverse_curves
from nms_pv.measures.onset.grouped import GROUP
from nms_pv.measures.onset.weibull import FEWEST
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.tables.measures import CURVES

EMPIRICAL = "empirical distribution of the times that are known; pointwise Clopper-Pearson limits"
DRAWN = [*TESTED, "formulation", "withdrawal"]


def empirical_curves(grouped: pl.DataFrame, level: float) -> pl.DataFrame:
    """`onset_share`: of the cases with a time, the share with onset up to each day, on each clock."""
    key = ["definition", *GROUP]
    n = pl.col("n").sum().over(key)
    up_to = pl.col("n").cum_sum().over(key, order_by="days")
    points = (
        grouped.filter(pl.col("group_kind").is_in(DRAWN), pl.col("state") == KNOWN)
        .group_by(*key, "days")
        .agg(n=pl.len().cast(pl.Int64))
        .with_columns(all=n, up_to=up_to, at_risk=n - up_to + pl.col("n"))
        .filter(pl.col("all") >= FEWEST)
        .sort(*key, "days")
        .with_columns(stratum="clock=" + pl.col("clock").cast(pl.String))
    )
    share = clopper_pearson(points["up_to"].to_numpy(), points["all"].to_numpy(), level)
    return _with_share(points.rename({"days": "x"}), share.estimate, share.low, share.high).with_columns(
        curve=pl.lit("onset_share"), method=pl.lit(EMPIRICAL)
    )


def truncated_curves(cases: list[Cases], level: float, limit: str) -> pl.DataFrame:
    """`onset_share_truncated`: the same from the start, from the product-limit estimate in reverse time."""
    drawn = [one for one in cases if one.group["group_kind"].item() in TESTED]
    points = [
        _with_share(
            one.group.join(pl.DataFrame({"x": curve.day, "at_risk": curve.at_risk.astype(np.int64)}), how="cross"), *curve.share
        )
        for one, curve in reverse_curves(drawn, level)
    ]
    empty = pl.DataFrame(schema={"definition": pl.String, "group_kind": pl.String, "group": pl.String})
    return pl.concat([*points, *([] if points else [empty])], how="diagonal").with_columns(
        stratum=pl.lit("clock=start"), curve=pl.lit("onset_share_truncated"), method=pl.lit(f"{lynden_bell.METHOD}; {limit}")
    )


def curve_rows(points: pl.DataFrame, arm: str, level: float) -> pl.DataFrame:
    """Rows of `measures/curves`; a place without a value is left out."""
    address = pl.concat_str(["curve", "definition", "group_kind", "group", "stratum"], separator="/")
    absent = {"x", "y", "low", "high", "at_risk"} - set(points.columns)
    return (
        points.with_columns(pl.lit(None).alias(name) for name in absent)
        .filter(pl.col("y").is_not_null())
        .with_columns(
            curve_id=address, arm=pl.lit(arm), question=pl.lit("when"), x_unit=pl.lit("days"), level=pl.lit(level, pl.Float64)
        )
        .select(pl.col(name).cast(dtype) for name, dtype in CURVES.types.items())
    )


def _with_share(points: pl.DataFrame, y: Floats, low: Floats, high: Floats) -> pl.DataFrame:
    return points.with_columns(
        pl.Series(name, values).fill_nan(None) for name, values in (("y", y), ("low", low), ("high", high))
    )
