"""Defects of real common data models, planted into the tables and counted.

Each sits where it changes no planted rate if it is handled: on rows of its own, or on rows that no rate is planted for.
"""

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import Ints, days_between
from nms_pv.simulate.omop.dispensings import NEGATIVE_DAYS, TOO_MANY_DAYS
from nms_pv.simulate.omop.people import People

SUPPLY_DAYS = 30
# The supply, the persistence gap and the days at risk after an era end before observation starts, with room to spare.
BEFORE_ENTRY_DAYS, AFTER_DEATH_DAYS = (100, 400), (40, 200)
PERSON_SHARE, DUPLICATE_SHARE, MEASUREMENT_SHARE, CODE_SHARE = 0.001, 0.0005, 0.002, 0.03
IMPOSSIBLE_TEMPERATURES = (0.0, 370.0)
ORDINARY_TEMPERATURE = (35.0, 38.0)
HALOPERIDOL = 0  # product


def spoil_periods(people: People, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """Observation periods, some of which overlap another one, end before they start, or belong to nobody."""
    periods = people.periods
    n = _some(people.persons.height, PERSON_SHARE)
    inside = periods[_rows(periods.height, n, rng)].with_columns((pl.col("start_day") + pl.col("end_day")) // 2)
    reversed_ = periods[_rows(periods.height, n, rng)].with_columns((pl.col("start_day") - 10).alias("end_day"))
    orphans = periods[_rows(periods.height, n, rng)].with_columns(pl.col("person_id") + 10 * people.persons.height)
    counts = {"overlapping_observation_period": n, "observation_period_end_before_start": n, "orphan_observation_period": n}
    return pl.concat([periods, inside, reversed_, orphans]).sort("person_id", "start_day", "end_day"), counts


def spoil_dispensings(rows: pl.DataFrame, people: People, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """Dispensings, with some before observation, some after death, and some plain ones that stand there twice.

    Also counts the defects that `dispensings` planted.
    """
    n = _some(people.persons.height, PERSON_SHARE)
    entry = people.periods.group_by("person_id", maintain_order=True).agg(pl.col("start_day").min())
    early = entry[_rows(entry.height, n, rng)]
    before = early["start_day"].to_numpy() - days_between(rng, *BEFORE_ENTRY_DAYS, n)
    dead = people.deaths[_rows(people.deaths.height, min(n, people.deaths.height), rng)]
    after = dead["death_day"].to_numpy() + days_between(rng, *AFTER_DEATH_DAYS, dead.height)
    kinds = {
        "negative_days_supply": pl.col("days_supply") == NEGATIVE_DAYS,
        "days_supply_999": pl.col("days_supply") == TOO_MANY_DAYS,
        "exposure_end_before_start": pl.col("recorded_end") < pl.col("start_day"),
        "drug_without_concept": ~pl.col("has_concept"),
    }
    plain = rows.filter(~pl.any_horizontal(kind.fill_null(value=False) for kind in kinds.values()))
    twice = plain[_rows(plain.height, _some(rows.height, DUPLICATE_SHARE), rng)]
    added = [_supplies(early["person_id"], before), _supplies(dead["person_id"], after), twice]
    counts = {name: rows.filter(kind).height for name, kind in kinds.items()}
    counts |= {"exposure_outside_observation": n, "exposure_after_death": dead.height, "duplicate_drug_row": twice.height}
    return pl.concat([rows, *added]).sort("person_id", "start_day", "product", maintain_order=True), counts


def spoil_conditions(rows: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """Conditions, some codes of NMS among which have no concept: column has_concept is added."""
    codes = np.flatnonzero((rows["condition"] == "nms").to_numpy())
    has_none = codes[_rows(len(codes), min(_some(len(codes), CODE_SHARE), len(codes)), rng)]
    has_concept = np.ones(rows.height, dtype=np.bool_)
    has_concept[has_none] = False
    return rows.with_columns(pl.Series("has_concept", has_concept)), {"nms_code_without_concept": len(has_none)}


def spoil_measurements(rows: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """Measurements, some ordinary temperatures among which are impossible, or have no unit."""
    is_ordinary = (
        (rows["measurement"] == "body_temperature") & (rows["unit"] == "Cel") & rows["value"].is_between(*ORDINARY_TEMPERATURE)
    )
    ordinary = np.flatnonzero(is_ordinary.to_numpy())
    n = min(_some(len(ordinary), MEASUREMENT_SHARE), len(ordinary) // 3)
    chosen = ordinary[_rows(len(ordinary), 3 * n, rng, is_sorted=False)].reshape(3, n)
    value, has_unit = rows["value"].to_numpy().copy(), np.ones(rows.height, dtype=np.bool_)
    value[chosen[0]], value[chosen[1]] = IMPOSSIBLE_TEMPERATURES
    has_unit[chosen[2]] = False
    spoiled = rows.with_columns(pl.Series("value", value), pl.when(pl.Series(has_unit)).then("unit").alias("unit"))
    return spoiled, {"temperature_0": n, "temperature_370": n, "temperature_without_unit": n}


def _some(n: int, share: float) -> int:
    return max(2, round(n * share))


def _rows(height: int, n: int, rng: np.random.Generator, *, is_sorted: bool = True) -> Ints:
    """`n` different row numbers."""
    drawn = rng.permutation(height)[:n]
    return np.sort(drawn) if is_sorted else drawn


def _supplies(person: pl.Series, start: Ints) -> pl.DataFrame:
    end = start + SUPPLY_DAYS - 1
    n = len(start)
    return pl.DataFrame(
        {
            "person_id": person,
            "product": np.full(n, HALOPERIDOL),
            "start_day": start,
            "end_day": end,
            "recorded_end": end,
            "days_supply": np.full(n, SUPPLY_DAYS),
            "has_concept": np.ones(n, dtype=np.bool_),
        }
    )
