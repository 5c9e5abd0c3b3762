"""How often NMS comes back after a dopamine antagonist is begun again, in the cohort arm."""

from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.after.odds import conditional_odds_ratio
from nms_pv.measures.after.restarts import FATE
from nms_pv.measures.course.cohort_cases import ANTAGONIST
from nms_pv.measures.course.numbers import VALUES, not_computed, numbers, shares
from nms_pv.measures.onset.quantiles import quantiles
from nms_pv.measures.rates import rate_ratio, why_ratio_undefined
from nms_pv.measures.rows import COUNTS, with_interval
from nms_pv.measures.survival import aalen_johansen as cumulative
from nms_pv.measures.survival.aalen_johansen import aalen_johansen
from nms_pv.measures.survival.curve import at, at_risk_at, why_undefined
from nms_pv.spec.questions import AfterSettings

GROUP = ["definition", "group_kind", "group"]
PERSONS = "persons, from the restart after their first episode that counts"
DAYS = "recurrences; person-days in which one could be told"
EPISODES = "persons, at their first episode that counts for a dopamine antagonist"
NO_RESTART = "nobody restarted in this way"
NO_DOSE = "the source states no dose of what was dispensed"
WHY_NOT_COMPARED = (
    "not computed on purpose: who restarted must have lived, and stayed under observation, until then (immortal time), and a "
    "drug is begun again in those who have recovered. Those who never restarted are described, not compared."
)
CURVE_KINDS = ["restart", "restart_gap"]
_POINT = {**dict.fromkeys(GROUP, pl.String), **dict.fromkeys(("x", "y", "low", "high"), pl.Float64), "at_risk": pl.Int64}


class _Contrast(NamedTuple):
    group_kind: str
    group: str
    reference: str


def restart_groups(found: pl.DataFrame, settings: AfterSettings) -> pl.DataFrame:
    """The restarts of `found` (`with_restart`), one row for each group they belong to: group_kind, group besides its columns.

    Groups: any; by gap (classes, and all that are not early); by potency of the restarted drug (and all that is not high); the
    same or another drug; by its generation; long-acting or not.
    """
    restarted = found.filter(pl.col("fate") == "restarted")
    late, not_high = pl.lit(f"{settings.early_days}+"), pl.lit("mid_or_low")
    groups = {
        ("restart", 0): pl.lit("any"),
        ("restart_gap", 0): pl.col("gap"),
        ("restart_gap", 1): pl.when(pl.col("gap_days") >= settings.early_days).then(late),
        ("restart_potency", 0): pl.col("potency"),
        ("restart_potency", 1): pl.when(pl.col("potency") != "high").then(not_high),
        ("restart_ingredient", 0): pl.col("drug"),
        ("restart_generation", 0): pl.col("generation"),
        ("restart_formulation", 0): pl.col("form"),
    }
    parts = [restarted.with_columns(group_kind=pl.lit(kind), group=group) for (kind, _), group in groups.items()]
    return pl.concat(parts).drop_nulls("group").sort(*GROUP, "subject_id")


def recurrence_shares(grouped: pl.DataFrame, settings: AfterSettings, chained_days: int, level: float) -> pl.DataFrame:
    """Share whose NMS came back within `recurrence_days` of the restart, by group, and odds ratios between groups.

    Shares with the exact binomial interval, of those who recurred or died by then or were observed until then; who left earlier
    is in neither count. Odds ratios are conditional, with exact interval: early against later restarts, high against lower
    potency, the same against another drug, long-acting against other. Stratum `covered=no`: only restarts with no antagonist
    begun before still supplied on that day. Undefined without a restart.
    """
    counts = _counts(grouped, settings.recurrence_days)
    method = (
        f"new episode that meets the definition within {settings.recurrence_days} days of the restart / recurred or died by "
        f"then, or observed until then; none can begin within {chained_days} days of the last record of the one before, "
        "so that recurrence soon after an early restart is part of that episode and not seen"
    )
    proportion = shares(counts, "recurrence_proportion", PERSONS, f"{method}; Clopper-Pearson interval", NO_RESTART, level)
    paired = _paired(counts, settings)
    found = [conditional_odds_ratio(a, n1, c, n0, level) for a, n1, c, n0 in paired.select(COUNTS).iter_rows()]
    values = pl.DataFrame(found, schema={**dict.fromkeys(VALUES, pl.Float64), "undefined_reason": pl.String}, orient="row")
    told = pl.concat([paired, _finite(values)], how="horizontal")
    odds = numbers(told, "recurrence_odds_ratio", PERSONS, f"{method}; conditional odds ratio, exact interval (Fisher)")
    return pl.concat([proportion, odds])


def recurrence_rate_ratios(grouped: pl.DataFrame, settings: AfterSettings, level: float) -> pl.DataFrame:
    """Ratios of recurrences per person-day in which one could be told, within `recurrence_days` of the restart.

    What the odds ratios cannot: days are counted from the first on which a new episode can be told from the last, and until the
    end of observation, so that early restarts and short follow-up do not look safer. Conditional exact interval. Undefined
    without days on both sides, or without a recurrence in the reference.
    """
    longest = settings.recurrence_days
    until = pl.min_horizontal(pl.lit(longest), "recurrence_days", "death_days", "seen_days")
    days = (until - pl.max_horizontal(pl.lit(0), "enters_days")).clip(lower_bound=0)
    counts = (
        _with_covered(grouped)
        .group_by(*GROUP, "stratum")
        .agg(numerator=(pl.col("recurrence_days") <= longest).sum().cast(pl.Int64), denominator=days.sum().cast(pl.Int64))
    )
    paired = _paired(counts, settings)
    a, t1, c, t0 = (paired[name].to_numpy() for name in COUNTS)
    reasons = pl.Series("undefined_reason", why_ratio_undefined(a, t1, c, t0).tolist(), dtype=pl.String)
    told = with_interval(paired, rate_ratio(a, t1, c, t0, level)).with_columns(reasons)
    method = (
        f"recurrences per person-day of the first {longest} days after the restart, from the day on which a new episode can be "
        "told from the last; ratio with conditional exact interval"
    )
    return numbers(told, "recurrence_rate_ratio", DAYS, method)


def fates(found: pl.DataFrame, level: float) -> pl.DataFrame:
    """Share of episodes with each of `FATE`, with exact interval, and median days until the restart of those with one."""
    anything = {"group_kind": pl.lit(ANTAGONIST[0]), "group": pl.lit(ANTAGONIST[1])}
    counts = (
        found.group_by("definition")
        .agg(denominator=pl.len(), **{fate: (pl.col("fate") == fate).sum() for fate in FATE})
        .unpivot(list(FATE), index=["definition", "denominator"], variable_name="fate", value_name="numerator")
        .with_columns(stratum="fate=" + pl.col("fate"), **anything)
    )
    method = "episodes / first episodes that count; Clopper-Pearson interval; described, not compared"
    share = shares(counts, "after_episode_proportion", EPISODES, method, NO_RESTART, level)
    gaps = found.filter(pl.col("fate") == "restarted").group_by("definition").agg("gap_days").sort("definition")
    values = [np.stack(quantiles(days.to_numpy(), (0.5,), level))[:, 0] for days in gaps["gap_days"]]
    told = gaps.select("definition", **anything, stratum=pl.lit("median"), numerator=pl.col("gap_days").list.len())
    limits = pl.DataFrame(np.reshape(values, (-1, 3)), schema=dict.fromkeys(VALUES, pl.Float64), orient="row")
    median = pl.concat([told, _finite(limits)], how="horizontal")
    how = "median days from the last documented sign to the restart, of those who restarted; exact interval from order statistics"
    return pl.concat([share, numbers(median, "days_to_restart", EPISODES, how)])


def recurrence_times(grouped: pl.DataFrame, settings: AfterSettings, level: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cumulative share that recurred by some days after the restart, death competing, and its curves; of `CURVE_KINDS`.

    Aalen-Johansen on treatment: censored at the end of observation, and `after_stop_days` after the last day covered by what was
    restarted. Persons are at risk from the day on which a new episode can be told from the last (late entry).

    Returns
    -------
    Numbers (`recurrence_cumulative_proportion`, stratum `day=60`), and points: GROUP, x, y, low, high, at_risk.
    """
    stop = pl.col("stop_days") + settings.after_stop_days
    left = pl.min_horizontal("seen_days", stop)
    first = pl.min_horizontal("recurrence_days", "death_days", left)
    cause = pl.when(pl.col("recurrence_days") == first).then(1).when(pl.col("death_days") == first).then(2).otherwise(0)
    timed = (
        grouped.filter(pl.col("group_kind").is_in(CURVE_KINDS))
        .with_columns(time=first, cause=cause, entry=pl.when(pl.col("enters_days") >= 0).then("enters_days").otherwise(-1))
        .filter(pl.col("time") > pl.col("entry"))
    )
    wanted = np.array([settings.recurrence_days, settings.curve_days])
    rows, points = [], [pl.DataFrame(schema=_POINT)]
    for case, part in sorted(timed.partition_by(GROUP, as_dict=True).items()):
        times, causes = part["time"].to_numpy(), part["cause"].to_numpy()
        curve = aalen_johansen(times, causes, 1, level, part["entry"].to_numpy())
        address = {name: pl.lit(value) for name, value in zip(GROUP, case, strict=True)}
        counts = [int(((causes == 1) & (times <= day)).sum()) for day in wanted]
        told = pl.DataFrame({"stratum": [f"day={day}" for day in wanted], "numerator": counts}).with_columns(
            **address, denominator=pl.lit(part.height), undefined_reason=pl.lit(why_undefined(curve))
        )
        rows.append(with_interval(told, at(curve, wanted)))
        days = np.arange(settings.curve_days + 1)
        x = pl.DataFrame({"x": days.astype(np.float64), "at_risk": at_risk_at(curve, days).astype(np.int64)})
        points.append(with_interval(x, at(curve, days)).rename({"estimate": "y"}).with_columns(**address).select(list(_POINT)))
    empty = pl.DataFrame(
        schema={**dict.fromkeys(GROUP, pl.String), **dict.fromkeys(VALUES, pl.Float64), "undefined_reason": pl.String}
    )
    found = pl.concat([empty, *rows], how="diagonal_relaxed")
    method = (
        f"{cumulative.METHOD}; death competing; late entry; censored at the end of observation and {settings.after_stop_days} "
        "days after the last day covered by what was restarted"
    )
    return numbers(found, "recurrence_cumulative_proportion", PERSONS, method), pl.concat(points).drop_nulls("y")


def not_told(definitions: list[str]) -> pl.DataFrame:
    """Rows that say why restart is not compared with no restart, and why no dose is told."""
    anything = pl.DataFrame({"definition": sorted(definitions)}).with_columns(
        group_kind=pl.lit(ANTAGONIST[0]), group=pl.lit(ANTAGONIST[1])
    )
    return pl.concat(
        [
            not_computed(anything, "restart_effect", EPISODES, "none", WHY_NOT_COMPARED),
            not_computed(anything, "restart_dose", PERSONS, "median dose of the restarted drug", NO_DOSE),
        ]
    )


def _with_covered(grouped: pl.DataFrame) -> pl.DataFrame:
    everybody = grouped.with_columns(stratum=pl.lit(None, pl.String))
    return pl.concat([everybody, grouped.filter(~pl.col("was_covered")).with_columns(stratum=pl.lit("covered=no"))])


def _counts(grouped: pl.DataFrame, days: int) -> pl.DataFrame:
    recurred, died = ((pl.col(name) <= days).fill_null(False) for name in ("recurrence_days", "death_days"))
    known = recurred | died | (pl.col("seen_days") >= days)
    return (
        _with_covered(grouped)
        .group_by(*GROUP, "stratum")
        .agg(numerator=recurred.sum().cast(pl.Int64), denominator=known.sum().cast(pl.Int64))
        .sort(*GROUP, "stratum")
    )


def _paired(counts: pl.DataFrame, settings: AfterSettings) -> pl.DataFrame:
    """Counts of each group with those of the group it is compared with."""
    contrasts = [
        _Contrast("restart_gap", f"0-{settings.early_days - 1}", f"{settings.early_days}+"),
        _Contrast("restart_potency", "high", "mid_or_low"),
        _Contrast("restart_ingredient", "same", "other"),
        _Contrast("restart_formulation", "long_acting", "other"),
    ]
    pairs = pl.DataFrame(contrasts, schema=["group_kind", "group", "reference"], orient="row")
    cells = counts.select("definition", "stratum").unique().join(pairs, how="cross")
    on = ["definition", "stratum", "group_kind"]
    sides = {"group": {}, "reference": {name: f"reference_{name}" for name in ("numerator", "denominator")}}
    for side, names in sides.items():
        here = counts.rename({"group": side, **names}).select(*on, side, "^(reference_)?(numerator|denominator)$")
        cells = cells.join(here, on=[*on, side], how="left", nulls_equal=True)
    return cells.with_columns(pl.col(COUNTS).fill_null(0)).sort(*GROUP, "stratum")


def _finite(values: pl.DataFrame) -> pl.DataFrame:
    return values.with_columns(pl.when(pl.col(VALUES).is_finite()).then(pl.col(VALUES)))
