"""What the comparison of persons with themselves means, in tables a clinician can read. Days count from the start of observation.

One person is observed on days 0 to 999 and takes haloperidol from day 100 to day 299.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.own_control.cases import all_episodes, cases_of, died_within
from nms_pv.measures.own_control.checks import around_episode, shares
from nms_pv.measures.own_control.crossover import NOBODY, PAIRS, SEVERAL, STARTED, crossover, observed_throughout
from nms_pv.measures.own_control.series import MAIN, analyses, method, series
from nms_pv.measures.own_control.spans import FAR, Spans, day_of, level_at, numbered, spans
from nms_pv.measures.own_control.windows import (
    Windows,
    age_spans,
    era_windows,
    first_start_windows,
    from_first_start,
    season_spans,
    stop_windows,
)
from nms_pv.spec.own_control import Series
from tests.lib.own_control import NOTHING, SETTINGS, Row, cases_and_eras, drawn, episodes_table, eras_table, observation

ONE = [(1, 0, 999)]
HALOPERIDOL = [(1, 100, 299)]
FEW = SETTINGS.series.model_copy(update={"fewest_episodes": 1})


def window_of(day: int, taken: list[Row], build: Callable[[Spans, Series], Windows] = era_windows) -> str:
    """The window of a day of the person who takes the drug so."""
    _, eras = cases_and_eras(ONE, taken, [(1, 500)])
    windows = build(eras, SETTINGS.series)
    level = level_at(windows.layer, numbered(np.array([0]), np.array([day])))[0]
    return windows.names[level - 1] if level else windows.baseline


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (69, "unexposed"),
        (70, "before start"),
        (99, "before start"),
        (100, "0-7"),
        (107, "0-7"),
        (108, "8-30"),
        (130, "8-30"),
        (131, "31-90"),
        (190, "31-90"),
        (191, "91+"),
        (299, "91+"),
        (300, "after end"),
        (329, "after end"),
        (330, "unexposed"),
    ],
)
def test_windows_around_an_era(day: int, window: str) -> None:
    assert window_of(day, HALOPERIDOL) == window


@pytest.mark.parametrize(
    ("day", "window"),
    [(104, "0-7"), (105, "after end"), (134, "after end"), (135, "before start"), (149, "before start"), (150, "0-7")],
)
def test_a_window_ends_with_the_era_and_the_days_after_it_go_before_those_of_the_next(day: int, window: str) -> None:
    assert window_of(day, [(1, 100, 104), (1, 150, 160)]) == window


@pytest.mark.parametrize(
    ("day", "window"),
    [(99, "unexposed"), (299, "taken"), (300, "stopped 1-7"), (306, "stopped 1-7"), (307, "stopped 8-30"), (330, "unexposed")],
)
def test_windows_after_the_stop_of_a_dopaminergic_drug(day: int, window: str) -> None:
    assert window_of(day, HALOPERIDOL, stop_windows) == window


@pytest.mark.parametrize(("day", "window"), [(99, "91+"), (100, "0-7"), (190, "31-90"), (191, "91+"), (400, "91+"), (405, "91+")])
def test_windows_since_the_first_start_know_no_stop_and_no_second_start(day: int, window: str) -> None:
    assert window_of(day, [(1, 100, 104), (1, 400, 600)], first_start_windows) == window


def test_observation_from_the_first_start_on() -> None:
    cases, eras = cases_and_eras([(1, 0, 50), (1, 60, 999), (2, 0, 999)], HALOPERIDOL, [(1, 500), (2, 500)])
    found = from_first_start(cases.observed, eras)
    assert [day_of(edge).tolist() for edge in (found.start, found.end)] == [[100], [999]]


def test_age_changes_on_birthdays_and_seasons_with_the_quarter() -> None:
    """Born on 29 February 1952; unknown for the second person."""
    born = (np.datetime64("1952-02-29") - np.datetime64("1970-01-01")).astype(int)
    ages = age_spans(np.array([born, -FAR]), [0, 18, 20])
    starts = [str(np.datetime64("1970-01-01") + day) for day in day_of(ages.start)]
    assert starts == ["1952-02-29", "1970-03-01", "1972-02-29"]
    assert ages.level.tolist() == [1, 2, 3]
    quarters = season_spans(spans(numbered(np.array([0]), np.array([-1])), numbered(np.array([0]), np.array([90]))))
    assert day_of(quarters.start).tolist() == [-1, 0, 90]
    assert quarters.level.tolist() == [4, 1, 2]


def test_the_first_episode_under_observation_counts() -> None:
    """The episode of day 10 lies before observation, that of day 900 is the second; the second person is ill unobserved."""
    seen = observation([(1, 50, 999), (2, 0, 20), (3, 0, 999)], death={1: 950})
    cases = cases_of(episodes_table([(1, 10), (1, 100), (1, 900), (2, 300)]), seen, eras_table(HALOPERIDOL))
    assert cases.persons == 1
    assert day_of(cases.counted).tolist() == [100]
    assert day_of(cases.observed.end).tolist() == [950]
    assert [died_within(cases, days).item() for days in (849, 850)] == [False, True]


def test_every_episode_counts_but_not_soon_after_another() -> None:
    """Episodes last to the second day after their first; 30 days after that are left out."""
    cases, _ = cases_and_eras(ONE, HALOPERIDOL, [(1, 100), (1, 130), (1, 500)])
    observed, events = all_episodes(cases, 30)
    assert day_of(events).tolist() == [100, 500]
    assert list(zip(day_of(observed.start).tolist(), day_of(observed.end).tolist(), strict=True)) == [
        (0, 100),
        (163, 500),
        (533, 999),
    ]


def test_each_window_says_its_episodes_and_days_and_what_it_is_compared_with() -> None:
    people = range(1, 7)
    cases, eras = cases_and_eras(
        [(person, 0, 999) for person in people],
        [(person, 100, 299) for person in people],
        [(1, 103), (2, 110), (3, 111), (4, 200), (5, 700), (6, 701)],
        birth=None,
    )
    rows = series(cases, eras, NOTHING, "antipsychotic", MAIN, FEW, 0.95).rows
    shown = rows.select("stratum", "reference", "numerator", "denominator", "reference_numerator", "reference_denominator")
    assert shown.rows() == [
        ("window=before start", "unexposed", 0, 180, 2, 4440),
        ("window=0-7", "unexposed", 1, 48, 2, 4440),
        ("window=8-30", "unexposed", 2, 138, 2, 4440),
        ("window=31-90", "unexposed", 0, 360, 2, 4440),
        ("window=91+", "unexposed", 1, 654, 2, 4440),
        ("window=after end", "unexposed", 0, 180, 2, 4440),
        ("window=0-7", "91+", 1, 48, 1, 654),
        ("window=8-30", "91+", 2, 138, 1, 654),
        ("window=31-90", "91+", 0, 360, 1, 654),
    ]
    # All persons have the same windows: the ratio is that of the rates.
    assert rows["estimate"][1] == pytest.approx((1 / 48) / (2 / 4440), rel=1e-5)
    assert rows["undefined_reason"].to_list()[3] == "no episode in the window"


def test_why_there_is_no_ratio() -> None:
    """Nobody ill while unexposed; nobody observed after day 90; nobody whose own days lie on both sides."""
    said = {}
    for name, observed, taken, episodes in (
        ("no unexposed episode", [(1, 0, 150)], [(1, 100, 299)], [(1, 103)]),
        ("apart", [(1, 100, 107), (2, 400, 450)], [(1, 100, 299)], [(1, 103), (2, 410)]),
        ("few", ONE, HALOPERIDOL, [(1, 700)]),
    ):
        cases, eras = cases_and_eras(observed, taken, episodes)
        rows = series(cases, eras, NOTHING, "antipsychotic", MAIN, FEW, 0.95).rows
        assert rows.select(pl.col("estimate", "low", "high").is_null().all()).row(0) == (True, True, True)
        said[name] = dict(rows.select(pl.concat_str("stratum", "reference", separator=" vs "), "undefined_reason").iter_rows())
    early = "window=0-7 vs unexposed"
    assert said["no unexposed episode"][early] == "no episode in the reference time"
    assert said["no unexposed episode"]["window=0-7 vs 91+"] == "no observed day in the reference time"
    assert said["no unexposed episode"]["window=91+ vs unexposed"] == "no observed day in the window"
    assert said["apart"][early].startswith("no finite estimate: within persons")
    assert said["few"][early] == "fewer than 1 episodes in the windows of the group"


def test_every_analysis_runs_and_says_what_it_does() -> None:
    cases, eras = cases_and_eras(*drawn(np.random.default_rng(1), 80))
    names = analyses(SETTINGS.series)
    assert names == [
        "first_episode",
        "all_episodes",
        "without_age",
        "with_season",
        "from_first_start",
        "without_deaths_30",
        "without_deaths_90",
    ]
    for name in names:
        rows = series(cases, eras, eras, "generation", name, SETTINGS.series, 0.95).rows
        assert rows.height == (3 if name == "from_first_start" else 9)
        assert ("other antipsychotics" in method(name, "generation")) == (name != "from_first_start")
        assert "other antipsychotics" not in method(name, "antipsychotic")
    assert "died within 90 days" in method("without_deaths_90", "antipsychotic")


def test_persons_who_died_soon_are_left_out_where_it_says_so() -> None:
    observed, taken, episodes = drawn(np.random.default_rng(1), 80)
    deaths = {person: day + 20 for person, day in episodes[:30]}
    cases, eras = cases_and_eras(observed, taken, episodes, death=deaths)
    found = [
        series(cases, eras, NOTHING, "antipsychotic", name, SETTINGS.series, 0.95).cells.events.sum()
        for name in (MAIN, "without_deaths_30")
    ]
    assert found == [80, 50]


@pytest.mark.parametrize(
    ("taken", "analysis", "counts"),
    [
        ((470, 600), PAIRS, (1, 1, 0, 1)),
        ((380, 409), PAIRS, (0, 1, 1, 1)),
        ((300, 600), PAIRS, (0, 1, 0, 1)),
        ((500, 600), PAIRS, (0, 1, 0, 1)),
        ((470, 600), STARTED, (1, 1, 0, 1)),
        ((469, 600), STARTED, (0, 1, 0, 1)),
        ((300, 600), SEVERAL, (1, 1, 3, 3)),
    ],
)
def test_pairs_of_windows_before_an_episode_on_day_500(
    taken: tuple[int, int], analysis: str, counts: tuple[int, int, int, int]
) -> None:
    """Risk: days 470 to 499; reference: days 380 to 409."""
    cases, eras = cases_and_eras(ONE, [(1, *taken)], [(1, 500)])
    row = crossover(cases, eras, NOTHING, analysis, SETTINGS.crossover, 0.95)
    assert row.select("numerator", "denominator", "reference_numerator", "reference_denominator").row(0) == counts
    assert row["undefined_reason"].item() is None or row["estimate"].item() is None


@pytest.mark.parametrize(("first", "kept"), [(380, 1), (381, 0)])
def test_all_windows_must_be_observed(first: int, kept: int) -> None:
    cases, eras = cases_and_eras([(1, first, 999)], HALOPERIDOL, [(1, 500)])
    assert observed_throughout(cases, SETTINGS.crossover.reference_days[:1]).size == kept
    row = crossover(cases, eras, NOTHING, SEVERAL, SETTINGS.crossover, 0.95)
    assert row["undefined_reason"].item() == NOBODY


def test_what_the_checks_count() -> None:
    """Four persons ill on day 200: one stops then, one goes on, one starts on day 190, one was never exposed and dies."""
    people = range(1, 5)
    cases, eras = cases_and_eras(
        [(person, 0, 999) for person in people],
        [(1, 100, 200), (2, 100, 400), (3, 190, 210)],
        [(person, 200) for person in people] + [(2, 600)],
        death={4: 220},
    )
    found = {
        stratum.removeprefix("check="): (n, of)
        for stratum, n, of in shares(cases, eras, [30], 0.95).select("stratum", "numerator", "denominator").iter_rows()
    }
    assert found == {
        "taken_before;days=30": (1, 2),
        "stopped_after;days=30": (2, 3),
        "ended_after;days=30": (1, 4),
        "recurred": (1, 4),
    }
    points = {
        (curve, x): (y, at_risk)
        for curve, x, y, at_risk in around_episode(cases, eras, SETTINGS.around).select("curve", "x", "y", "at_risk").iter_rows()
    }
    assert points["exposed_around_episode", 0.0] == (0.75, 4)
    assert points["exposed_around_episode", 30.0] == (pytest.approx(1 / 3), 3)
    assert points["starts_around_episode", -30.0] == (0.25, 4)
    assert points["observation_ended_after_episode", 30.0] == (0.25, 4)
