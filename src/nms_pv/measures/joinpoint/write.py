"""Writes the trend of the incidence rate of antipsychotics and of their generation states (cohort arm)."""

from pathlib import Path

import polars as pl

from nms_pv.measures.joinpoint.results import Counted, trend_results
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS
from nms_pv.measures.rows import write_results
from nms_pv.spec.params import Params
from nms_pv.spec.questions import TrendSettings
from nms_pv.tables.measures import CURVES
from nms_pv.tables.person_time import ALL, PERSON_TIME

EPISODES = Counted(
    "cohort",
    "episodes; person-days at risk",
    "years with person-time",
    DAYS_PER_YEAR * PER_PERSON_YEARS,
    "episodes per 100,000 person-years",
)
GROUP_KINDS = ["antipsychotic", "generation_state"]


def write_joinpoint(exposure: Path, out: Path, params: Params, version: str, permuting: TrendSettings) -> None:
    """Read `person_time.parquet` below `exposure`, write `joinpoint/results.parquet` and `joinpoint/curves.parquet` below `out`.

    The main definition under the main setting of time at risk.
    """
    person_time = PERSON_TIME.scan(exposure / "person_time.parquet").collect()
    series = years_of_states(person_time, params.main.definition, params.cohort.main_analysis)
    results, curves = trend_results(series, EPISODES, params.level, permuting)
    write_results(results, out / "joinpoint" / "results.parquet", version)
    CURVES.write(curves, out / "joinpoint" / "curves.parquet")


def years_of_states(person_time: pl.DataFrame, definition: str, analysis: str) -> pl.DataFrame:
    """Episodes and person-days by year of antipsychotics and their states, under one definition and setting."""
    of_year = (pl.col("year") != ALL) & pl.all_horizontal(pl.col("age_band", "sex", "since_start") == ALL)
    return person_time.filter(of_year, pl.col("group_kind").is_in(GROUP_KINDS), definition=definition, analysis=analysis).select(
        "definition",
        "analysis",
        pl.col("group_kind").cast(pl.String),
        "group",
        pl.col("year").cast(pl.Int64),
        numerator="events",
        denominator="person_days",
    )
