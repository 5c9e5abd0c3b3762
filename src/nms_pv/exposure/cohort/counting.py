"""Eras and outcomes -> person-time by stratum, and what became of every outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.exclusions import RECORD, free_time, one_each, outcomes_within, records_at_risk, until_first_event
from nms_pv.exposure.cohort.fates import cases, fates
from nms_pv.exposure.cohort.margins import numbered, person_time
from nms_pv.exposure.cohort.states import generation_states
from nms_pv.exposure.cohort.strata import Strata, people, tally
from nms_pv.exposure.cohort.windows import SUBJECT, WINDOW, windows_at_risk
from nms_pv.exposure.engine import Engine

NO_OUTCOME = -1


@dataclass(frozen=True)
class CohortFrames:
    """Who was exposed, observed and fell ill, as lazy frames of one engine; days since 1970-01-01, within 1901 to 2099.

    `eras` has person_id, group_no, start_day, end_day; those of one person and group do not overlap. `outcomes` has definition,
    subject_id (once in a definition), person_id, start_day, end_day: every outcome, also those without exposure. `persons` has
    person_id, sex, birth_year, birth_month, birth_day_of_month. `periods` of observation has person_id, start_day, end_day; those
    of one person do not overlap.
    """

    eras: "nw.LazyFrame[Any]"
    outcomes: "nw.LazyFrame[Any]"
    persons: "nw.LazyFrame[Any]"
    periods: "nw.LazyFrame[Any]"


@dataclass(frozen=True)
class CohortGroups:
    """The groups to count, and what is known of their eras.

    `names` has group_no, group_kind, group. Groups of kind `generation_state` have no eras: they are built of the windows of the
    kind `generation`, with `switch_days` as of `generation_states`. Eras of kind `withdrawal` are windows as they are. Other eras
    of one person and group are known to lie so far apart that start - previous end > `gap_days`; 0 is always true, more may spare
    a sort.
    """

    names: pl.DataFrame
    switch_days: int = 0
    gap_days: int = 0

    def numbers(self, kind: str) -> list[int]:
        """The numbers of the groups of one kind."""
        return self.names.filter(pl.col("group_kind") == kind)["group_no"].to_list()


def count_cohort(
    frames: CohortFrames, groups: CohortGroups, definitions: Sequence[str], strata: Strata, engine: Engine
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count person-time and events under one time-at-risk setting, as `docs/time_at_risk.md` tells.

    Time adds up over persons, and outcomes are rare: the time of persons without any outcome is counted once for all definitions,
    that of the others once for each.

    Parameters
    ----------
    frames
        Eras, outcomes, persons and observation periods, in `engine`.
    groups
        The groups of the eras.
    definitions
        What to count, with or without outcomes; outcomes of other definitions are left out.
    strata
        The setting, age bands and bands of days since the start of the era.
    engine
        Where the work is done.

    Returns
    -------
    The rows of `exposure/person_time` and of `exposure/cases`.

    """
    known = people(frames.persons, strata)
    numbers = engine.frame(numbered(definitions))
    outcomes = engine.once(frames.outcomes.join(numbers, on="definition", how="inner"))
    with_outcome = outcomes.select("person_id").unique(["person_id"])
    eras = engine.once(frames.eras.join(with_outcome, on="person_id", how="semi"))
    others = frames.eras.join(with_outcome, on="person_id", how="anti")
    periods = frames.periods.join(known, on="person_id", how="semi")

    undisturbed = _as_records(_windows(others, periods, groups, strata, engine))
    windows = engine.once(_windows(eras, periods, groups, strata, engine))
    records = engine.once(records_at_risk(windows, free_time(outcomes, numbers, strata.setting)))
    events = counted = engine.once(outcomes_within(outcomes, records))
    if not strata.setting.repeated_events:
        records = engine.once(until_first_event(records, events, outcomes))
        counted = engine.once(one_each(outcomes_within(outcomes, records)))

    one_day = counted.with_columns(start_day=nw.col("day"), end_day=nw.col("day"))
    time = engine.collect(tally(nw.concat([undisturbed, records]), known, strata, engine))
    happened = engine.collect(tally(one_day, known, strata, engine))
    exposed = nw.concat([eras.select(SUBJECT), windows.select(SUBJECT)]).unique(SUBJECT)
    found = fates(outcomes, exposed, windows, events, counted)
    return (
        person_time(time, happened, groups.names, definitions, strata),
        cases(found, known, groups.names, definitions, strata, engine),
    )


def _windows(
    eras: "nw.LazyFrame[Any]", periods: "nw.LazyFrame[Any]", groups: CohortGroups, strata: Strata, engine: Engine
) -> "nw.LazyFrame[Any]":
    """Windows of all groups, the states of generations among them."""
    windows = windows_at_risk(eras, periods, strata.setting, groups.numbers("withdrawal"), groups.gap_days).select(WINDOW)
    windows = engine.once(windows)
    states = groups.names.filter(pl.col("group_kind") == "generation_state")
    if states.is_empty():
        return windows
    generations = groups.names.filter(pl.col("group_kind") == "generation").select("group_no", generation="group")
    alone_or_not = windows.join(engine.frame(generations), on="group_no", how="inner")
    segments = generation_states(alone_or_not, groups.switch_days)
    numbered_states = segments.join(engine.frame(states.select("group_no", state="group")), on="state", how="inner")
    return nw.concat([windows, numbered_states.with_columns(era_start=nw.col("start_day")).select(WINDOW)])


def _as_records(windows: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """Windows of which no day is excluded, in the shape of records."""
    days = {"window_start": nw.col("start_day"), "window_end": nw.col("end_day")}
    return windows.with_columns(definition_no=nw.lit(NO_OUTCOME).cast(nw.Int32), **days).select(RECORD)
