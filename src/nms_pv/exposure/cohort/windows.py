"""Eras of exposure to windows of time at risk, by the anchors, observation and study window of a setting."""

from typing import Any

import narwhals as nw

from nms_pv.exposure.cohort.intervals import merge
from nms_pv.spec.time_at_risk import Anchor, TimeAtRisk

SUBJECT = ["person_id", "group_no"]
WINDOW = [*SUBJECT, "start_day", "end_day", "era_start"]
BEFORE_ALL_DAYS = -1_000_000
AFTER_ALL_DAYS = 1_000_000


def windows_at_risk(
    eras: "nw.LazyFrame[Any]", periods: "nw.LazyFrame[Any]", setting: TimeAtRisk, as_they_are: list[int], gap_days: int
) -> "nw.LazyFrame[Any]":
    """The days on which a person is at risk of an outcome, before any outcome is looked at.

    Parameters
    ----------
    eras
        Columns person_id, group_no, start_day, end_day; those of one person and group do not overlap.
    periods
        Columns person_id, start_day, end_day of observation; those of one person do not overlap.
    setting
        What counts as time at risk.
    as_they_are
        Numbers of the groups whose eras are the windows: neither anchors nor the new-user rule apply to them.
    gap_days
        Eras of one person and group are known to lie so far apart that start - previous end > `gap_days`; 0 is always true.

    Returns
    -------
    Columns person_id, group_no, start_day, end_day (included) and era_start, the first day of the era that opened the window.
    Windows of one person and group do not overlap.

    """
    return window_steps(eras, periods, setting, as_they_are, gap_days)[-1]


def window_steps(
    eras: "nw.LazyFrame[Any]", periods: "nw.LazyFrame[Any]", setting: TimeAtRisk, as_they_are: list[int], gap_days: int
) -> list["nw.LazyFrame[Any]"]:
    """The windows as anchored, of new users, under observation, without overlap, in the study: the last are those at risk."""
    is_kept = nw.col("group_no").is_in(as_they_are)
    anchored = _anchored(eras, setting, is_kept)
    is_open_to_all = not setting.new_user_washout_days
    new = anchored if is_open_to_all else _anchored(_new_users(eras, periods, setting, is_kept), setting, is_kept)
    observed = _observed(new, periods, setting)
    apart = _apart(observed, setting) if _may_overlap(setting, gap_days) else observed
    return [anchored, new, observed, apart, _in_study(apart, setting)]


def _new_users(
    eras: "nw.LazyFrame[Any]", periods: "nw.LazyFrame[Any]", setting: TimeAtRisk, is_kept: nw.Expr
) -> "nw.LazyFrame[Any]":
    """Eras before which the person was observed, and not exposed to the group, for so many days."""
    earliest = nw.col("start_day") - setting.new_user_washout_days
    last_end = nw.col("end_day").shift(1).over(*SUBJECT, order_by=["start_day"]).fill_null(BEFORE_ALL_DAYS)
    marked = eras.with_columns(earliest=earliest, last_end=last_end)
    columns = [*SUBJECT, "start_day", "end_day"]
    new = marked.filter(~is_kept, nw.col("last_end") < nw.col("earliest")).join(_renamed(periods), on="person_id", how="inner")
    new = new.filter(nw.col("period_start") <= nw.col("earliest"), nw.col("start_day") <= nw.col("period_end"))
    return nw.concat([new.select(columns), eras.filter(is_kept).select(columns)])


def _anchored(eras: "nw.LazyFrame[Any]", setting: TimeAtRisk, is_kept: nw.Expr) -> "nw.LazyFrame[Any]":
    start, end = _anchor_day(setting.start), _anchor_day(setting.end)
    if setting.cap_at_era_end:
        end = nw.min_horizontal(end, nw.col("end_day"))
    return eras.select(
        *SUBJECT,
        start_day=nw.when(is_kept).then(nw.col("start_day")).otherwise(start),
        end_day=nw.when(is_kept).then(nw.col("end_day")).otherwise(end),
        era_start=nw.col("start_day"),
    ).filter(nw.col("start_day") <= nw.col("end_day"))


def _anchor_day(anchor: Anchor) -> nw.Expr:
    return nw.col("start_day" if anchor.anchor == "era_start" else "end_day") + anchor.offset_days


def _observed(windows: "nw.LazyFrame[Any]", periods: "nw.LazyFrame[Any]", setting: TimeAtRisk) -> "nw.LazyFrame[Any]":
    """The days of the windows under observation, after so many days of it."""
    joined = windows.join(_renamed(periods), on="person_id", how="inner")
    if setting.observation == "of_era_start":
        joined = joined.filter(
            nw.min_horizontal("start_day", "era_start") >= nw.col("period_start"),
            nw.max_horizontal("start_day", "era_start") <= nw.col("period_end"),
        )
    return joined.select(
        *SUBJECT,
        start_day=nw.max_horizontal(nw.col("start_day"), nw.col("period_start") + setting.prior_observation_days),
        end_day=nw.min_horizontal("end_day", "period_end"),
        era_start=nw.col("era_start"),
    ).filter(nw.col("start_day") <= nw.col("end_day"))


def _renamed(periods: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    return periods.select("person_id", period_start=nw.col("start_day"), period_end=nw.col("end_day"))


def _may_overlap(setting: TimeAtRisk, gap_days: int) -> bool:
    """Can windows of eras that far apart share a day? Sorting them costs more than all the rest."""
    days_after_era = 0 if setting.cap_at_era_end else setting.end.offset_days
    return days_after_era - setting.start.offset_days > gap_days


def _apart(windows: "nw.LazyFrame[Any]", setting: TimeAtRisk) -> "nw.LazyFrame[Any]":
    """Windows that overlap are one, or each day that lies in two belongs to the earlier."""
    if setting.windows_that_overlap == "merge":
        opening = windows.group_by(*SUBJECT, "start_day").agg(nw.col("era_start").min())
        return merge(windows, SUBJECT, 0).join(opening, on=[*SUBJECT, "start_day"], how="inner").select(WINDOW)
    in_order = {"order_by": ["start_day", "end_day", "era_start"]}
    return (
        windows.with_columns(latest_end=nw.col("end_day").cum_max().over(*SUBJECT, **in_order))
        .with_columns(latest_end=nw.col("latest_end").shift(1).over(*SUBJECT, **in_order).fill_null(BEFORE_ALL_DAYS))
        .with_columns(start_day=nw.max_horizontal(nw.col("start_day"), nw.col("latest_end") + 1))
        .filter(nw.col("start_day") <= nw.col("end_day"))
        .select(WINDOW)
    )


def _in_study(windows: "nw.LazyFrame[Any]", setting: TimeAtRisk) -> "nw.LazyFrame[Any]":
    first, last = setting.study_window.first_day, setting.study_window.last_day
    if first is not None and setting.windows_that_start_early == "drop":
        windows = windows.filter(nw.col("start_day") >= first)
    elif first is not None:
        windows = windows.with_columns(start_day=nw.max_horizontal(nw.col("start_day"), nw.lit(first)))
    if last is not None:
        windows = windows.with_columns(end_day=nw.min_horizontal(nw.col("end_day"), nw.lit(last)))
    return windows.filter(nw.col("start_day") <= nw.col("end_day"))
