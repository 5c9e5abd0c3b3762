"""Windows of exposure to generations of antipsychotics to states: which generations, alone or together, on each day."""

from typing import Any

import narwhals as nw

from nms_pv.exposure.cohort.intervals import merge
from nms_pv.exposure.cohort.ordered import filled_from_before, with_previous, with_running_totals
from nms_pv.spec.drugs import GENERATIONS

# A state before switches are told apart is a number: the place of the generation alone, or one more.
MIXED = len(GENERATIONS)
NO_STATE = -1
COLUMNS = ["person_id", "state", "start_day", "end_day"]


def generation_states(windows: "nw.LazyFrame[Any]", switch_days: int) -> "nw.LazyFrame[Any]":
    """Cut the days of exposure of each person into states, so that each day lies in exactly one.

    A stretch is a longest run of days on which the same generation was taken alone, or on which two or more were.

    Parameters
    ----------
    windows
        Columns person_id, generation (FGA, SGA or TGA), start_day, end_day (included); they may overlap.
    switch_days
        A stretch of one generation alone is `switch` for its first `switch_days` days when a stretch in which another
        generation took part ended at most so many days before it started (1: the day before). 0: never.

    Returns
    -------
    Columns person_id, state (a code of tables/person_time.STATE), start_day, end_day (included).

    """
    stretches = _after_another(merge(_segments(windows), ["person_id", "state_no"], 1))
    days_between = nw.col("start_day") - nw.col("other_end")
    first_settled_day = (
        nw.when((nw.col("state_no") != MIXED) & (days_between <= switch_days))
        .then(nw.min_horizontal(nw.col("end_day"), nw.col("start_day") + (switch_days - 1)) + 1)
        .otherwise(nw.col("start_day"))
    )
    cut = stretches.with_columns(first_settled_day=first_settled_day)
    switch = cut.with_columns(state=nw.lit("switch"), end_day=nw.col("first_settled_day") - 1)
    settled = cut.with_columns(state=_name(), start_day=nw.col("first_settled_day"))
    both = nw.concat([switch.select(COLUMNS), settled.select(COLUMNS)])
    return both.filter(nw.col("start_day") <= nw.col("end_day"))


def _segments(windows: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """From each day on which a window starts, or has ended, to the day before the next: what is taken stays the same."""
    starts = windows.select("person_id", "generation", day=nw.col("start_day"), step=nw.lit(1))
    ends = windows.select("person_id", "generation", day=nw.col("end_day") + 1, step=nw.lit(-1))
    changes = nw.concat([starts, ends]).select(
        "person_id",
        "day",
        *[nw.when(nw.col("generation") == name).then(nw.col("step")).otherwise(nw.lit(0)).alias(name) for name in GENERATIONS],
    )
    of_day = changes.group_by("person_id", "day").agg(*[nw.col(name).sum() for name in GENERATIONS])
    running = with_running_totals(of_day, "day", list(GENERATIONS), "next_day")
    taken = [nw.when(nw.col(name) > 0).then(nw.lit(1)).otherwise(nw.lit(0)) for name in GENERATIONS]
    place = [is_taken * number for number, is_taken in enumerate(taken)]
    return (
        running.with_columns(taken=nw.sum_horizontal(*taken), place=nw.sum_horizontal(*place))
        .filter(nw.col("taken") > 0)
        .select(
            "person_id",
            state_no=nw.when(nw.col("taken") > 1).then(nw.lit(MIXED)).otherwise(nw.col("place")),
            start_day=nw.col("day"),
            end_day=nw.col("next_day") - 1,
        )
    )


def _after_another(stretches: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """Adds other_end: the last day of the last stretch before it that is another state; empty if there is none.

    Another generation took part in any stretch of another state: in a mixed one at least two did.
    """
    seen = with_previous(stretches, ["person_id"], "start_day", {"last_state": "state_no", "last_end": "end_day"}, NO_STATE)
    changed = (nw.col("state_no") != nw.col("last_state")) & (nw.col("last_state") != NO_STATE)
    marked = seen.with_columns(other_end=nw.when(changed).then(nw.col("last_end")))
    return filled_from_before(marked, "start_day", "other_end")


def _name() -> nw.Expr:
    name = nw.lit("mixed")
    for number, generation in enumerate(GENERATIONS):
        name = nw.when(nw.col("state_no") == number).then(nw.lit(generation)).otherwise(name)
    return name
