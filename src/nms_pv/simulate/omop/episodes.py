"""Days at risk -> true episodes of NMS, drawn day by day from the planted hazard, and what follows them."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import days_between
from nms_pv.simulate.omop.eras import eras, hazard, windows
from nms_pv.simulate.omop.people import People
from nms_pv.simulate.omop.products import BASE_RATES, PRODUCTS

CODED_SHARE, FATAL_SHARE, STOPS_SHARE = 0.85, 0.06, 0.70
SHORTEST_DAYS, LONGEST_DAYS = 4, 25  # last day with records of the episode, from its first
RECOVERY_DAYS = 30  # after that day: no new episode
FIRST_DEATH_DAY = 2
STOP_DAYS = 120  # after an episode, drugs that block or deplete dopamine are not dispensed for so long
ROUNDS = 2  # at most so many episodes of one person


@dataclass(frozen=True)
class History:
    """What happened: people, dispensings (`dispensings.draw_dispensings`), days at risk (`eras.windows`), and true episodes.

    `episodes`: person_id, day, last_day, ingredient (the one drawn), ingredients (all at risk on that day), kind, since_start,
    days_since_start, is_coded.
    """

    people: People
    dispensings: pl.DataFrame
    at_risk: pl.DataFrame
    episodes: pl.DataFrame


def draw_episodes(people: People, dispensings: pl.DataFrame, rng: np.random.Generator) -> History:
    """Draw first episodes, let drugs be stopped and people die, then draw second episodes on what is left.

    An episode changes what is dispensed later, so the eras of those who had one are made anew before the next round.
    """
    history = History(people, dispensings, windows(eras(dispensings), people.periods), pl.DataFrame())
    found: list[pl.DataFrame] = []
    pending = history.at_risk
    for _ in range(ROUNDS):
        new = _followed(_first_of_each(pending, rng), people, rng)
        found.append(new)
        history = _after(history, new)
        later = history.at_risk.join(new.select("person_id", "last_day"), on="person_id", how="inner", maintain_order="left")
        pending = (
            later.with_columns(pl.max_horizontal("start_day", pl.col("last_day") + RECOVERY_DAYS + 1).alias("start_day"))
            .filter(pl.col("start_day") <= pl.col("end_day"))
            .drop("last_day")
        )
    return replace(history, episodes=pl.concat(found).sort("person_id", "day"))


def _first_of_each(at_risk: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The first episode of each person: a Poisson process whose rate is the sum of the hazards of the day."""
    mean = at_risk.select(hazard() * (pl.col("end_day") - pl.col("start_day") + 1)).to_series().to_numpy()
    number = rng.poisson(mean)
    hit = at_risk[np.repeat(np.arange(len(at_risk)), number)]
    day = days_between(rng, hit["start_day"].to_numpy(), hit["end_day"].to_numpy(), len(hit))
    first = hit.with_columns(pl.Series("day", day)).sort("person_id", "day", "ingredient").unique("person_id", keep="first")
    return first.sort("person_id").join(_all_ingredients(first, at_risk), on="person_id", how="left", maintain_order="left")


def _all_ingredients(first: pl.DataFrame, at_risk: pl.DataFrame) -> pl.DataFrame:
    on_the_day = (
        first.select("person_id", "day").join(at_risk, on="person_id").filter(pl.col("day").is_between("start_day", "end_day"))
    )
    return on_the_day.group_by("person_id").agg(pl.col("ingredient").unique().sort().str.join(";").alias("ingredients"))


def _followed(first: pl.DataFrame, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """How each episode goes on: its last day, whether it is coded, whether drugs are stopped, whether it is fatal."""
    n = len(first)
    last = first["day"].to_numpy() + days_between(rng, SHORTEST_DAYS, LONGEST_DAYS, n)
    leaving = people.periods.group_by("person_id").agg(pl.col("end_day").max().alias("leaving"))
    return (
        first.with_columns(
            pl.Series("last_day", last),
            (pl.col("day") - pl.col("era_start")).alias("days_since_start"),
            pl.Series("is_coded", rng.random(n) < CODED_SHARE),
            pl.Series("is_fatal", rng.random(n) < FATAL_SHARE),
            pl.Series("is_stopped", rng.random(n) < STOPS_SHARE),
        )
        .join(leaving, on="person_id", how="left", maintain_order="left")
        .with_columns(pl.min_horizontal("last_day", "leaving").alias("last_day"))
        .with_columns((pl.col("is_fatal") & (pl.col("last_day") >= pl.col("day") + FIRST_DEATH_DAY)).alias("is_fatal"))
        .drop("start_day", "end_day", "rate", "era_start", "leaving")
    )


def _after(history: History, new: pl.DataFrame) -> History:
    """The history of events once drugs are stopped and people have died."""
    deaths = new.filter("is_fatal").select("person_id", pl.col("last_day").alias("death_day"))
    people = history.people.died(deaths)
    blocks = [number for number, product in enumerate(PRODUCTS) if product.ingredient in BASE_RATES]
    is_stopped = (
        pl.col("is_stopped") & pl.col("product").is_in(blocks) & (pl.col("start_day") - pl.col("day")).is_between(1, STOP_DAYS)
    )
    is_dead = pl.col("is_fatal") & (pl.col("start_day") > pl.col("last_day"))
    concerned = pl.col("person_id").is_in(new["person_id"].implode())
    left = (
        history.dispensings.filter(concerned)
        .join(new.select("person_id", "day", "last_day", "is_stopped", "is_fatal"), on="person_id", maintain_order="left")
        .filter(~(is_stopped | is_dead))
        .drop("day", "last_day", "is_stopped", "is_fatal")
    )
    return History(
        people,
        pl.concat([history.dispensings.filter(~concerned), left]),
        pl.concat([history.at_risk.filter(~concerned), windows(eras(left), people.periods)]),
        history.episodes,
    )
