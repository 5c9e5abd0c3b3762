"""Planted rate ratios within persons are what the series and the case-crossover find, and their checks see what would mislead."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.own_control.checks import around_episode, shares
from nms_pv.measures.own_control.crossover import PAIRS, STARTED, crossover
from nms_pv.measures.own_control.series import MAIN, series
from nms_pv.simulate.omop import courses, episodes, write
from nms_pv.simulate.omop.eras import eras
from nms_pv.simulate.omop.products import BASE_RATES, MULTIPLIERS
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import CohortSimulation
from tests.lib.own_control import BOUNDS, NOTHING, RATIOS, SETTINGS, cases_and_eras, drawn, group_eras

pytestmark = pytest.mark.proof
RUNS, PERSONS = 400, 60
NAMES = ["0-7", "8-30", "31-90", "91+"]
PLANTED = dict(zip(NAMES, RATIOS.tolist(), strict=True))

Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def aloud(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return aloud


def fitted(rng: np.random.Generator, persons: int, analysis: str, stops: float = 0.0) -> pl.DataFrame:
    """Ratios of the windows since the start, each with what was planted."""
    observed, taken, happened = drawn(rng, persons, stops=stops)
    cases, found = cases_and_eras(observed, taken, happened, gap=0)
    rows = series(cases, found, NOTHING, "antipsychotic", analysis, SETTINGS.series, 0.95).rows
    window = pl.col("stratum").str.strip_prefix("window=")
    known = rows.with_columns(window=window).filter(pl.col("window").is_in(NAMES))
    planted = pl.col("window").replace_strict(PLANTED)
    reference = pl.col("reference").replace_strict({**PLANTED, "unexposed": 1.0})
    return known.with_columns(planted=planted / reference)


def told(rows: pl.DataFrame) -> pl.DataFrame:
    """Coverage, and bias of the logarithm, of each window and reference."""
    held = pl.col("planted").is_between("low", "high")
    return (
        rows.drop_nulls("estimate")
        .group_by("window", "reference", "planted")
        .agg(runs=pl.len(), coverage=held.mean(), bias=(pl.col("estimate") / pl.col("planted")).log().mean().round(3))
        .sort("reference", "planted", descending=[True, True])
    )


def test_intervals_of_the_series_hold_the_planted_ratios_as_often_as_they_say(say: Say) -> None:
    found = told(pl.concat(fitted(np.random.default_rng(seed), PERSONS, MAIN) for seed in range(RUNS)))
    say(f"SIMULATED: series of {PERSONS} persons, profile intervals, nominal 0.95\n{found}")
    assert found["runs"].min() > 0.9 * RUNS
    # Three standard errors of a share of 0.95 among 360 runs are 0.034.
    assert found["coverage"].min() >= 0.915
    assert found["bias"].abs().max() < 0.15


def test_an_episode_that_ends_exposure_misleads_the_series_and_the_check_sees_it(say: Say) -> None:
    """The analysis from the first start on, whose windows do not depend on the episode, stays near what it is of."""
    rng = np.random.default_rng(1)
    found = told(fitted(rng, 6000, MAIN, stops=0.9))
    observed, taken, happened = drawn(np.random.default_rng(2), 3000, stops=0.9)
    undisturbed = drawn(np.random.default_rng(2), 3000)
    checks = {}
    for name, rows in (("stops", (observed, taken, happened)), ("goes on", undisturbed)):
        cases, exposed = cases_and_eras(*rows, gap=0)
        checks[name] = shares(cases, exposed, [30], 0.95).filter(stratum="check=stopped_after;days=30")["estimate"].item()
        points = around_episode(cases, exposed, SETTINGS.around).filter(curve="starts_around_episode", x=30.0)
        checks[f"{name}, starts after"] = points["y"].item()
    say(f"SIMULATED: 90 % end exposure with the episode\n{found}\nchecks: {checks}")
    assert found.filter(window="0-7", reference="unexposed")["coverage"].item() == 0
    assert checks["stops"] > 0.8 > 2 * checks["goes on"]
    assert checks["stops, starts after"] < 0.5 * checks["goes on, starts after"]


def test_from_the_first_start_on_an_episode_that_ends_exposure_does_not_mislead(say: Say) -> None:
    """One long era each, so that the days after day 90 since the first start are exposed ones: what was planted is found."""
    held, total = 0, 0
    ratios = {"0-7": 6.0, "8-30": 3.0, "31-90": 1.5}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        day = np.arange(1000)
        start = rng.integers(50, 400, 80)
        since = day - start[:, None]
        band = np.clip(np.searchsorted(BOUNDS, since, side="right") - 1, 0, 3)
        rate = np.where(since >= 0, np.array([6.0, 3.0, 1.5, 1.0])[band], 1.0)
        cumulative = np.cumsum(rate, axis=1)
        event = (cumulative < (rng.random(80) * cumulative[:, -1])[:, None]).sum(axis=1)
        # The era ends with the episode.
        taken = [(person, int(s), int(e)) for person, (s, e) in enumerate(zip(start, event, strict=True)) if e >= s]
        never = [(person, int(s), 999) for person, (s, e) in enumerate(zip(start, event, strict=True)) if e < s]
        happened = [(person, int(e)) for person, e in enumerate(event)]
        cases, exposed = cases_and_eras([(person, 0, 999) for person in range(80)], taken + never, happened)
        rows = series(cases, exposed, NOTHING, "antipsychotic", "from_first_start", SETTINGS.series, 0.95).rows
        for stratum, low, high in rows.select("stratum", "low", "high").iter_rows():
            if low is not None:
                total += 1
                held += low <= ratios[stratum.removeprefix("window=")] <= high
    say(f"SIMULATED: from the first start on, {held} of {total} intervals hold the planted ratio = {held / total:.3f}")
    assert held / total >= 0.915


def test_pairs_hold_a_planted_odds_ratio_as_often_as_they_say(say: Say) -> None:
    """Exposure drawn anew for each window, odds 1 in the reference and 4 in the risk window: a ratio of 4."""
    held = {PAIRS: 0, STARTED: 0}
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        taken = [(person, 275, 280) for person in np.flatnonzero(rng.random(PERSONS) < 0.8).tolist()]
        taken += [(person, 190, 195) for person in np.flatnonzero(rng.random(PERSONS) < 0.5).tolist()]
        observed, happened = ([(person, 0, 400) for person in range(PERSONS)], [(person, 300) for person in range(PERSONS)])
        cases, exposed = cases_and_eras(observed, taken, happened)
        for analysis in held:
            row = crossover(cases, exposed, NOTHING, analysis, SETTINGS.crossover, 0.95)
            held[analysis] += row["low"].item() is not None and row["low"].item() <= 4 <= row["high"].item()
    say(f"SIMULATED: exact intervals of pairs, nominal 0.95: { ({name: n / RUNS for name, n in held.items()}) }")
    assert min(held.values()) / RUNS >= 0.93


def test_the_planted_multipliers_of_the_simulated_cohort_are_found(
    monkeypatch: pytest.MonkeyPatch, repository: Path, say: Say
) -> None:
    """One drug at a time, all of one rate, episodes without consequences: windows since the start against days 91 to 365."""
    for ingredient in BASE_RATES:
        monkeypatch.setitem(BASE_RATES, ingredient, 1500.0)
    monkeypatch.setattr(courses, "COMPANION_SHARE", 0.0)
    monkeypatch.setattr(courses, "SWITCH_SHARE", 0.0)
    monkeypatch.setattr(episodes, "STOPS_SHARE", 0.0)
    monkeypatch.setattr(episodes, "FATAL_SHARE", 0.0)
    draw = write.draw_other_courses
    monkeypatch.setattr(write, "draw_other_courses", lambda periods, rng: draw(periods, rng).clear())
    settings = CohortSimulation(seed=3, persons=40_000, first_year=2005, last_year=2020)
    history = write._what_happens(settings, load_drugs(repository / "study"))
    happened = history.episodes.select("person_id", "day").unique("person_id", keep="first", maintain_order=True)
    ill = happened.select("person_id")
    periods = history.people.periods.join(ill, on="person_id", how="semi")
    taken = eras(history.dispensings).join(ill, on="person_id", how="semi")
    cases, _ = cases_and_eras(
        list(periods.select("person_id", "start_day", "end_day").iter_rows()),
        list(taken.select("person_id", "start_day", "end_day").iter_rows()),
        list(happened.iter_rows()),
    )
    bounds = list(MULTIPLIERS)
    windows = SETTINGS.series.model_copy(update={"since_start_days": bounds})
    rows = series(cases, group_eras(cases), NOTHING, "antipsychotic", MAIN, windows, 0.95).rows
    last = f"{bounds[-1]}+"
    planted = {
        f"window={low}-{high - 1}": MULTIPLIERS[low] / MULTIPLIERS[bounds[-1]]
        for low, high in zip(bounds, bounds[1:], strict=False)
    }
    against_last = rows.filter(reference=last).with_columns(planted=pl.col("stratum").replace_strict(planted))
    shown = against_last.select("stratum", "numerator", "estimate", "low", "high", "planted")
    say(f"SIMULATED cohort, {cases.persons} persons with an episode, against {last} days since the start\n{shown}")
    assert against_last.filter(pl.col("planted").is_between("low", "high")).height >= len(planted) - 1
    assert (against_last["estimate"] / against_last["planted"]).log().abs().max() < 0.25
