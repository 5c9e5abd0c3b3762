"""How long episodes last: recovery and death as competing ends, in the cohort arm."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from nms_pv.measures.course.cohort_cases import CASE
from nms_pv.measures.course.numbers import VALUES, not_computed, numbers
from nms_pv.measures.course.outcomes import NO_CASE, PERSONS
from nms_pv.measures.survival import aalen_johansen as cumulative
from nms_pv.measures.survival import kaplan_meier as surviving
from nms_pv.measures.survival.aalen_johansen import aalen_johansen
from nms_pv.measures.survival.curve import Curve, at, at_risk_at, quantile, why_undefined
from nms_pv.measures.survival.kaplan_meier import kaplan_meier
from nms_pv.spec.questions import CourseSettings

CAUSE = {"recovered": 1, "died": 2}
WIDE_GROUPS = ["antagonist", "antipsychotic", "formulation", "generation", "generation_state"]
QUARTILES = {"quartile=1": 0.25, "median": 0.5, "quartile=3": 0.75}
NO_END = "the source has no end of the reaction"
LAST_SIGN = (
    "days from the first to the last documented sign, a lower bound of how long signs lasted; the end is known once "
    "{days} days without a sign followed under observation, death before that is death before recovery; persons who left "
    "observation alive before are censored {days} days before they left; first episode of each person in the group"
)

_TEXT = {"curve": pl.String, **dict.fromkeys(CASE, pl.String)}
_SCHEMA = {
    **dict.fromkeys(("measure", *CASE, "stratum"), pl.String),
    **dict.fromkeys(("numerator", "denominator"), pl.Int64),
    **dict.fromkeys(VALUES, pl.Float64),
    "undefined_reason": pl.String,
}
_METHOD = {
    "recovered_proportion": cumulative.METHOD,
    "died_proportion": cumulative.METHOD,
    "days_to_end": f"{surviving.METHOD} of recovery or death; Brookmeyer-Crowley interval",
}


def ends(first: pl.DataFrame, sign_free_days: int) -> pl.DataFrame:
    """`first` with `time` (days from the first day of the episode) and `cause`: 1 recovered, 2 died, 0 censored.

    With T the last documented sign, k `sign_free_days`, D death and C the last day under observation, all from the first day:
    died at D if ``D <= T + k``; otherwise recovered at T if ``T + k <= C``; otherwise censored at ``C - k``, the last day for
    which the k days that decide were seen. Who was seen for less than k days is left out: nothing is known of day 0.
    Whether a survivor is censored thus never depends on when the signs ended.
    """
    last_sign, death, left = (pl.col(name) - pl.col("start_day") for name in ("last_sign_day", "death_day", "seen_until"))
    has_died = (death <= last_sign + sign_free_days).fill_null(False)
    has_recovered = last_sign + sign_free_days <= left
    return first.with_columns(
        time=pl.when(has_died).then(death).when(has_recovered).then(last_sign).otherwise(left - sign_free_days),
        cause=pl.when(has_died).then(CAUSE["died"]).when(has_recovered).then(CAUSE["recovered"]).otherwise(0),
    ).filter(pl.col("time") >= 0)


def recovery_numbers(
    ended: pl.DataFrame, shown: pl.DataFrame, analysis: str, settings: CourseSettings, level: float
) -> pl.DataFrame:
    """Shares that recovered and died by some days, and quartiles of the days until one of both; only of `WIDE_GROUPS`.

    Shares by Aalen-Johansen; `numerator` counts who had that end by then as far as is known, so that with censoring the share is
    not numerator / denominator. Quartiles by Kaplan-Meier of either end, with limits of Brookmeyer and Crowley; no upper limit
    where its curve does not fall so far. Undefined beyond the last observation, and without a case.
    """
    wide = shown.filter(pl.col("group_kind").is_in(WIDE_GROUPS))
    found = ended.partition_by(CASE, as_dict=True)
    rows = [
        row
        for case in wide.select(CASE).rows()
        for row in _of_group(dict(zip(CASE, case, strict=True)), found.get(case, ended.clear()), settings, level)
    ]
    told = pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(pl.col(VALUES).fill_nan(None), analysis=pl.lit(analysis))
    described = LAST_SIGN.format(days=settings.sign_free_days)
    parts = [
        numbers(told.filter(pl.col("measure") == measure), measure, PERSONS, f"{method}; {described}")
        for measure, method in _METHOD.items()
    ]
    return pl.concat(parts)


def recovery_curves(ended: pl.DataFrame, settings: CourseSettings, level: float) -> pl.DataFrame:
    """Cumulative shares that recovered and died at each day up to `curve_days`, by definition and group of `WIDE_GROUPS`.

    Columns curve, definition, group_kind, group, x, y, low, high, at_risk, method; a curve ends with its last observation.
    """
    days = np.arange(settings.curve_days + 1)
    parts = []
    for case, part in sorted(ended.filter(pl.col("group_kind").is_in(WIDE_GROUPS)).partition_by(CASE, as_dict=True).items()):
        times, causes = part["time"].to_numpy(), part["cause"].to_numpy()
        for end, cause in CAUSE.items():
            curve = aalen_johansen(times, causes, cause, level)
            values = at(curve, days)
            parts.append(
                pl.DataFrame(
                    {
                        "x": days.astype(np.float64),
                        "y": values.estimate,
                        "low": values.low,
                        "high": values.high,
                        "at_risk": at_risk_at(curve, days).astype(np.int64),
                    }
                ).with_columns(curve=pl.lit(end), **{name: pl.lit(value) for name, value in zip(CASE, case, strict=True)})
            )
    described = LAST_SIGN.format(days=settings.sign_free_days)
    empty = pl.DataFrame(schema={**dict.fromkeys(("x", "y", "low", "high"), pl.Float64), "at_risk": pl.Int64, **_TEXT})
    return (
        pl.concat([empty, *parts])
        .with_columns(pl.col("y", "low", "high").fill_nan(None), method=pl.lit(f"{cumulative.METHOD}; {described}"))
        .drop_nulls("y")
    )


def no_recovery_in_reports(groups: pl.DataFrame, days: Sequence[int]) -> pl.DataFrame:
    """Why reports tell nothing of recovery; columns of `groups`: definition, group_kind, group, roles, duplicates."""
    wanted = groups.join(pl.DataFrame({"stratum": [f"day={day}" for day in days]}), how="cross")
    unit, method = "distinct reports that meet the definition", "days from the start to the end of the reaction"
    return pl.concat(
        [
            not_computed(wanted, "recovered_proportion", unit, method, NO_END),
            not_computed(groups.with_columns(stratum=pl.lit("median")), "days_to_end", unit, method, NO_END),
        ]
    )


def _of_group(case: dict[str, str], part: pl.DataFrame, settings: CourseSettings, level: float) -> list[dict[str, object]]:
    times, causes = part["time"].to_numpy(), part["cause"].to_numpy()
    rows: list[dict[str, object]] = []
    for end, cause in CAUSE.items():
        curve = aalen_johansen(times, causes, cause, level)
        for day in settings.recovery_days:
            by_then = int(((causes == cause) & (times <= day)).sum())
            counts = {"numerator": by_then, "denominator": part.height}
            values, reason = _at_day(curve, day)
            address = {"measure": f"{end}_proportion", "stratum": f"day={day}"}
            rows.append({**case, **address, **counts, **values, "undefined_reason": reason if part.height else NO_CASE})
    either = kaplan_meier(times, causes > 0, level)
    for stratum, share in QUARTILES.items():
        value = quantile(either, share)
        counts = {"numerator": int((causes > 0).sum()), "denominator": part.height}
        address = {"measure": "days_to_end", "stratum": stratum}
        told = {**value._asdict(), **({} if part.height else {"undefined_reason": NO_CASE})}
        rows.append({**case, **address, **counts, **told})
    return rows


def _at_day(curve: Curve, day: int) -> tuple[dict[str, float], str]:
    values = at(curve, [day])
    return {name: float(getattr(values, name)[0]) for name in VALUES}, why_undefined(curve)
