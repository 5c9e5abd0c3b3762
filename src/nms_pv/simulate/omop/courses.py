"""Treatment courses: which product is taken from when, for how many dispensings.

A course follows another one after a break, or as a switch during treatment. In treatment, people switch within a generation or
from the first to the second, and only a course of the first generation has a companion, always of the second. So the states
`mixed` and `switch` are made of the same drugs in every year, and their planted rates do not change over time.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import Floats, Ints, days_between, lognormal_days, pick, pick_rows
from nms_pv.simulate.omop.products import ANTIPSYCHOTICS, OTHERS, PRODUCTS, generation_weights, start_shares
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import CohortSimulation

MOST_COURSES = 12
# The first course starts within so many days of entry. It is longer, because many who enter are long treated. That also keeps the
# days since start alike in early and late years, although nobody's treatment before entry is recorded.
FIRST_WAIT_DAYS, FIRST_COURSE_MEDIAN_DAYS = 400, 450
COURSE_MEDIAN_DAYS, COURSE_SIGMA, SHORTEST_COURSE_DAYS, LONGEST_COURSE_DAYS = 160, 1.0, 10, 1100
SHORTEST_BREAK_DAYS, BREAK_MEDIAN_DAYS, BREAK_SIGMA = 45, 140, 1.0
AGAIN_SHARE, SWITCH_SHARE = 0.35, 0.15  # the same product after a break; another one without a break; else anew after a break
STAYS_IN_FGA_SHARE = 0.4
OVERLAP_DAYS, DELAY_DAYS = 14, 15  # a switch starts from so many days before to so many after the end
COMPANION_SHARE, COMPANION_DELAY_DAYS = 0.12, 30

SHORT_SUPPLY_DAYS, SUPPLY_DAYS, SUPPLY_SHARES, LONG_SUPPLY_DAYS = 14, (28, 30), (0.3, 0.7), 90
LONG_SUPPLY_SHARE, LONG_SUPPLY_FROM_DAYS = 0.75, 150
INTERVALS = np.array([product.interval_days for product in PRODUCTS])

# Median days of a course of what is no antipsychotic, in order of OTHERS.
OTHER_MEDIAN_DAYS, OTHER_SIGMA = (14, 300, 500, 400), 0.8


@dataclass(frozen=True)
class _Mix:
    """Which product a course is of: by year where it starts anew, by generation where it does not."""

    first_year: int
    shares: Floats  # shape (years, products)
    weights: dict[str, Floats]
    generation: np.ndarray  # of each product

    def anew(self, start: Ints, rng: np.random.Generator) -> Ints:
        """Products by the year of the start; a start after the last year is never recorded."""
        year = start.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return pick_rows(rng, self.shares[np.minimum(year - self.first_year, len(self.shares) - 1)])

    def switched(self, product: Ints, rng: np.random.Generator) -> Ints:
        """Products that others are switched to during treatment."""
        stays = (self.generation[product] == "FGA") & (rng.random(len(product)) < STAYS_IN_FGA_SHARE)
        return pick_rows(rng, np.where(stays[:, None], self.weights["FGA"], self.weights["SGA"]))


def draw_courses(periods: pl.DataFrame, table: DrugTable, simulation: CohortSimulation, rng: np.random.Generator) -> pl.DataFrame:
    """Draw the antipsychotic courses of all persons.

    Parameters
    ----------
    periods
        `People.periods`.
    table
        The drug table: generations.
    simulation
        First and last year.
    rng
        Random numbers.

    Returns
    -------
    Columns person_id, product, start_day, supply_days (of one dispensing) and fills (dispensings).

    """
    stay = _stay(periods)
    mix = _Mix(
        simulation.first_year,
        start_shares(table, simulation.last_year - simulation.first_year + 1),
        generation_weights(table),
        np.array([table.drugs[product.ingredient].generation for product in ANTIPSYCHOTICS]),
    )
    person, leaving = stay["person_id"].to_numpy(), stay["leaving"].to_numpy()
    start = stay["entry"].to_numpy() + rng.integers(0, FIRST_WAIT_DAYS, len(stay))
    product = mix.anew(start, rng)
    parts = []
    for median in (FIRST_COURSE_MEDIAN_DAYS, *[COURSE_MEDIAN_DAYS] * (MOST_COURSES - 1)):
        here = start <= leaving
        person, leaving, start, product = person[here], leaving[here], start[here], product[here]
        course = _filled(person, product, start, _course_days(rng, median, COURSE_SIGMA, len(person)), rng)
        parts += [course, _companions(course, mix, rng)]
        start, product = _next(start + _whole_days(course), product, mix, rng)
    return pl.concat(parts).sort("person_id", "start_day", "product")


def draw_other_courses(periods: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Draw the courses of products that are no antipsychotics, at most one of each for a person; columns as `draw_courses`."""
    stay = _stay(periods)
    parts = []
    for number, (product, median) in enumerate(zip(OTHERS, OTHER_MEDIAN_DAYS, strict=True), start=len(ANTIPSYCHOTICS)):
        takes = stay.filter(pl.Series(rng.random(len(stay)) < product.weight))
        n = len(takes)
        start = days_between(rng, takes["entry"].to_numpy(), takes["leaving"].to_numpy(), n)
        days = _course_days(rng, median, OTHER_SIGMA, n)
        parts.append(_filled(takes["person_id"].to_numpy(), np.full(n, number), start, days, rng))
    return pl.concat(parts).sort("person_id", "start_day", "product")


def _stay(periods: pl.DataFrame) -> pl.DataFrame:
    return periods.group_by("person_id", maintain_order=True).agg(
        pl.col("start_day").min().alias("entry"), pl.col("end_day").max().alias("leaving")
    )


def _course_days(rng: np.random.Generator, median: float, sigma: float, n: int) -> Ints:
    return np.clip(lognormal_days(rng, median, sigma, n), SHORTEST_COURSE_DAYS, LONGEST_COURSE_DAYS)


def _whole_days(course: pl.DataFrame) -> Ints:
    return (course["fills"] * course["supply_days"]).to_numpy()


def _filled(person: Ints, product: Ints, start: Ints, days: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Courses of about so many days, in whole dispensings."""
    n = len(person)
    month = np.array(SUPPLY_DAYS)[pick(rng, SUPPLY_SHARES, n)]
    is_long = (days >= LONG_SUPPLY_FROM_DAYS) & (rng.random(n) < LONG_SUPPLY_SHARE)
    supply = np.where(is_long, LONG_SUPPLY_DAYS, np.where(days <= SHORT_SUPPLY_DAYS, SHORT_SUPPLY_DAYS, month))
    supply = np.where(INTERVALS[product] > 0, INTERVALS[product], supply)
    columns = {"person_id": person, "product": product, "start_day": start, "supply_days": supply, "fills": -(-days // supply)}
    return pl.DataFrame(columns)


def _companions(course: pl.DataFrame, mix: _Mix, rng: np.random.Generator) -> pl.DataFrame:
    """For some courses of the first generation, a shorter one of the second that starts soon after."""
    is_fga = mix.generation[course["product"].to_numpy()] == "FGA"
    main = course.filter(pl.Series(is_fga & (rng.random(len(course)) < COMPANION_SHARE)))
    n = len(main)
    start = main["start_day"].to_numpy() + rng.integers(0, COMPANION_DELAY_DAYS, n)
    days = np.floor(_whole_days(main) * (0.3 + 0.6 * rng.random(n))).astype(np.int64)
    product = pick(rng, mix.weights["SGA"], n)
    return _filled(main["person_id"].to_numpy(), product, start, np.maximum(days, SHORTEST_COURSE_DAYS), rng)


def _next(end: Ints, product: Ints, mix: _Mix, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Start and product of the course that follows one that ends before the day `end`."""
    n = len(end)
    how = rng.random(n)
    is_again = how < AGAIN_SHARE
    is_switch = (how >= 1 - SWITCH_SHARE) & (mix.generation[product] != "TGA")
    rest = end + SHORTEST_BREAK_DAYS + lognormal_days(rng, BREAK_MEDIAN_DAYS, BREAK_SIGMA, n)
    start = np.where(is_switch, end + rng.integers(-OVERLAP_DAYS, DELAY_DAYS, n), rest)
    drawn = np.where(is_switch, mix.switched(product, rng), mix.anew(start, rng))
    return start, np.where(is_again, product, drawn)
