"""Persons, observation periods and deaths -> persons under observation, until their death."""

from dataclasses import dataclass

import polars as pl

from nms_pv.canonical.omop.issues import count_issues, day_text
from nms_pv.tables import attrition

SEX_OF_CONCEPT = {8532: "female", 8507: "male"}
BELIEVED_BIRTH_YEARS = (1850, 2099)
PERSON, DEATH = "omop:person", "omop:death"
# More days than lie between any two.
FAR = 2**33


@dataclass(frozen=True)
class Observed:
    """Persons and their periods, and what was left out on the way."""

    persons: pl.DataFrame
    periods: pl.DataFrame
    attrition: pl.DataFrame
    issues: pl.DataFrame


def observed(part: str, person: pl.DataFrame, period: pl.DataFrame, death: pl.DataFrame) -> Observed:
    """The persons of one part with at least one believed observation period.

    Parameters
    ----------
    person, period, death
        Tables person, observation_period and death of the common data model.

    """
    born, birth_issues = births(person)
    died, death_issues, death_steps = deaths(part, death, born)
    periods, period_steps = observation_periods(part, period, born.join(died, on="person_id", how="left"))
    kept = (
        born.join(periods.select("person_id").unique(), on="person_id", how="semi")
        .join(died, on="person_id", how="left")
        .with_columns(source_id=pl.lit(PERSON))
    )
    left = {"no_believed_observation_period": person.height - kept.height}
    steps = [attrition.steps("canonical", f"{part}:person", "person", person.height, left), period_steps, death_steps]
    return Observed(kept, periods, pl.concat(steps), pl.concat([birth_issues, death_issues]))


def births(person: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sex and date of birth of each person, and the birth dates that are not believed.

    A missing month or day is taken as the first; so is the day of a date that does not exist, such as 31 February. A day
    without a month says nothing.
    """
    year, month, day = pl.col("year_of_birth"), pl.col("month_of_birth"), pl.col("day_of_birth")
    is_year = year.is_between(*BELIEVED_BIRTH_YEARS).fill_null(False)
    exists = day <= pl.date(year, month, 1).dt.days_in_month()
    precision = (
        pl.when(~is_year)
        .then(pl.lit("none"))
        .when(month.is_null())
        .then(pl.lit("year"))
        .when(exists)
        .then(pl.lit("day"))
        .otherwise(pl.lit("month"))
    )
    rows = person.with_columns(birth_precision=precision)
    beyond = pl.when(~is_year & year.is_not_null()).then(pl.lit("beyond_limits"))
    no_such = pl.when(is_year & ~exists).then(pl.lit("no_such_date"))
    issues = [
        count_issues(rows, PERSON, "person_id", "year_of_birth", beyond, year.cast(pl.String)),
        count_issues(rows, PERSON, "person_id", "day_of_birth", no_such, pl.format("{}-{}-{}", year, month, day)),
    ]
    known = pl.col("birth_precision")
    born = rows.select(
        "person_id",
        "source_line",
        pl.col("gender_concept_id").replace_strict(SEX_OF_CONCEPT, default="unknown", return_dtype=pl.String).alias("sex"),
        pl.when(known != "none").then(year).alias("birth_year"),
        pl.when(known.is_in(["day", "month"])).then(month).when(known == "year").then(1).cast(pl.Int32).alias("birth_month"),
        pl.when(known == "day").then(day).when(known != "none").then(1).cast(pl.Int32).alias("birth_day_of_month"),
        "birth_precision",
    )
    return born, pl.concat(issues)


def deaths(part: str, death: pl.DataFrame, born: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The earliest believed day of death of each person, the days that are not believed, and the attrition."""
    known = death.join(born.select("person_id", "birth_year"), on="person_id")
    too_early = is_before_birth("death_date")
    believed = known.filter(~too_early)
    died = believed.group_by("person_id").agg(pl.col("death_date").min().alias("death_day"))
    reason = pl.when(too_early).then(pl.lit("before_year_of_birth"))
    issues = count_issues(known, DEATH, "source_line", "death_date", reason, day_text("death_date"))
    left = {
        "person_unknown": death.height - known.height,
        "before_year_of_birth": known.height - believed.height,
        "not_the_earliest_of_the_person": believed.height - died.height,
    }
    return died, issues, attrition.steps("canonical", f"{part}:death", "record", death.height, left)


def observation_periods(part: str, period: pl.DataFrame, persons: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stretches of days under observation, cut at death; periods that overlap or touch are one.

    Parameters
    ----------
    persons
        Columns person_id, death_day.

    """
    start, end = pl.col("start_day"), pl.col("end_day")
    days = period.select("person_id", start_day="observation_period_start_date", end_day="observation_period_end_date")
    known = days.join(persons.select("person_id", "death_day"), on="person_id")
    forward = known.filter(end >= start)
    alive = forward.filter(pl.col("death_day").is_null() | (start <= pl.col("death_day")))
    cut = alive.with_columns(end_day=pl.min_horizontal("end_day", "death_day")).sort("person_id", "start_day", "end_day")
    # With the person's number far above the days, one running maximum serves all persons: far faster than one for each.
    ahead = pl.col("person_id").rle_id().cast(pl.Int64) * FAR
    begins = (ahead + start > (ahead + end).cum_max().shift(1) + 1).fill_null(True)
    merged = (
        cut.with_columns(stretch=begins.cum_sum().set_sorted())
        .group_by("stretch")
        .agg(pl.col("person_id").first(), start.min(), end.max())
        .drop("stretch")
    )
    left = {
        "person_unknown": period.height - known.height,
        "end_before_start": known.height - forward.height,
        "after_death": forward.height - alive.height,
        "joined_to_an_earlier_period": alive.height - merged.height,
    }
    return merged, attrition.steps("canonical", f"{part}:observation_period", "record, then period", period.height, left)


def is_before_birth(day: str) -> pl.Expr:
    """Does the day lie in a year before that of birth?"""
    return (pl.col(day).cast(pl.Date).dt.year() < pl.col("birth_year")).fill_null(False)
