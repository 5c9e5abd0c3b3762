"""Who is simulated: sex, date of birth, time under observation, death."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import Ints, days_between, lognormal_days, pick
from nms_pv.spec.params import CohortSimulation

EPOCH = date(1970, 1, 1)
FEMALE, MALE, UNKNOWN = 8532, 8507, 0  # standard concepts of the OMOP vocabulary, and no matching concept
SEX_SHARES = {FEMALE: 0.52, MALE: 0.476, UNKNOWN: 0.004}

# Adults of working age, old people, young people: share, mean age at entry, standard deviation.
AGES = ((0.60, 45, 14), (0.24, 78, 8), (0.16, 23, 6))
YOUNGEST, OLDEST = 8, 99
NO_DAY_SHARE, NO_MONTH_SHARE, LEAP_DAY_SHARE = 0.02, 0.015, 0.002

ENTRY_AT_START_SHARE, LATEST_ENTRY = 0.4, 0.95
SHORTEST_STAY_DAYS, STAY_MEDIAN_DAYS, STAY_SIGMA = 180, 1600, 0.7
# Of those who stay long, some leave and come back. The time away is longer than any supply and persistence gap together, so no
# era goes on across it.
TWO_PERIODS_SHARE, LONG_STAY_DAYS, SHORTEST_AWAY_DAYS, LONGEST_AWAY_DAYS = 0.15, 1000, 150, 400
DEATH_SHARE = 0.05


def day_number(year: int, month: int = 1, day: int = 1) -> int:
    """Days since 1970-01-01."""
    return (date(year, month, day) - EPOCH).days


@dataclass(frozen=True)
class People:
    """The simulated persons.

    `persons`: person_id, gender_concept_id, year_of_birth, month_of_birth, day_of_birth. `periods`: person_id, start_day,
    end_day, days under observation, both included, not later than death. `deaths`: person_id, death_day.
    """

    persons: pl.DataFrame
    periods: pl.DataFrame
    deaths: pl.DataFrame

    def died(self, deaths: pl.DataFrame) -> "People":
        """The same people, some of whom died earlier: columns person_id, death_day."""
        known = self.deaths.join(deaths, on="person_id", how="anti")
        cut = self.periods.join(deaths, on="person_id", how="left", maintain_order="left").with_columns(
            pl.min_horizontal("end_day", "death_day").alias("end_day")
        )
        return People(
            self.persons,
            cut.filter(pl.col("start_day") <= pl.col("end_day")).drop("death_day"),
            pl.concat([known, deaths]).sort("person_id"),
        )


def draw_people(simulation: CohortSimulation, rng: np.random.Generator) -> People:
    """Draw the persons of a simulation; person_id counts from 1."""
    n = simulation.persons
    first, last = day_number(simulation.first_year), day_number(simulation.last_year, 12, 31)
    person_id = np.arange(1, n + 1, dtype=np.int64)
    late = days_between(rng, first, first + int(LATEST_ENTRY * (last - first)), n)
    entry = np.where(rng.random(n) < ENTRY_AT_START_SHARE, first, late)
    leaving = np.minimum(entry + SHORTEST_STAY_DAYS + lognormal_days(rng, STAY_MEDIAN_DAYS, STAY_SIGMA, n), last)
    is_dead = rng.random(n) < DEATH_SHARE
    deaths = pl.DataFrame({"person_id": person_id[is_dead], "death_day": leaving[is_dead]})
    return People(_persons(person_id, entry, rng), _periods(person_id, entry, leaving, rng), deaths)


def _persons(person_id: Ints, entry: Ints, rng: np.random.Generator) -> pl.DataFrame:
    n = len(person_id)
    shares, means, deviations = (np.array(column) for column in zip(*AGES, strict=True))
    group = pick(rng, shares, n)
    age_years = np.clip(means[group] + deviations[group] * rng.standard_normal(n), YOUNGEST, OLDEST)
    born = (entry - np.floor(age_years * 365.25).astype(np.int64)).astype("datetime64[D]")
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
    is_leap_day = rng.random(n) < LEAP_DAY_SHARE
    # 1904 to 2096 every fourth year has a 29 February.
    year, month, day = np.where(is_leap_day, [year - year % 4, np.full(n, 2), np.full(n, 29)], [year, month, day])
    has_no_month = rng.random(n) < NO_MONTH_SHARE
    has_no_day = has_no_month | (rng.random(n) < NO_DAY_SHARE)
    return pl.DataFrame(
        {
            "person_id": person_id,
            "gender_concept_id": np.array(list(SEX_SHARES))[pick(rng, list(SEX_SHARES.values()), n)],
            "year_of_birth": pl.Series(year, dtype=pl.Int32),
            "month_of_birth": _emptied(month, has_no_month),
            "day_of_birth": _emptied(day, has_no_day),
        }
    )


def _emptied(values: Ints, where: np.ndarray) -> pl.Series:
    return pl.Series(values, dtype=pl.Int32).set(pl.Series(where), None)


def _periods(person_id: Ints, entry: Ints, leaving: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """One stretch under observation, or two with time away between them."""
    n = len(person_id)
    stay = leaving - entry
    cut = entry + np.floor((0.3 + 0.3 * rng.random(n)) * stay).astype(np.int64)
    back = cut + days_between(rng, SHORTEST_AWAY_DAYS, LONGEST_AWAY_DAYS, n)
    comes_back = (rng.random(n) < TWO_PERIODS_SHARE) & (stay > LONG_STAY_DAYS)
    columns = {
        "person_id": np.r_[person_id, person_id[comes_back]],
        "start_day": np.r_[entry, back[comes_back]],
        "end_day": np.r_[np.where(comes_back, cut, leaving), leaving[comes_back]],
    }
    return pl.DataFrame(columns).sort("person_id", "start_day")
