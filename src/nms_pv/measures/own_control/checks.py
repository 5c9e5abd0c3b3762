"""What a comparison of persons with themselves rests on, looked at in the data: numbers, and what of them would worry.

Farrington CP, Anaya-Izquierdo K, Whitaker HJ, Hocine MN, Douglas I, Smeeth L. J Am Stat Assoc 2011;106:417-26 (observation that
depends on the event); Petersen I, Douglas I, Whitaker H. BMJ 2016;354:i4515 (both memory: to be verified).
"""

import numpy as np
import polars as pl

from nms_pv.measures.interval import Flags
from nms_pv.measures.own_control.cases import Cases
from nms_pv.measures.own_control.spans import Ints, Spans, following, level_at, person_of, starts_between
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rows import with_interval
from nms_pv.spec.own_control import Around

NOBODY = "no such person"
EXACT = "; share of persons with the exact interval (Clopper-Pearson)"
WORRY = {
    "taken_before": (
        "of persons observed so many days before the episode and unexposed then, those exposed on its day: beside "
        "`stopped_after` it says how often exposure changes anyway"
    ),
    "stopped_after": (
        "of persons exposed on the day of the episode and observed so many days later, those unexposed then; worrying where it "
        "is high: the episode ends exposure, later windows are too short, and the ratios of the series are biased. The "
        "case-crossover and the analysis `from_first_start` do not use exposure after the episode"
    ),
    "ended_after": (
        "persons whose observation ends within so many days after the episode; worrying where it is high and the analyses "
        "without persons who died soon differ from the main one: the episode ends observation"
    ),
    "recurred": (
        "persons with a second episode under observation; worrying above 0.1: the episode is not rare in these persons, and a "
        "series of first episodes is biased towards 1"
    ),
}
COVERED = "share of persons observed on the day who are exposed; worrying where it falls after day 0 as it did not rise before"
STARTED = (
    "eras that start in the days from here to the next point, for each person observed on day 0 and here; worrying where few "
    "start just before day 0, or fewer after it than before: the episode moves starts"
)
ENDED = "share of persons whose observation has ended so many days after the episode; worrying where it rises steeply at first"


def shares(cases: Cases, eras: Spans, days: list[int], level: float) -> pl.DataFrame:
    """Shares of persons that tell how much exposure and observation depend on the episode.

    Parameters
    ----------
    cases, eras
        Persons with an episode, and eras of the group.
    days
        How far from the episode to look. Unit: days.
    level
        Nominal coverage of the exact intervals.

    Returns
    -------
    pl.DataFrame
        One row for each check and distance: stratum (`check=stopped_after;days=30`), numerator, denominator, estimate, low, high,
        undefined_reason (nobody in the denominator) and method, which says what would be worrying.

    """
    day, observed = cases.counted, cases.observed
    is_exposed = level_at(eras, day) > 0
    found: list[tuple[str, str, Flags, Flags]] = []
    for distance in days:
        before, after = day - distance, day + distance
        new = (level_at(observed, before) > 0) & (level_at(eras, before) == 0)
        left = is_exposed & (level_at(observed, after) > 0)
        found += [
            ("taken_before", f";days={distance}", new, is_exposed),
            ("stopped_after", f";days={distance}", left, level_at(eras, after) == 0),
            ("ended_after", f";days={distance}", np.ones(day.shape, dtype=bool), _last_day(cases) - day < distance),
        ]
    found.append(("recurred", "", np.ones(day.shape, dtype=bool), _recurs(cases)))
    rows = pl.DataFrame(
        {
            "stratum": [f"check={name}{distance}" for name, distance, _, _ in found],
            "numerator": [int((those & hit).sum()) for _, _, those, hit in found],
            "denominator": [int(those.sum()) for _, _, those, _ in found],
            "method": [WORRY[name] + EXACT for name, _, _, _ in found],
            "undefined_reason": NOBODY,
        }
    )
    return with_interval(rows, clopper_pearson(rows["numerator"].to_numpy(), rows["denominator"].to_numpy(), level))


def around_episode(cases: Cases, eras: Spans, settings: Around) -> pl.DataFrame:
    """Exposure, starts and ends of observation by days from the episode, as points of curves.

    Returns
    -------
    pl.DataFrame
        Columns curve, x (days from the episode), y, at_risk (persons observed) and method. Without anybody observed at a
        distance there is no point.

    """
    steps = np.arange(-settings.days, settings.days + 1, settings.step_days)
    covered, started, ended = [], [], []
    last = _last_day(cases)
    for step in steps.tolist():
        there = cases.counted + step
        seen = level_at(cases.observed, there) > 0
        starts = starts_between(eras, there, there + settings.step_days - 1)
        covered.append((step, int((seen & (level_at(eras, there) > 0)).sum()), int(seen.sum())))
        started.append((step, int(starts[seen].sum()), int(seen.sum())))
        if step >= 0:
            ended.append((step, int((last < there).sum()), cases.persons))
    curves = {"exposed_around_episode": (covered, COVERED), "starts_around_episode": (started, STARTED)}
    curves["observation_ended_after_episode"] = (ended, ENDED)
    return pl.concat(_points(name, *of) for name, of in curves.items())


def _points(curve: str, counted: list[tuple[int, int, int]], method: str) -> pl.DataFrame:
    points = pl.DataFrame(counted, schema={"x": pl.Float64, "n": pl.Int64, "at_risk": pl.Int64}, orient="row")
    return points.filter(pl.col("at_risk") > 0).select(
        "x", "at_risk", y=pl.col("n") / pl.col("at_risk"), curve=pl.lit(curve), method=pl.lit(method)
    )


def _last_day(cases: Cases) -> Ints:
    """The last observed day of each person."""
    return cases.observed.end[np.searchsorted(person_of(cases.observed.start), np.arange(cases.persons), side="right") - 1]


def _recurs(cases: Cases) -> Flags:
    """Whether another episode of the person under observation follows."""
    under = cases.episodes.start[level_at(cases.observed, cases.episodes.start) > 0]
    after = following(under)[np.searchsorted(under, cases.counted)]
    return person_of(after) == person_of(cases.counted)
