"""Eras, days at risk and true episodes of the SIMULATED cohort, on tables small enough to check by hand."""

import numpy as np
import polars as pl
import pytest

from nms_pv.simulate.omop import episodes
from nms_pv.simulate.omop.episodes import draw_episodes
from nms_pv.simulate.omop.eras import eras, person_time, windows
from nms_pv.simulate.omop.people import People
from nms_pv.simulate.omop.products import BASE_RATES, PRODUCTS

HALOPERIDOL, DECANOATE = 0, 1
LEVODOPA = next(number for number, product in enumerate(PRODUCTS) if product.ingredient == "levodopa")
LITHIUM = next(number for number, product in enumerate(PRODUCTS) if product.ingredient == "lithium")


def supplies(*rows: tuple[int, int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "product", "start_day", "end_day"], orient="row")


def observed(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "start_day", "end_day"], orient="row")


def test_supplies_thirty_days_apart_are_one_era_and_thirty_one_are_two() -> None:
    found = eras(supplies((1, HALOPERIDOL, 0, 9), (1, HALOPERIDOL, 39, 50), (1, HALOPERIDOL, 81, 90)))
    assert found.rows() == [(1, "haloperidol", 0, 50), (1, "haloperidol", 81, 90)]


def test_forms_of_one_ingredient_are_one_era_and_the_latest_end_counts() -> None:
    found = eras(supplies((1, HALOPERIDOL, 0, 99), (1, DECANOATE, 10, 20), (1, HALOPERIDOL, 120, 130), (2, HALOPERIDOL, 0, 5)))
    assert found.rows() == [(1, "haloperidol", 0, 130), (2, "haloperidol", 0, 5)]


def test_what_no_rate_is_planted_for_has_no_era() -> None:
    assert eras(supplies((1, LITHIUM, 0, 10))).is_empty()


def test_days_at_risk_go_on_for_seven_days_and_are_cut_by_days_since_start() -> None:
    found = windows(eras(supplies((1, HALOPERIDOL, 100, 140))), observed((1, 0, 1000)))
    days = found.select("start_day", "end_day", "since_start", "rate").rows()
    base = BASE_RATES["haloperidol"]
    assert days == [(100, 107, "0-7", 6 * base), (108, 130, "8-30", 3 * base), (131, 147, "31-90", 1.5 * base)]


def test_days_at_risk_lie_under_observation() -> None:
    found = windows(eras(supplies((1, HALOPERIDOL, 100, 140))), observed((1, 103, 105), (1, 140, 200)))
    assert found.select("start_day", "end_day").rows() == [(103, 105), (140, 147)]
    assert found["era_start"].unique().to_list() == [100]


def test_days_after_levodopa_end_with_its_next_start() -> None:
    found = windows(eras(supplies((1, LEVODOPA, 0, 9), (1, LEVODOPA, 60, 69))), observed((1, 0, 72)))
    assert found.select("kind", "start_day", "end_day").rows() == [("withdrawal", 10, 16), ("withdrawal", 70, 72)]


def test_person_time_is_split_by_calendar_year() -> None:
    found = person_time(windows(eras(supplies((1, HALOPERIDOL, 360, 363))), observed((1, 0, 1000))))
    rows = found.select("year", "since_start", "person_days").rows()
    assert rows == [(1970, "0-7", 5), (1971, "0-7", 3), (1971, "8-30", 3)]
    assert found["expected_episodes"].sum() == pytest.approx(
        BASE_RATES["haloperidol"] * (6 * 8 + 3 * 3) / 100_000 / 365.25, abs=2e-6
    )


def many(persons: int, days: int) -> tuple[People, pl.DataFrame]:
    """People who take haloperidol in supplies of 30 days, from the first day under observation to the last."""
    number = np.arange(1, persons + 1)
    fills = days // 30
    start = np.tile(np.arange(fills) * 30, persons)
    rows = pl.DataFrame(
        {
            "person_id": np.repeat(number, fills),
            "product": np.zeros(persons * fills, dtype=np.int64),
            "start_day": start,
            "end_day": start + 29,
        }
    )
    periods = pl.DataFrame({"person_id": number, "start_day": 0 * number, "end_day": 0 * number + days - 1})
    nobody = pl.DataFrame(schema={"person_id": pl.Int64, "death_day": pl.Int64})
    return People(pl.DataFrame({"person_id": number}), periods, nobody), rows


@pytest.fixture
def frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty times as many episodes, so that a few thousand people show what the rule does."""
    for ingredient, rate in BASE_RATES.items():
        monkeypatch.setitem(BASE_RATES, ingredient, 50 * rate)


@pytest.mark.usefixtures("frequent")
def test_episodes_are_drawn_from_the_planted_hazard() -> None:
    people, rows = many(6000, 360)
    history = draw_episodes(people, rows, np.random.default_rng(1))
    first = history.episodes.unique("person_id", keep="first", maintain_order=True)
    days = np.array([8, 23, 60, 269])
    mean = 0.32 / 365.25 * np.array([6, 3, 1.5, 0.8]) * days
    before = np.r_[0, np.cumsum(mean)]
    expected = 6000 * (np.exp(-before[:-1]) - np.exp(-before[1:]))
    bands = dict(first["since_start"].value_counts().iter_rows())
    drawn = np.array([bands[name] for name in ("0-7", "8-30", "31-90", "91-365")])
    assert np.abs(drawn - expected).max() < 4 * np.sqrt(expected.max())


@pytest.mark.usefixtures("frequent")
def test_after_an_episode_drugs_are_mostly_stopped_and_some_people_die() -> None:
    people, rows = many(3000, 360)
    history = draw_episodes(people, rows, np.random.default_rng(2))
    first = history.episodes.unique("person_id", keep="first", maintain_order=True)
    fatal = first.filter("is_fatal").select("person_id", "last_day")
    assert fatal.height > 10
    deaths = dict(history.people.deaths.iter_rows())
    assert all(deaths[person] == day for person, day in fatal.iter_rows())
    late = history.dispensings.join(fatal, on="person_id").filter(pl.col("start_day") > pl.col("last_day"))
    assert late.is_empty()
    early = first.filter((pl.col("day") < 200) & ~pl.col("is_fatal"))
    soon = history.dispensings.join(early.select("person_id", "day"), on="person_id").filter(
        (pl.col("start_day") - pl.col("day")).is_between(1, episodes.STOP_DAYS)
    )
    assert soon["person_id"].n_unique() / early.height == pytest.approx(1 - episodes.STOPS_SHARE, abs=0.08)


@pytest.mark.usefixtures("frequent")
def test_a_second_episode_waits_for_recovery() -> None:
    people, rows = many(3000, 720)
    found = draw_episodes(people, rows, np.random.default_rng(3)).episodes
    again = found.with_columns(pl.col("last_day").shift(1).over("person_id").alias("before")).drop_nulls("before")
    assert again.height > 50
    assert (again["day"] - again["before"]).min() > episodes.RECOVERY_DAYS
    assert found.group_by("person_id").len()["len"].max() == episodes.ROUNDS


@pytest.mark.usefixtures("frequent")
def test_hazards_of_two_drugs_add_up_and_both_are_told() -> None:
    people, rows = many(2000, 360)
    olanzapine = next(n for n, product in enumerate(PRODUCTS) if product.ingredient == "olanzapine")
    both = pl.concat([rows, rows.with_columns(pl.lit(olanzapine, pl.Int64).alias("product"))]).sort("person_id", "start_day")
    alone = draw_episodes(people, rows, np.random.default_rng(4)).episodes
    found = draw_episodes(people, both, np.random.default_rng(4)).episodes
    assert found.height > alone.height
    assert "haloperidol;olanzapine" in found["ingredients"].to_list()
    drawn = dict(found["ingredient"].value_counts().iter_rows())
    assert drawn["haloperidol"] / found.height == pytest.approx(160 / 210, abs=0.06)


def test_without_anybody_at_risk_there_are_no_episodes() -> None:
    people, rows = many(5, 30)
    history = draw_episodes(people, rows.with_columns(pl.lit(LITHIUM, pl.Int64).alias("product")), np.random.default_rng(5))
    assert history.episodes.is_empty()
    assert history.dispensings.height == rows.height
