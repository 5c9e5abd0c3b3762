"""People of a cohort, their time under observation and their exposures -> coverage and coherence, by calendar year."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from nms_pv.measures.quality.records import year_of
from nms_pv.measures.quality.rows import counted
from nms_pv.tables.snapshot import source_id

CREATINE_KINASE = "creatine_kinase"
PERSON, PERIOD, DEATH, DRUG, MEASURED = (
    source_id(table) for table in ("person", "observation_period", "death", "drug_exposure", "measurement")
)
SIMULATED = "a simulated snapshot is written, not retrieved"
NO_DATE = "the day of the snapshot is not recorded"
SUM = ["numerator", "denominator"]


@dataclass(frozen=True)
class PeopleCounts:
    """Counts of one part, columns of `rows.COUNTED` without those of years: parts add up, for each person lies in one.

    `years` are the person-days (`days`) and people observed, deaths and exposures by year; `last_day` and `last_start` are the
    last day under observation and the last start of an exposure.
    """

    counts: pl.DataFrame
    years: pl.DataFrame
    people: int
    exposures: int
    last_day: int | None
    last_start: int | None


def people_checked(
    persons: pl.DataFrame, periods: pl.DataFrame, exposures: pl.DataFrame, measurements: pl.LazyFrame
) -> PeopleCounts:
    """Count the people of one part.

    Parameters
    ----------
    persons, periods
        Rows of `canonical/persons` and `canonical/observation_periods`.
    exposures
        Columns person_id, start_day, end_rule of `canonical/drug_exposures`.
    measurements
        Rows of `canonical/measurements`.

    """
    dated = exposures.with_columns(period=year_of("start_day"))
    observed = _observed_by_year(periods)
    deaths = persons.filter(pl.col("death_day").is_not_null()).group_by(period=year_of("death_day"))
    starts = dated.group_by("period")
    years = (
        observed.join(deaths.agg(deaths=_count()), on="period", how="left")
        .join(starts.agg(exposures=_count()), on="period", how="left")
        .fill_null(0)
    )
    told = [
        _one("birth_to_the_day", PERSON, persons, pl.col("birth_precision") == "day"),
        _one("sex_known", PERSON, persons, pl.col("sex") != "unknown"),
        _by_year("end_known", DRUG, dated, pl.col("end_rule") != "one_day"),
        _by_year("outside_observation", DRUG, _with_observation(dated, periods), ~pl.col("is_observed")),
        _by_year("ck_range_recorded", MEASURED, _creatine_kinase(measurements), pl.col("range_high").is_not_null()),
    ]
    return PeopleCounts(
        pl.concat(told),
        years,
        persons.height,
        exposures.height,
        _largest(periods["end_day"]),
        _largest(exposures["start_day"]),
    )


def people_rows(parts: list[PeopleCounts], retrieved: date | None, *, simulated: bool) -> pl.DataFrame:
    """The parts together: columns of `rows.COUNTED`.

    Parameters
    ----------
    parts
        At least one.
    retrieved, simulated
        Day of the snapshot, where it is recorded, and whether the snapshot was simulated.

    """
    address = ["source", "period", "check", "item"]
    counts = pl.concat(part.counts for part in parts).group_by(address).agg(pl.col(SUM).sum())
    years = _with_gaps(pl.concat(part.years for part in parts).group_by("period").agg(pl.all().sum()))
    people, exposures = sum(part.people for part in parts), sum(part.exposures for part in parts)
    last_day = max((part.last_day for part in parts if part.last_day is not None), default=None)
    last_start = max((part.last_start for part in parts if part.last_start is not None), default=None)
    told = [
        counts,
        _of_years(years, "people_observed", PERIOD, "people", pl.lit(people)),
        _of_years(years, "deaths_recorded", DEATH, "deaths", pl.col("people")),
        _of_years(years, "exposures_per_person_year", DRUG, "exposures", pl.col("days")),
        _lag("last_exposure_to_end", DRUG, exposures, last_start, last_day, None),
        _lag(
            "end_to_retrieval",
            PERIOD,
            people,
            last_day,
            None if retrieved is None else (retrieved - date(1970, 1, 1)).days,
            SIMULATED if simulated else NO_DATE if retrieved is None else None,
        ),
    ]
    return pl.concat(counted(frame) for frame in told)


def _with_gaps(years: pl.DataFrame) -> pl.DataFrame:
    """With zeros for years in which nobody was observed, from the first to the last in which somebody was."""
    number = pl.col("period").cast(pl.Int32)
    every = years.select(period=pl.int_range(number.min(), number.max() + 1).cast(pl.String)) if years.height else years
    return every.select("period").join(years, on="period", how="left").fill_null(0)


def _count() -> pl.Expr:
    return pl.len().cast(pl.Int64)


def _largest(days: pl.Series) -> int | None:
    return days.cast(pl.Int64).max()  # type: ignore[return-value]


def _one(check: str, source: str, rows: pl.DataFrame, is_in: pl.Expr) -> pl.DataFrame:
    return counted(rows.select(check=pl.lit(check), numerator=is_in.sum(), denominator=pl.len()), source)


def _by_year(check: str, source: str, rows: pl.DataFrame, is_in: pl.Expr) -> pl.DataFrame:
    by_year = rows.group_by("period").agg(numerator=is_in.sum(), denominator=pl.len())
    return counted(by_year.with_columns(check=pl.lit(check)), source)


def _of_years(years: pl.DataFrame, check: str, source: str, numerator: str, denominator: pl.Expr) -> pl.DataFrame:
    rows = years.select("period", check=pl.lit(check), numerator=numerator, denominator=denominator)
    return counted(rows, source)


def _lag(check: str, source: str, things: int, first: int | None, last: int | None, reason: str | None) -> pl.DataFrame:
    days = None if first is None or last is None else last - first
    row = {"check": check, "numerator": things, "denominator": things, "days": days, "undefined_reason": reason}
    return counted(pl.DataFrame([row], schema_overrides={"days": pl.Int64, "undefined_reason": pl.String}), source)


def _observed_by_year(periods: pl.DataFrame) -> pl.DataFrame:
    """Columns period (year), people, days under observation."""
    start, end = pl.col("start_day").cast(pl.Date), pl.col("end_day").cast(pl.Date)
    first, last = pl.date(pl.col("year"), 1, 1), pl.date(pl.col("year"), 12, 31)
    return (
        periods.lazy()
        .with_columns(year=pl.int_ranges(start.dt.year(), end.dt.year() + 1))
        .explode("year", empty_as_null=False, keep_nulls=False)
        .with_columns(days=(pl.min_horizontal(end, last) - pl.max_horizontal(start, first)).dt.total_days() + 1)
        .group_by(period=pl.col("year").cast(pl.String))
        .agg(people=pl.col("person_id").n_unique().cast(pl.Int64), days=pl.col("days").sum())
        .collect(engine="streaming")
    )


def _with_observation(exposures: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The exposures, with whether their first day lies in an observation period of the person."""
    ends = periods.select("person_id", "start_day", observed_until="end_day").sort("start_day")
    latest = exposures.sort("start_day").join_asof(ends, on="start_day", by="person_id", check_sortedness=False)
    return latest.with_columns(is_observed=(pl.col("start_day") <= pl.col("observed_until")).fill_null(value=False))


def _creatine_kinase(measurements: pl.LazyFrame) -> pl.DataFrame:
    believed = measurements.filter(pl.col("concept_set") == CREATINE_KINASE)
    return believed.select("range_high", period=year_of("day")).collect(engine="streaming")
