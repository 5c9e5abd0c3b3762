"""Person-time -> one row for each rate and proportion, with its method, and with a reason where it is undefined."""

import polars as pl

from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rates import rate, rounded_rate
from nms_pv.measures.rows import result_rows, with_interval
from nms_pv.spec.params import Periods
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import ALL

EPISODES = "episodes; person-days at risk"
PERSONS = "persons with an episode; persons at risk"
METHOD = {
    "none": "episodes / person-years x 100,000; Garwood (exact Poisson) interval",
    "person_years_3_decimals": (
        "episodes / person-years x 100,000, person-years and rate rounded to 3 decimals; Garwood (exact Poisson) interval"
    ),
    "incidence_proportion": "persons with an episode / persons at risk; Clopper-Pearson interval",
}
# Column of person-time that splits it, and the name of its strata.
STRATA = {"age_band": "age", "sex": "sex", "year": "year", "since_start": "since_start"}
NO_TIME = "no person-time in the stratum"
NOBODY = "nobody at risk in the stratum"


def margins(person_time: pl.DataFrame) -> pl.DataFrame:
    """The rows that are split by one column at most, with `stratum`: `age=20-39`, empty where not split."""
    split = [pl.col(column) != ALL for column in STRATA]
    stratum = pl.coalesce(pl.when(pl.col(column) != ALL).then(name + "=" + pl.col(column)) for column, name in STRATA.items())
    return person_time.filter(pl.sum_horizontal(split) <= 1).with_columns(stratum=stratum).drop(list(STRATA))


def period_name(years: list[int]) -> str:
    """`2005-2009`."""
    return f"{years[0]}-{years[1]}"


def period_margins(counts: pl.DataFrame, periods: Periods) -> pl.DataFrame:
    """Episodes and person-days of antipsychotics and their states in both periods, `years=2005-2009`; persons are not known."""
    shown = counts.filter(pl.col("group_kind").is_in(["antipsychotic", "generation_state"]))
    return pl.concat(
        shown.filter(pl.col("stratum").is_in([f"year={year}" for year in range(years[0], years[1] + 1)]))
        .group_by("analysis", "definition", "group_kind", "group")
        .agg(pl.col("events", "person_days").sum(), stratum=pl.lit(f"years={period_name(years)}"))
        for years in (periods.early, periods.late)
    )


def rate_results(counts: pl.DataFrame, settings: dict[str, TimeAtRisk], level: float) -> pl.DataFrame:
    """Incidence rate of every margin, rounded as its setting of time at risk says."""
    rows = [RESULTS.empty()]
    for name, of_setting in sorted(counts.partition_by("analysis", as_dict=True).items()):
        rounding = settings[str(name[0])].rounding
        rate_of = rate if rounding == "none" else rounded_rate
        found = rate_of(of_setting["events"].to_numpy(), of_setting["person_days"].to_numpy(), level)
        frame = of_setting.with_columns(numerator="events", denominator="person_days", undefined_reason=pl.lit(NO_TIME))
        rows.append(cohort_rows(with_interval(frame, found), "incidence_rate", EPISODES, METHOD[rounding], level))
    return pl.concat(rows)


def proportion_results(counts: pl.DataFrame, level: float) -> pl.DataFrame:
    """Incidence proportion of every margin."""
    found = clopper_pearson(counts["cases"].to_numpy(), counts["persons"].to_numpy(), level)
    frame = counts.with_columns(numerator="cases", denominator="persons", undefined_reason=pl.lit(NOBODY))
    return cohort_rows(with_interval(frame, found), "incidence_proportion", PERSONS, METHOD["incidence_proportion"], level)


def cohort_rows(frame: pl.DataFrame, measure: str, unit: str, method: str | pl.Expr, level: float) -> pl.DataFrame:
    """Rows of `measures/results` of the cohort arm."""
    return result_rows(frame, measure, arm="cohort", unit=unit, method=method, level=level)
