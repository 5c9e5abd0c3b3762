"""Persons with an episode that meets a definition: when they were observed, and which episode counts."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.measures.interval import Flags
from nms_pv.measures.own_control.spans import FAR, Ints, Spans, day_numbers, day_of, edges, following, level_at, person_of, spans

NO_DEATH = FAR


@dataclass(frozen=True)
class Cases:
    """Persons by number from 0, with everything that is asked of them; days are numbers of `day_numbers`.

    `eras` has person, ingredient, formulation, start_day, end_day; `episodes` every episode that meets the definition, from its
    first to its last day; `counted` the days of those that count.
    """

    observed: Spans
    eras: pl.DataFrame
    episodes: Spans
    counted: Ints
    birth: Ints
    death: Ints

    @property
    def persons(self) -> int:
        """How many there are."""
        return self.birth.size


def cases_of(episodes: pl.DataFrame, observation: pl.DataFrame, eras: pl.DataFrame) -> Cases:
    """Persons whose first episode of this definition under observation counts; those without one are left out.

    Later episodes of a person are not independent of the first (it changes which drugs are taken, and it recurs more easily), so
    the first alone counts. Nobody is observed after death.

    Parameters
    ----------
    episodes
        Columns person_id, start_day, end_day: the episodes that meet the definition.
    observation
        `exposure/case_observation`.
    eras
        `exposure/eras`, of these persons or of more.

    """
    alive = observation.with_columns(pl.min_horizontal("end_day", "death_day").alias("end_day"))
    within = (
        episodes.join(alive.select("person_id", first="start_day", last="end_day"), on="person_id")
        .filter(pl.col("start_day").is_between("first", "last"))
        .select("person_id")
        .unique()
    )
    persons = within.sort("person_id").with_row_index("person")
    people = (
        persons.join(observation, on="person_id").sort("person", "start_day").unique("person", keep="first", maintain_order=True)
    )
    alive, met, taken = (frame.join(persons, on="person_id").sort("person", "start_day") for frame in (alive, episodes, eras))
    observed, all_met = (spans(_days(frame, "start_day"), _days(frame, "end_day")) for frame in (alive, met))
    under_observation = all_met.start[level_at(observed, all_met.start) > 0]
    return Cases(
        observed=observed,
        eras=taken.select("person", "ingredient", "formulation", "start_day", "end_day"),
        episodes=all_met,
        counted=under_observation[np.flatnonzero(np.diff(person_of(under_observation), prepend=-1))],
        birth=_known(people, "birth_day", -NO_DEATH),
        death=_known(people, "death_day", NO_DEATH),
    )


def all_episodes(cases: Cases, clean_days: int) -> tuple[Spans, Ints]:
    """Observed days without those soon after an episode, and every episode that starts in them.

    The day of an episode stays; the days after it, up to `clean_days` after its last day, are left out.
    """
    met = cases.episodes
    after = np.maximum.accumulate(met.end + clean_days)
    left_out = spans(met.start + 1, np.minimum(after, following(met.start)))
    cuts = edges([cases.observed, left_out])
    is_free = (level_at(cases.observed, cuts[:-1]) > 0) & (level_at(left_out, cuts[:-1]) == 0)
    observed = spans(cuts[:-1][is_free], cuts[1:][is_free] - 1)
    return observed, met.start[level_at(observed, met.start) > 0]


def died_within(cases: Cases, days: int) -> Flags:
    """For each person, whether death came at most so many days after the episode that counts."""
    return cases.death - day_of(cases.counted) <= days


def _days(frame: pl.DataFrame, column: str) -> Ints:
    return day_numbers(frame["person"], frame[column])


def _known(people: pl.DataFrame, column: str, otherwise: int) -> Ints:
    return people[column].cast(pl.Int64).fill_null(otherwise).to_numpy()
