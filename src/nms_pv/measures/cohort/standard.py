"""Person-time by age -> standardised rates; ingredients of a class -> pooled rates."""

import numpy as np
import polars as pl

from nms_pv.measures.cohort.compared import SETTING
from nms_pv.measures.cohort.results import EPISODES, cohort_rows
from nms_pv.measures.interval import Interval
from nms_pv.measures.pooling import pooled_rates
from nms_pv.measures.rows import with_interval
from nms_pv.measures.standardisation import standardised_rate
from nms_pv.tables.measures import RESULTS

STANDARDISED = "directly standardised by age to {}; Fay-Feuer gamma interval; episodes of unknown age do not count"
STANDARDISED_KINDS = ["antipsychotic", "generation", "generation_state", "formulation", "chemical_class", "ingredient"]
GROUP = [*SETTING, "group_kind", "group"]


def standardised_results(margins: pl.DataFrame, weights: dict[str, int], standard: str, level: float) -> pl.DataFrame:
    """Standardised rate of each group, from its margins by age; a band without a row has no person-time."""
    bands = pl.DataFrame({"stratum": [f"age={band}" for band in weights], "weight": list(weights.values())})
    groups = margins.filter(pl.col("group_kind").is_in(STANDARDISED_KINDS)).select(GROUP).unique()
    by_group = (
        groups.join(bands, how="cross", maintain_order="left_right")
        .join(margins, on=[*GROUP, "stratum"], how="left", maintain_order="left")
        .with_columns(pl.col("events", "person_days").fill_null(0))
        .group_by(GROUP, maintain_order=True)
        .agg("events", "person_days", "weight", numerator=pl.col("events").sum(), denominator=pl.col("person_days").sum())
        .sort(GROUP)
    )
    found = [
        standardised_rate(events, days, weight, level)
        for events, days, weight in by_group.select("events", "person_days", "weight").iter_rows()
    ]
    estimate, low, high = (np.array([getattr(one, name) for one in found]) for name in Interval._fields)
    reasons = pl.Series("undefined_reason", [one.undefined_reason for one in found], pl.String)
    frame = with_interval(by_group, Interval(estimate, low, high)).with_columns(reasons)
    return cohort_rows(frame, "standardised_rate", EPISODES, STANDARDISED.format(standard), level)


def pooled_results(overall: pl.DataFrame, sums: pl.DataFrame, level: float) -> pl.DataFrame:
    """Rate of each ingredient, pulled towards that of its chemical class."""
    members = sums.filter(pl.col("total_kind") == "chemical_class").select(chemical_class="total", group="part")
    ingredients = (
        overall.filter(pl.col("group_kind") == "ingredient").join(members, on="group").sort(*SETTING, "chemical_class", "group")
    )
    rows = [RESULTS.empty()]
    for of_class in ingredients.partition_by(*SETTING, "chemical_class", maintain_order=True):
        found = pooled_rates(of_class["events"].to_numpy(), of_class["person_days"].to_numpy(), level)
        reason = found.undefined_reason or "no person-time"
        frame = of_class.with_columns(numerator="events", denominator="person_days", undefined_reason=pl.lit(reason))
        interval = Interval(found.estimate, found.low, found.high)
        rows.append(cohort_rows(with_interval(frame, interval), "pooled_rate", EPISODES, found.method, level))
    return pl.concat(rows)
