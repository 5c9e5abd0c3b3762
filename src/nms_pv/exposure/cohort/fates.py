"""What became of every outcome of exposed persons: `exposure/cases`."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.margins import numbered
from nms_pv.exposure.cohort.strata import SEXES, Strata, of_one_day
from nms_pv.exposure.engine import Engine

OUTCOME = ["definition_no", "subject_id", "group_no"]


def fates(
    outcomes: "nw.LazyFrame[Any]",
    exposed: "nw.LazyFrame[Any]",
    windows: "nw.LazyFrame[Any]",
    events: "nw.LazyFrame[Any]",
    counted: "nw.LazyFrame[Any]",
) -> "nw.LazyFrame[Any]":
    """Every outcome x group the person was ever exposed to, with its window and fate.

    Parameters
    ----------
    outcomes
        Columns definition_no, subject_id, person_id, start_day.
    exposed
        Columns person_id, group_no, each pair once.
    windows
        As of `windows_at_risk`.
    events, counted
        `outcomes_within` all days at risk, and those of them that count.

    Returns
    -------
    Columns definition_no, subject_id, group_no, person_id, day, fate, start_day and end_day (both the day), and window_start,
    window_end and era_start, which are empty outside windows.

    """
    rows = outcomes.select("definition_no", "subject_id", "person_id", day=nw.col("start_day"))
    rows = rows.join(exposed, on="person_id", how="inner")
    in_window = windows.rename({"start_day": "window_start", "end_day": "window_end"})
    hits = rows.join(in_window, on=["person_id", "group_no"], how="inner").filter(
        nw.col("window_start") <= nw.col("day"), nw.col("day") <= nw.col("window_end")
    )
    marked = (
        rows.join(hits.select(*OUTCOME, "window_start", "window_end", "era_start"), on=OUTCOME, how="left")
        .join(events.select(*OUTCOME, is_event=nw.lit(1)), on=OUTCOME, how="left")
        .join(counted.select(*OUTCOME, is_counted=nw.lit(1)), on=OUTCOME, how="left")
    )
    fate = nw.when(~nw.col("window_start").is_null()).then(nw.lit("in_clean_window")).otherwise(nw.lit("outside_time_at_risk"))
    fate = nw.when(~nw.col("is_event").is_null()).then(nw.lit("later_event")).otherwise(fate)
    fate = nw.when(~nw.col("is_counted").is_null()).then(nw.lit("counted")).otherwise(fate)
    return marked.with_columns(fate=fate, start_day=nw.col("day"), end_day=nw.col("day"))


def cases(
    found: "nw.LazyFrame[Any]",
    people: "nw.LazyFrame[Any]",
    groups: pl.DataFrame,
    definitions: Sequence[str],
    strata: Strata,
    engine: Engine,
) -> pl.DataFrame:
    """The rows of `exposure/cases`, of `fates` with the names of groups, definitions and strata."""
    rows = engine.collect(of_one_day(found, people, strata))
    is_at_risk = pl.col("window_start").is_not_null()
    names = {
        "age_band": pl.col("age_no").replace_strict(dict(enumerate(strata.age_names)), return_dtype=pl.String),
        "sex": pl.col("sex_no").replace_strict(dict(enumerate(SEXES)), return_dtype=pl.String),
        "year": pl.col("year").cast(pl.String),
    }
    return (
        rows.join(groups, on="group_no")
        .join(numbered(definitions), on="definition_no")
        .select(
            pl.lit(strata.setting.name).alias("analysis"),
            "definition",
            "group_kind",
            "group",
            "subject_id",
            "person_id",
            "day",
            "fate",
            "window_start",
            "window_end",
            days_since_start=pl.col("day") - pl.col("era_start"),
            **{name: pl.when(is_at_risk).then(value) for name, value in names.items()},
        )
    )
