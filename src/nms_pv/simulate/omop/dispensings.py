"""Courses -> dispensings: what is recorded of each supply or injection, and which days it covers."""

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import days_between
from nms_pv.simulate.omop.courses import INTERVALS
from nms_pv.simulate.omop.products import LITHIUM

LATEST_DAYS, MISSED_SHARE = 8, 0.04  # a refill comes up to so many days late; some never come
NO_END_SHARE = 0.15  # of supplies, only the number of days is recorded
TOO_MANY_DAYS, NEGATIVE_DAYS = 999, -1
# Of supplies, for each kind of defect.
SPOILED_SHARE, LITHIUM_SPOILED_SHARE, NO_CONCEPT_SHARE = 0.0004, 0.01, 0.0008
ENDS_BEFORE_START_DAYS = 5
COLUMNS = ["person_id", "product", "start_day", "end_day", "recorded_end", "days_supply", "has_concept"]


def draw_dispensings(courses: pl.DataFrame, periods: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Fill the courses; what would be dispensed outside observation is not recorded.

    Parameters
    ----------
    courses
        As `courses.draw_courses`.
    periods
        `People.periods`.
    rng
        Random numbers.

    Returns
    -------
    Columns `COLUMNS`, sorted by person, start and product: end_day is the last day covered, by the rule of
    `canonical/drug_exposures`; recorded_end and days_supply may be empty, or not to be believed.

    """
    repeat = courses["fills"].to_numpy()
    number = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    late = np.where(number > 0, rng.integers(0, LATEST_DAYS + 1, len(number)), 0)
    supply = np.repeat(courses["supply_days"].to_numpy(), repeat)
    product = np.repeat(courses["product"].to_numpy(), repeat)
    start = np.repeat(courses["start_day"].to_numpy(), repeat) + number * supply + late
    is_injection = INTERVALS[product] > 0
    is_missed = (number > 0) & (rng.random(len(number)) < MISSED_SHARE)
    rows = pl.DataFrame(
        {
            "person_id": np.repeat(courses["person_id"].to_numpy(), repeat),
            "product": product,
            "start_day": start,
            "end_day": start + supply - 1,
            "recorded_end": np.where(is_injection, start, start + supply - 1),
            "days_supply": pl.Series(supply).set(pl.Series(is_injection), None),
            "is_injection": is_injection,
        }
    )
    kept = observed(rows.filter(pl.Series(~is_missed)), periods).sort("person_id", "start_day", "product")
    return _spoiled(kept, rng)


def observed(rows: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The rows that start under observation."""
    known = periods.select("person_id", pl.col("start_day").alias("first"), pl.col("end_day").alias("last"))
    joined = rows.join(known, on="person_id", how="inner", maintain_order="left")
    return joined.filter(pl.col("start_day").is_between("first", "last")).drop("first", "last")


def _spoiled(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Ends that are not recorded, and supplies that cannot be believed; without any belief a supply covers one day.

    An end before the start stands on lithium alone, which no rate is planted for, because it may be read in more than one way.
    """
    drawn, named = (pl.Series(rng.random(len(rows))) for _ in range(2))
    is_lithium = pl.col("product") == LITHIUM
    is_negative = ~is_lithium & (drawn < SPOILED_SHARE)
    is_too_long = ~is_lithium & drawn.is_between(SPOILED_SHARE, 2 * SPOILED_SHARE)
    is_reversed = is_lithium & (drawn < LITHIUM_SPOILED_SHARE)
    is_believed = ~(is_negative | is_too_long)
    has_no_end = ~is_lithium & (drawn > 1 - NO_END_SHARE)
    end = pl.when(is_reversed).then(pl.col("start_day") - ENDS_BEFORE_START_DAYS).when(~has_no_end).then("recorded_end")
    supply = pl.when(is_negative).then(NEGATIVE_DAYS).when(is_too_long).then(TOO_MANY_DAYS).otherwise("days_supply")
    is_supply = ~pl.col("is_injection")
    return rows.with_columns(
        pl.when(is_supply & ~is_believed).then("start_day").otherwise("end_day").alias("end_day"),
        pl.when(is_supply).then(pl.when(is_believed).then(end)).otherwise("recorded_end").alias("recorded_end"),
        pl.when(is_supply).then(supply).alias("days_supply"),
        (~is_supply | (named >= NO_CONCEPT_SHARE)).alias("has_concept"),
    ).select(COLUMNS)


def draw_supplies(given: pl.DataFrame, supply_days: int, rng: np.random.Generator) -> pl.DataFrame:
    """One supply of each product that is given to treat an episode. Columns `COLUMNS`.

    `given`: person_id, product, from_day, to_day, between which it starts.
    """
    start = days_between(rng, given["from_day"].to_numpy(), given["to_day"].to_numpy(), len(given))
    return given.select(
        "person_id",
        "product",
        pl.Series("start_day", start),
        pl.Series("end_day", start + supply_days - 1),
        pl.Series("recorded_end", start + supply_days - 1),
        pl.lit(supply_days, pl.Int64).alias("days_supply"),
        pl.lit(value=True).alias("has_concept"),
    )
