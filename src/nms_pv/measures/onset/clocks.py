"""Drug courses -> days from each clock to the event: one row for each case, drug and clock, with a reason where there is none.

Days are days elapsed: 0 when the event falls on the day that starts the clock. Tools that count that day as day 1 give one more.
"""

import polars as pl

from nms_pv.tables.canonical import FORMULATION

CLOCK = {
    "start": "from the start of the current therapy with the drug",
    "dose_increase": "from the last increase of its dose",
    "stop": "from the stop of a dopaminergic drug",
    "injection": "from the last injection of a long-acting drug",
}
KNOWN = "known"
# In order of distance from a time: of several courses, the first that applies is told.
STATE = {
    KNOWN: "the time is known",
    "event_date_missing": "the event has no date",
    "event_date_padded": "the event date may be a filled-in first of the month",
    "event_date_not_exact": "the event date is known to the month or year only",
    "beyond_window": "the event came later than the longest time looked at",
    "outside_observation": "the event lies after the end of the data, or observation ended between start and event",
    "start_not_observed": "the era may have begun before the person was observed",
    "start_date_not_exact": "the start date is known to the month or year only",
    "start_date_missing": "the drug has no start date",
    "event_before_start": "the event lies before the start of the drug",
    "event_before_increase": "the event lies before every increase of the dose",
    "dose_not_increased": "the doses that are stated do not rise",
    "fewer_than_two_doses": "fewer than two dated doses in one unit are stated",
    "drug_continues": "the drug was given, or injected, on after the event",
    "end_date_not_exact": "the end date is known to the month or year only",
    "end_date_missing": "the drug has no end date",
    "not_taken_before_event": "the drug was first given on the day of the event or later",
    "only_long_acting": "the only such drugs are long-acting, which are told apart",
    "no_course": "no such drug among those that count",
}
STATES = pl.Enum(list(STATE))
DRUG = ["subject_id", "ingredient", "formulation"]
TIMES: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject_id": pl.String,
    "clock": pl.Enum(list(CLOCK)),
    "ingredient": pl.String,
    "formulation": pl.Enum(list(FORMULATION)),
    "state": STATES,
    "days": pl.Int32,
    "limit": pl.Int32,
    "in_interval": pl.Boolean,
}
OF_EVENT = ["event_date_missing", "event_date_padded", "event_date_not_exact"]
# Later than any day: a course without an exact end may go on.
NEVER = 10**8


def since_start(courses: pl.DataFrame, gap_days: int, last_day: int) -> pl.DataFrame:
    """Reports: days from the start of a therapy with an antagonist to the event.

    Courses of a drug with at most `gap_days` days between them are one therapy; it is the last one begun by the event that
    counts. What could have been seen is limited by the `last_day` that the data reach: a later onset would not be in them.

    Parameters
    ----------
    courses
        Rows of `evidence/exposures`: of cases, in roles that count.
    gap_days
        As for triggers (study/triggers.yaml).
    last_day
        Last day on which a report could be received and be in the data. Unit: days since 1970-01-01.

    Returns
    -------
    Rows of `TIMES`. `limit` is the largest time with which the case could have been in the data. It starts from the end of the
    data, not from the day the report was received: that day itself depends on the time to onset.

    """
    antagonists = courses.filter(relation="antagonist")
    reach = pl.when(pl.col("end_day_precision") == "day").then("end_day").otherwise(NEVER)
    reached = reach.cum_max().shift().over(DRUG, order_by=["start_day", "course_no"])
    begins = (pl.col("start_day") - reached - 1 > gap_days).fill_null(value=True)
    began = (
        antagonists.filter(pl.col("start_day_precision") == "day")
        .with_columns(begins=begins)
        .filter("begins", pl.col("timing") == KNOWN)
        .group_by(DRUG)
        .agg(days=pl.col("onset_minus_start").min(), start_day=pl.col("start_day").max())
    )
    states = antagonists.group_by(DRUG).agg(state=pl.col("timing").cast(STATES).min())
    told = states.join(began, on=DRUG, how="left").with_columns(limit=last_day - pl.col("start_day"))
    too_late = (pl.col("days") > pl.col("limit")).fill_null(value=False)
    outside = pl.when(too_late).then(pl.lit("outside_observation", STATES)).otherwise("state")
    return _times(told.with_columns(state=outside), "start")


def since_era_start(
    courses: pl.DataFrame,
    episodes: pl.DataFrame,
    eras: pl.DataFrame,
    observed: pl.DataFrame,
    gap_days: int,
    window_days: int,
) -> pl.DataFrame:
    """Cohort: days from the first day of the era of an antagonist to the event.

    The era is the last one begun by the event. An era that begins at most `gap_days` days after the person came under
    observation may have begun before. A time above `window_days` is not looked at: the longer an era, the more of its
    episodes have nothing to do with its start. What could have been seen is limited by that window and by the end of
    observation.

    Parameters
    ----------
    courses, episodes, eras, observed
        Rows of `evidence/exposures`, `evidence/episodes`, `exposure/eras` and `exposure/case_observation`.
    gap_days
        Days without supply that still belong to one era (params.yaml: cohort.exposure.persistence_gap_days).
    window_days
        Longest time looked at. Unit: days.

    """
    onsets = episodes.select("subject_id", "person_id", onset="start_day")
    drugs = courses.filter(relation="antagonist").select(DRUG).unique().join(onsets, on="subject_id")
    began = (
        drugs.join(eras, on=["person_id", "ingredient", "formulation"])
        .filter(pl.col("start_day") <= pl.col("onset"))
        .group_by(DRUG)
        .agg(pl.col("start_day").max())
    )
    within = (pl.col("start_day") >= pl.col("from")) & (pl.col("start_day") <= pl.col("until"))
    periods = observed.select("person_id", until="end_day", **{"from": "start_day"})
    seen = drugs.join(began, on=DRUG).join(periods, on="person_id").filter(within).select(*DRUG, "from", "until")
    days = pl.col("onset") - pl.col("start_day")
    state = (
        pl.when(pl.col("start_day").is_null())
        .then(pl.lit("event_before_start"))
        .when((pl.col("start_day") - pl.col("from") <= gap_days).fill_null(value=True))
        .then(pl.lit("start_not_observed"))
        .when(days > window_days)
        .then(pl.lit("beyond_window"))
        .when(pl.col("onset") > pl.col("until"))
        .then(pl.lit("outside_observation"))
        .otherwise(pl.lit(KNOWN))
    )
    told = drugs.join(began, on=DRUG, how="left").join(seen, on=DRUG, how="left").with_columns(state=state.cast(STATES))
    limit = pl.min_horizontal(pl.col("until") - pl.col("start_day"), window_days)
    return _times(told.with_columns(days=days, limit=limit), "start")


def since_dose_increase(courses: pl.DataFrame) -> pl.DataFrame:
    """Days from the last increase of the dose of an antagonist to the event.

    An increase is a dose that starts on a later day than another of the same drug, form and unit, and is larger than the
    largest that started on the day before it in the list.
    """
    antagonists = courses.filter(relation="antagonist")
    unit = [*DRUG, "dose_unit"]
    doses = (
        antagonists.filter(pl.col("dose_amount").is_not_null(), pl.col("start_day_precision") == "day")
        .group_by(*unit, "start_day")
        .agg(pl.col("dose_amount").max(), pl.col("onset_minus_start").min())
        .with_columns(before=pl.col("dose_amount").shift().over(unit, order_by="start_day"))
    )
    increased = pl.col("dose_amount") > pl.col("before")
    of_drug = doses.group_by(DRUG).agg(
        days=pl.col("onset_minus_start").filter(increased).min(),
        increases=increased.sum(),
        compared=pl.col("before").count(),
    )
    event = pl.col("timing").cast(STATES).filter(pl.col("timing").is_in(OF_EVENT)).min()
    state = (
        pl.when(pl.col("event").is_not_null())
        .then("event")
        .when(pl.col("days").is_not_null())
        .then(pl.lit(KNOWN, STATES))
        .when(pl.col("compared").fill_null(0) == 0)
        .then(pl.lit("fewer_than_two_doses", STATES))
        .when(pl.col("increases") == 0)
        .then(pl.lit("dose_not_increased", STATES))
        .otherwise(pl.lit("event_before_increase", STATES))
    )
    told = antagonists.group_by(DRUG).agg(event=event).join(of_drug, on=DRUG, how="left").with_columns(state=state)
    return _times(told, "dose_increase")


def since_stop(courses: pl.DataFrame) -> pl.DataFrame:
    """Days from the last stop of a dopaminergic drug to the event; one that goes on in any course did not stop."""
    withdrawn = courses.filter(relation="withdrawal").with_columns(
        state=pl.when(pl.col("timing").is_in(OF_EVENT))
        .then(pl.col("timing").cast(pl.String))
        .when((pl.col("timing") == "event_before_start") | (pl.col("onset_minus_start") == 0))
        .then(pl.lit("not_taken_before_event"))
        .otherwise(_state_of_end())
        .cast(STATES)
    )
    continues = pl.lit("drug_continues", STATES)
    told = withdrawn.group_by(DRUG).agg(
        days=pl.col("onset_minus_end").filter(pl.col("state") == KNOWN).min(),
        state=pl.when((pl.col("state") == continues).any()).then(continues).otherwise(pl.col("state").min()),
    )
    return _times(told, "stop")


def since_injection(courses: pl.DataFrame) -> pl.DataFrame:
    """Days from the last injection of a long-acting antagonist to the event, and whether that lies within its dosing interval.

    The end of a course is its last injection in a report. In a cohort, where the last day already holds the interval, each
    course is one injection, on its first day.
    """
    holds_interval = pl.col("dosing_interval_days") == 0
    since = pl.when(holds_interval).then("onset_minus_start").otherwise("onset_minus_end")
    state = (
        pl.when(pl.col("timing").is_in([*OF_EVENT, "event_before_start"]) | holds_interval)
        .then(pl.col("timing").cast(pl.String))
        .otherwise(_state_of_end())
        .cast(STATES)
    )
    injected = courses.filter(pl.col("relation") == "antagonist", pl.col("formulation") == "long_acting")
    in_interval = pl.col("onset_minus_end") <= pl.col("dosing_interval_days")
    told = (
        injected.with_columns(state=state, days=since, in_interval=in_interval)
        .sort(*DRUG, "state", "days", ~pl.col("in_interval"), nulls_last=True)
        .unique(DRUG, keep="first", maintain_order=True)
    )
    return _times(told, "injection")


def _state_of_end() -> pl.Expr:
    end = pl.col("end_day_precision")
    return (
        pl.when(end == "none")
        .then(pl.lit("end_date_missing"))
        .when(end != "day")
        .then(pl.lit("end_date_not_exact"))
        .when(pl.col("onset_minus_end") < 0)
        .then(pl.lit("drug_continues"))
        .otherwise(pl.lit(KNOWN))
    )


def _times(told: pl.DataFrame, clock: str) -> pl.DataFrame:
    """Rows of `TIMES`; only a known time has days, a limit, and lies within an interval or not."""
    absent = set(TIMES) - set(told.columns)
    is_known = pl.col("state") == KNOWN
    return (
        told.with_columns(pl.lit(None).alias(name) for name in absent)
        .with_columns(pl.when(is_known).then(name).alias(name) for name in ("days", "limit", "in_interval"))
        .with_columns(clock=pl.lit(clock))
        .select(pl.col(name).cast(dtype) for name, dtype in TIMES.items())
    )
