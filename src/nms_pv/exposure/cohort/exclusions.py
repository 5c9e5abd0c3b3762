"""Outcomes to excluded time, and windows to the records of days that are left at risk."""

from typing import Any

import narwhals as nw

from nms_pv.exposure.cohort.intervals import merge
from nms_pv.exposure.cohort.windows import AFTER_ALL_DAYS, BEFORE_ALL_DAYS
from nms_pv.spec.time_at_risk import TimeAtRisk

PERSON = ["definition_no", "person_id"]
SUBJECT = [*PERSON, "group_no"]
DAYS = ["start_day", "end_day"]
RECORD = [*SUBJECT, *DAYS, "window_start", "window_end", "era_start"]


def excluded_time(outcomes: "nw.LazyFrame[Any]", setting: TimeAtRisk) -> "nw.LazyFrame[Any]":
    """Days on which an earlier outcome keeps a person from being at risk.

    Parameters
    ----------
    outcomes
        Columns definition_no, person_id, start_day, end_day: all outcomes, also those outside any window.
    setting
        Gives the clean window, and what is done where outcomes overlap.

    Returns
    -------
    Columns definition_no, person_id, start_day, end_day (included), disjoint within a person and definition.

    """
    after = outcomes.select(*PERSON, start_day=nw.col("start_day") + 1, end_day=_excluded_until(setting))
    if setting.outcomes_that_overlap == "latest":
        after = _until_the_next(after)
    return merge(after.filter(nw.col("start_day") <= nw.col("end_day")), PERSON, 1).select(*PERSON, *DAYS)


def _excluded_until(setting: TimeAtRisk) -> nw.Expr:
    if setting.clean_window_days == "all_history":
        return nw.lit(AFTER_ALL_DAYS)
    return nw.col("end_day") + int(setting.clean_window_days)


def _until_the_next(after: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """What an outcome excludes ends with the day on which a later one starts: from then on only the later one counts."""
    starts = after.select(*PERSON, "start_day").unique(["definition_no", "person_id", "start_day"])
    # One day less, because `start_day` is here the day after an outcome starts.
    next_start = nw.col("start_day").shift(-1).over(*PERSON, order_by=["start_day"]).fill_null(AFTER_ALL_DAYS) - 1
    joined = after.join(starts.with_columns(next_start=next_start), on=[*PERSON, "start_day"], how="inner")
    return joined.with_columns(end_day=nw.min_horizontal("end_day", "next_start"))


def free_time(outcomes: "nw.LazyFrame[Any]", definitions: "nw.LazyFrame[Any]", setting: TimeAtRisk) -> "nw.LazyFrame[Any]":
    """The days that are not excluded, of every person with any outcome, under every definition.

    Returns columns definition_no, person_id, free_start, free_end (included).
    """
    always = outcomes.select("person_id").unique(["person_id"]).join(definitions.select("definition_no"), how="cross")
    always = always.select(*PERSON, start_day=nw.lit(BEFORE_ALL_DAYS), end_day=nw.lit(BEFORE_ALL_DAYS))
    blocks = nw.concat([always, excluded_time(outcomes, setting)])
    # A step of its own, without which Spark 4.3 does not plan the query (PLAN_VALIDATION_FAILED_RULE_IN_BATCH).
    followed = blocks.with_columns(next_start=nw.col("start_day").shift(-1).over(*PERSON, order_by=["start_day"]))
    until_next = nw.coalesce(nw.col("next_start"), nw.lit(AFTER_ALL_DAYS)) - 1
    free = followed.select(*PERSON, free_start=nw.col("end_day") + 1, free_end=until_next)
    return free.filter(nw.col("free_start") <= nw.col("free_end"))


def records_at_risk(windows: "nw.LazyFrame[Any]", free: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """The stretches of free days within windows, each with its window; columns `RECORD`."""
    joined = windows.join(free, on="person_id", how="inner").with_columns(
        window_start=nw.col("start_day"),
        window_end=nw.col("end_day"),
        start_day=nw.max_horizontal("start_day", "free_start"),
        end_day=nw.min_horizontal("end_day", "free_end"),
    )
    return joined.filter(nw.col("start_day") <= nw.col("end_day")).select(RECORD)


def outcomes_within(outcomes: "nw.LazyFrame[Any]", records: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """The outcomes that start on a day at risk.

    Returns columns definition_no, person_id, group_no, subject_id, day, and of the record it lies in: record_start, record_end,
    window_start, window_end, era_start.
    """
    starts = outcomes.select(*PERSON, "subject_id", day=nw.col("start_day"))
    found = records.rename({"start_day": "record_start", "end_day": "record_end"}).join(starts, on=PERSON, how="inner")
    return found.filter(nw.col("record_start") <= nw.col("day"), nw.col("day") <= nw.col("record_end"))


def until_first_event(
    records: "nw.LazyFrame[Any]", events: "nw.LazyFrame[Any]", outcomes: "nw.LazyFrame[Any]"
) -> "nw.LazyFrame[Any]":
    """What is left of the records where only one event of a subject may count.

    A subject is a person in one group under one definition. Of a subject with an event, the windows that end before the first
    outcome the person ever had stay whole; of the others only the record that starts first stays, until its first event. It may
    be one without event: when the first outcome came before all windows, and that of the event is not the first window after it.
    Then nothing is counted, as in IncidencePrevalence (`getIncidence.R`, repeatedEvents = FALSE).

    Parameters
    ----------
    records, outcomes
        As of `records_at_risk`, and all outcomes.
    events
        `outcomes_within(outcomes, records)`.

    """
    first_outcome = outcomes.group_by(*PERSON).agg(first_outcome=nw.col("start_day").min())
    first_event = events.group_by(*SUBJECT, "record_start").agg(event_day=nw.col("day").min())
    with_event = events.select(*SUBJECT).unique(SUBJECT)
    settled = records.join(with_event, on=SUBJECT, how="anti")
    marked = records.join(with_event, on=SUBJECT, how="semi").join(first_outcome, on=PERSON, how="inner")
    untouched = marked.filter(nw.col("window_end") < nw.col("first_outcome"))
    touched = marked.filter(nw.col("window_end") >= nw.col("first_outcome"))
    earliest = touched.group_by(*SUBJECT).agg(record_start=nw.col("start_day").min())
    kept = (
        touched.with_columns(record_start=nw.col("start_day"))
        .join(earliest, on=[*SUBJECT, "record_start"], how="semi")
        .join(first_event, on=[*SUBJECT, "record_start"], how="left")
        .with_columns(end_day=nw.coalesce("event_day", "end_day"))
    )
    return nw.concat([frame.select(RECORD) for frame in (settled, untouched, kept)])


def one_each(events: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """Of outcomes that start on the same day, the first by name, for each subject."""
    first = events.group_by(*SUBJECT).agg(subject_id=nw.col("subject_id").min())
    return events.join(first, on=[*SUBJECT, "subject_id"], how="semi")
