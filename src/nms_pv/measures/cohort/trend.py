"""Person-time of the generation states -> the trend of the rate of antipsychotics over years, and what explains its change."""

import polars as pl

from nms_pv.measures.cohort.compared import SETTING, fitted_results
from nms_pv.measures.cohort.results import EPISODES, cohort_rows, period_margins, period_name
from nms_pv.measures.decomposition import decompose_with_intervals
from nms_pv.measures.regression import annual_rate_ratio
from nms_pv.measures.rows import with_interval
from nms_pv.spec.params import Periods
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import STATE

METHOD = "Kitagawa decomposition by generation state; limits are quantiles of draws of the rates (gamma, Jeffreys' prior)"
SEED = 1
DECOMPOSED = {"rate_change": "change", "rate_change_by_mix": "by_mix", "rate_change_within": "within"}
ANNUAL = {"annual_rate_ratio": False, "annual_rate_ratio_given_mix": True}


def annual_results(cells: pl.DataFrame, level: float) -> pl.DataFrame:
    """Rate ratio per calendar year of all antipsychotics, from the cells of age x sex x year of their states."""
    states = cells.filter(pl.col("group_kind") == "generation_state").with_columns(state="group")
    by_setting = states.partition_by(SETTING, maintain_order=True)
    counts = _of_antipsychotics(
        states.group_by(SETTING, maintain_order=True).agg(
            numerator=pl.col("events").sum(), denominator=pl.col("person_days").sum()
        )
    )
    return pl.concat(
        fitted_results(counts, [annual_rate_ratio(strata, with_mix, level) for strata in by_setting], measure, level)
        for measure, with_mix in ANNUAL.items()
    )


def change_results(margins: pl.DataFrame, periods: Periods, level: float, bootstraps: int) -> pl.DataFrame:
    """Change of the rate of all antipsychotics between two periods, and its parts, from the margins by year of their states."""
    by_period = period_margins(margins, periods)
    early, late = period_name(periods.early), period_name(periods.late)
    rows = [RESULTS.empty()]
    for setting in margins.select(SETTING).unique().sort(SETTING).iter_rows():
        here = pl.DataFrame([setting], schema=SETTING, orient="row")
        (x_0, t_0), (x_1, t_1) = (
            _by_state(here, by_period.filter(pl.col("stratum") == f"years={name}")) for name in (early, late)
        )
        found = decompose_with_intervals(x_0, t_0, x_1, t_1, level, bootstraps, SEED)
        frame = _of_antipsychotics(here).with_columns(
            reference=pl.lit(early),
            stratum=pl.lit(f"years={late}"),
            numerator=x_1.sum(),
            denominator=t_1.sum(),
            reference_numerator=x_0.sum(),
            reference_denominator=t_0.sum(),
            undefined_reason=pl.lit(found.undefined_reason, pl.String),
        )
        rows += [
            cohort_rows(with_interval(frame, getattr(found, part)), measure, EPISODES, METHOD, level)
            for measure, part in DECOMPOSED.items()
        ]
    return pl.concat(rows)


def _of_antipsychotics(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.with_columns(group_kind=pl.lit("antipsychotic"), group=pl.lit("antipsychotic"))


def _by_state(setting: pl.DataFrame, period: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Episodes and person-days of each state; 0 without a row."""
    states = pl.DataFrame({"group": list(STATE)}).with_columns(group_kind=pl.lit("generation_state", period.schema["group_kind"]))
    counted = setting.join(states, how="cross").join(period, on=[*SETTING, "group_kind", "group"], how="left").sort("group")
    return counted["events"].fill_null(0), counted["person_days"].fill_null(0)
