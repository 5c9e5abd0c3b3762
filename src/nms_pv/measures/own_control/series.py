"""Self-controlled case series: rate ratios of the windows around exposure, each person compared with itself."""

from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.own_control.cases import Cases, all_episodes, died_within
from nms_pv.measures.own_control.cells import Cells, cells, indicators
from nms_pv.measures.own_control.spans import Ints, Spans, person_of, spans
from nms_pv.measures.own_control.windows import (
    QUARTERS,
    Windows,
    age_spans,
    era_windows,
    first_start_windows,
    from_first_start,
    season_spans,
    stop_windows,
)
from nms_pv.measures.own_control.within import ratios_within_persons
from nms_pv.measures.rows import with_interval
from nms_pv.spec.own_control import Series

MAIN = "first_episode"
DEATHS = "without_deaths_"
ANALYSES = {
    MAIN: "first episodes, given age",
    "all_episodes": "every episode, days soon after one left out, given age",
    "without_age": "first episodes, not adjusted for age",
    "with_season": "first episodes, given age and calendar quarter",
    "from_first_start": "first episodes on or after the first start, by days since it whatever was taken later, given age",
}
NO_FINITE_ESTIMATE = "no finite estimate: within persons, all episodes lie on one side of the comparison"
METHOD = "; conditional Poisson regression (self-controlled case series); profile-likelihood interval"
ADJUSTED = ", and other antipsychotics by the same windows"
LIMITING = "; windows and bands without episodes are left out, which changes no other ratio"


class Input(NamedTuple):
    """What is cut into cells: observed days, episodes, windows of the group and of other antipsychotics, age, season."""

    observed: Spans
    events: Ints
    windows: Windows
    layers: list[Spans]
    sizes: list[int]


class Fitted(NamedTuple):
    """A series of one group: one row for each window and reference, and the cells it was computed from."""

    rows: pl.DataFrame
    cells: Cells


def analyses(settings: Series) -> list[str]:
    """The names of all analyses, the main one first."""
    return [*ANALYSES, *(f"{DEATHS}{days}" for days in settings.death_days)]


def method(analysis: str, kind: str) -> str:
    """How the ratios of an analysis are computed."""
    what = ANALYSES.get(analysis, f"as {MAIN}, without persons who died within {analysis.removeprefix(DEATHS)} days")
    adjusted = "" if kind == "antipsychotic" or analysis == "from_first_start" else ADJUSTED
    return what + adjusted + METHOD + LIMITING


def series(cases: Cases, eras: Spans, others: Spans, kind: str, analysis: str, settings: Series, level: float) -> Fitted:
    """Rate ratios of the windows of a group.

    Parameters
    ----------
    cases
        Persons with an episode.
    eras, others
        Eras of the group, and of other antipsychotics.
    kind
        Kind of the group: for `withdrawal` the windows follow the stop.
    analysis
        One of `analyses`.
    settings, level
        The windows, and the nominal coverage of the intervals.

    Returns
    -------
    Fitted
        Rows with columns stratum (`window=8-30`), reference, numerator and denominator (episodes and person-days of the window),
        reference_numerator and reference_denominator, estimate, low, high and undefined_reason. Each window is compared with all
        other observed days; windows since the start also with the rest of the era, which needs no unexposed time.

    """
    given = _input(cases, eras, others, kind, analysis, settings)
    counted = cells(given.observed, [given.windows.layer, *given.layers], given.events)
    pairs = _pairs(given.windows)
    rows = _counts(counted, given.windows, pairs)
    in_windows = int(counted.events[counted.levels[counted.pattern, 0] > 0].sum())
    if in_windows < settings.fewest_episodes:
        nothing = pl.lit(None, pl.Float64)
        reason = pl.lit(f"fewer than {settings.fewest_episodes} episodes in the windows of the group")
        return Fitted(rows.with_columns(estimate=nothing, low=nothing, high=nothing, undefined_reason=reason), counted)
    sizes = [len(given.windows.names), *given.sizes]
    fit = ratios_within_persons(
        counted.person,
        counted.pattern,
        counted.days,
        counted.events,
        indicators(counted.levels, sizes),
        _contrasts(pairs, given.windows.names, sum(sizes)),
        level,
    )
    return Fitted(with_interval(rows, fit.ratio).with_columns(undefined_reason=_why_undefined()), counted)


def _input(cases: Cases, eras: Spans, others: Spans, kind: str, analysis: str, settings: Series) -> Input:
    observed, events = cases.observed, cases.counted
    if analysis == "all_episodes":
        observed, events = all_episodes(cases, settings.clean_days)
    if analysis.startswith(DEATHS):
        observed = _without(observed, died_within(cases, int(analysis.removeprefix(DEATHS))))
    if analysis == "from_first_start":
        windows = first_start_windows(eras, settings)
        observed, layers, sizes = from_first_start(observed, eras), [], []
    else:
        windows = (stop_windows if kind == "withdrawal" else era_windows)(eras, settings)
        of_others = era_windows(others, settings)
        layers, sizes = [of_others.layer], [len(of_others.names)]
    if analysis != "without_age":
        layers, sizes = [*layers, age_spans(cases.birth, settings.age_bands)], [*sizes, len(settings.age_bands)]
    if analysis == "with_season":
        layers, sizes = [*layers, season_spans(observed)], [*sizes, QUARTERS]
    return Input(observed, events, windows, layers, sizes)


def _without(observed: Spans, persons: Flags) -> Spans:
    kept = ~persons[person_of(observed.start)]
    return spans(observed.start[kept], observed.end[kept])


def _pairs(windows: Windows) -> list[tuple[str, str]]:
    """Windows and what each is compared with."""
    pairs = [(name, windows.baseline) for name in windows.names]
    return pairs + [(name, windows.reference) for name in windows.compared if windows.reference]


def _counts(counted: Cells, windows: Windows, pairs: list[tuple[str, str]]) -> pl.DataFrame:
    number = 1 + len(windows.names)
    level = counted.levels[counted.pattern, 0]
    events = np.bincount(level, counted.events, number).astype(np.int64)
    days = np.bincount(level, counted.days, number).astype(np.int64)
    level_of = {name: place for place, name in enumerate([windows.baseline, *windows.names])}
    here, there = ([level_of[pair[side]] for pair in pairs] for side in (0, 1))
    return pl.DataFrame(
        {
            "stratum": [f"window={name}" for name, _ in pairs],
            "reference": [reference for _, reference in pairs],
            "numerator": events[here],
            "denominator": days[here],
            "reference_numerator": events[there],
            "reference_denominator": days[there],
        }
    )


def _contrasts(pairs: list[tuple[str, str]], names: list[str], covariates: int) -> Floats:
    """Window minus reference; the baseline has no covariate."""
    column = {name: place for place, name in enumerate(names)}
    contrasts = np.zeros((len(pairs), covariates))
    for row, (name, reference) in enumerate(pairs):
        contrasts[row, column[name]] = 1
        if reference in column:
            contrasts[row, column[reference]] = -1
    return contrasts


def _why_undefined() -> pl.Expr:
    return (
        pl.when(pl.col("denominator") == 0)
        .then(pl.lit("no observed day in the window"))
        .when(pl.col("reference_denominator") == 0)
        .then(pl.lit("no observed day in the reference time"))
        .when(pl.col("numerator") == 0)
        .then(pl.lit("no episode in the window"))
        .when(pl.col("reference_numerator") == 0)
        .then(pl.lit("no episode in the reference time"))
        .otherwise(pl.lit(NO_FINITE_ESTIMATE))
    )
