"""Where persons, days and episodes left on the way to the counts of any antipsychotic."""

from typing import Any

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups
from nms_pv.exposure.cohort.strata import Strata, people
from nms_pv.exposure.cohort.windows import window_steps
from nms_pv.exposure.engine import Engine
from nms_pv.tables.attrition import steps
from nms_pv.tables.person_time import ALL

LAYER = "exposure"
GROUP = "antipsychotic"


def era_attrition(eras: pl.DataFrame) -> pl.DataFrame:
    """Drug exposures that became eras."""
    exposures = int(eras["exposures"].sum())
    return steps(LAYER, "eras", "drug exposure x ingredient", exposures, {"joined_to_an_earlier_one": exposures - len(eras)})


def window_attrition(frames: CohortFrames, groups: CohortGroups, strata: Strata, engine: Engine) -> list[pl.DataFrame]:
    """Persons and days that were exposed to an antipsychotic, and why not all are at risk."""
    setting = strata.setting
    known = people(frames.persons, strata)
    eras = frames.eras.filter(nw.col("group_no").is_in(groups.numbers(GROUP)))
    periods = frames.periods.join(known, on="person_id", how="semi")
    windows = window_steps(eras, periods, setting, [], groups.gap_days)
    exposed = known.join(eras, on="person_id", how="semi")
    all_persons, n_known, n_exposed = (_number(frame, engine) for frame in (frames.persons, known, exposed))
    at_risk = _number(windows[-1].select("person_id").unique(["person_id"]), engine)
    anchored, new, observed, apart, in_study = (_days(frame, engine) for frame in windows)
    return [
        steps(
            LAYER,
            f"{setting.name}:persons",
            "person",
            all_persons,
            {
                "unknown_sex_or_birth": all_persons - n_known,
                "never_exposed_to_an_antipsychotic": n_known - n_exposed,
                "exposed_but_never_at_risk": n_exposed - at_risk,
            },
        ),
        steps(
            LAYER,
            f"{setting.name}:person_days",
            "person-day of time at risk, any antipsychotic",
            anchored,
            {
                "not_a_new_user": anchored - new,
                "not_under_observation_long_enough_or_person_left_out": new - observed,
                "in_an_earlier_window_too": observed - apart,
                "outside_the_study_window": apart - in_study,
            },
        ),
    ]


def outcome_attrition(
    outcomes: pl.DataFrame, time: pl.DataFrame, cases: pl.DataFrame, windows: pl.DataFrame, setting: str
) -> list[pl.DataFrame]:
    """For each definition, days that episodes excluded, and episodes that do not count, for any antipsychotic.

    Parameters
    ----------
    outcomes
        Column definition, one row for each episode that meets it.
    time, cases
        Rows of `exposure/person_time` and `exposure/cases` under the setting.
    windows
        The person-day rows of `window_attrition`.
    setting
        Name of the setting.

    """
    is_overall = pl.all_horizontal(pl.col("age_band", "sex", "year", "since_start") == ALL)
    overall = time.filter(pl.col("group_kind") == GROUP, is_overall).sort("definition")
    days = windows["n_kept"].item(-1)
    found = []
    for definition, at_risk in overall.select("definition", "person_days").rows():
        met = outcomes.filter(pl.col("definition") == definition).height
        of_exposed = cases.filter(pl.col("group_kind") == GROUP, pl.col("definition") == definition)
        fates = dict(of_exposed.group_by("fate").len().rows())
        found += [
            steps(
                LAYER,
                f"{setting}:{definition}:person_days",
                "person-day of time at risk, any antipsychotic",
                days,
                {"after_an_episode": days - at_risk},
            ),
            steps(
                LAYER,
                f"{setting}:{definition}:episodes",
                "episode",
                met,
                {
                    "person_never_exposed_to_an_antipsychotic": met - of_exposed.height,
                    "outside_time_at_risk": fates.get("outside_time_at_risk", 0),
                    "in_clean_window": fates.get("in_clean_window", 0),
                    "later_event": fates.get("later_event", 0),
                },
            ),
        ]
    return found


def _number(frame: "nw.LazyFrame[Any]", engine: Engine) -> int:
    return int(engine.collect(frame.select(n=nw.len())).item())


def _days(windows: "nw.LazyFrame[Any]", engine: Engine) -> int:
    length = (nw.col("end_day") - nw.col("start_day") + 1).cast(nw.Int64)
    return int(engine.collect(windows.select(n=length.sum())).item() or 0)
