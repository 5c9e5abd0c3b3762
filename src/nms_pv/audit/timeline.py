"""One person's course as one chronological list: observation, drugs, candidate episodes, death."""

import polars as pl

from nms_pv.audit.judged import section
from nms_pv.audit.person import Person
from nms_pv.audit.text import field, on, plain

# A drug with more eras than this is told once, from its first day to its last.
MOST_ERAS = 6
# What comes first on one day.
OBSERVED, STARTED, EPISODE, STOPPED, UNOBSERVED, DIED = range(6)
Entry = tuple[int, int, str]


def timeline(person: Person) -> str:
    """The timeline: one line for each day on which something starts or stops."""
    entries = [*_observation(person), *_drugs(person.eras), *_episodes(person), *_death(person)]
    return section("TIMELINE", [field(on(day, "day"), text) for day, _, text in sorted(entries)])


def form(era: dict[str, object]) -> str:
    """An ingredient, and that its form is long-acting."""
    return f"{plain(era['ingredient'])}{', long-acting' if era['formulation'] == 'long_acting' else ''}"


def _observation(person: Person) -> list[Entry]:
    entries: list[Entry] = []
    for start, end in person.periods.select("start_day", "end_day").iter_rows():
        entries += [(start, OBSERVED, "observation starts"), (end, UNOBSERVED, "observation ends")]
    return entries


def _drugs(eras: pl.DataFrame) -> list[Entry]:
    entries: list[Entry] = []
    for _, of_one in eras.group_by("ingredient", "formulation", maintain_order=True):
        name, many = form(of_one.row(0, named=True)), of_one.height > MOST_ERAS
        told = of_one.select(pl.col("start_day").min(), pl.col("end_day").max()) if many else of_one
        first, last = (f", first of {of_one.height} eras", f", last of {of_one.height} eras") if many else ("", "")
        for start, end in told.select("start_day", "end_day").iter_rows():
            entries += [(start, STARTED, f"+ {name} starts{first}"), (end, STOPPED, f"- {name}: last day covered{last}")]
    return entries


def _episodes(person: Person) -> list[Entry]:
    return [
        (
            episode["start_day"],
            EPISODE,
            f"! CANDIDATE EPISODE {episode['episode_no']}, to {on(episode['end_day'], 'day')}, "
            f"by {plain(episode['candidate_by']).replace(';', ', ')}",
        )
        for episode in person.all_episodes.iter_rows(named=True)
    ]


def _death(person: Person) -> list[Entry]:
    day = person.person["death_day"]
    return [(day, DIED, "death")] if isinstance(day, int) else []
