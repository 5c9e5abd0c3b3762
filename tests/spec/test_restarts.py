"""What counts as a restart, and what followed it. The episode lasts from day 100 to day 110; its trigger is haloperidol."""

from pathlib import Path

import pytest

from nms_pv.measures.after.recurrence import restart_groups
from nms_pv.measures.after.restarts import index_episodes, with_restart
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.params import Generations
from tests.lib.after_tables import counted, episode, era, eras, met, observed
from tests.lib.questions import CHAINED_DAYS, QUESTIONS

GENERATIONS = Generations(disputed="table", third="own")
SETTINGS = QUESTIONS.after
HOW = (GENERATIONS, SETTINGS, CHAINED_DAYS)
Row = dict[str, object]


@pytest.fixture(scope="module")
def drugs(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


def after(drugs: DrugTable, taken: list[Row], *episodes: Row) -> Row:
    rows = observed(*(episodes or (episode(),)))
    index = index_episodes(counted(rows), rows, met(rows))
    return with_restart(index, eras(*taken), drugs, *HOW).row(0, named=True)


@pytest.mark.parametrize(
    ("taken", "fate", "gap"),
    [
        ([], "never_restarted", None),
        ([era(90, 105)], "never_restarted", None),
        ([era(90, 105), era(123, 200)], "restarted", "0-13"),
        ([era(90, 105), era(124, 200)], "restarted", "14-41"),
        ([era(90, 105), era(152, 200)], "restarted", "42+"),
        # What was left of a month's supply is no drug that went on; more is.
        ([era(90, 140), era(300, 400)], "restarted", "42+"),
        ([era(90, 141), era(300, 400)], "went_on", None),
        ([era(90, 900)], "went_on", None),
        # Another drug that is begun before so much supply has been used is a restart all the same.
        ([era(90, 900), era(120, 200, "quetiapine")], "restarted", "0-13"),
        # Levodopa is no dopamine antagonist.
        ([era(120, 200, "levodopa")], "never_restarted", None),
        ([era(1001, 1100)], "never_restarted", None),
        # On the last day with a sign it is part of the episode's treatment.
        ([era(110, 115)], "never_restarted", None),
    ],
)
def test_a_restart_is_the_first_new_antagonist_after_the_last_sign(
    taken: list[Row], fate: str, gap: str | None, drugs: DrugTable
) -> None:
    found = after(drugs, taken)
    assert found["fate"] == fate
    if fate == "restarted":
        assert found["gap"] == gap


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ([era(130, 200)], {"drug": "same", "potency": "high", "generation": "FGA", "form": "other"}),
        ([era(130, 200, "chlorpromazine")], {"drug": "other", "potency": "low", "generation": "FGA"}),
        ([era(130, 200, "metoclopramide")], {"drug": "other", "generation": "none"}),
        ([era(130, 200, formulation="long_acting")], {"drug": "same", "form": "long_acting"}),
        (
            [era(130, 160, "chlorpromazine"), era(130, 200, "quetiapine"), era(131, 300)],
            {"drug": "other", "potency": "low", "generation": "mixed", "stop_days": 70},
        ),
        ([era(90, 120), era(115, 200, "quetiapine")], {"was_covered": True}),
        ([era(90, 114), era(115, 200, "quetiapine")], {"was_covered": False}),
    ],
)
def test_a_restart_is_described(taken: list[Row], told: Row, drugs: DrugTable) -> None:
    found = after(drugs, taken)
    assert {name: found[name] for name in told} == told


def test_a_new_episode_before_the_restart_is_none_that_it_brought(drugs: DrugTable) -> None:
    found = after(drugs, [era(160, 200)], episode(), episode(number=2, start=150, sign=155))
    assert (found["fate"], found["next_day"]) == ("recurred_before_restart", 150)


def test_who_died_before_a_restart(drugs: DrugTable) -> None:
    assert after(drugs, [], episode(seen_until=120, death_day=120))["fate"] == "died"


def test_follow_up_is_counted_from_the_restart(drugs: DrugTable) -> None:
    found = after(drugs, [era(120, 200)], episode(death_day=1000), episode(number=2, start=150, sign=155))
    days = ("recurrence_days", "death_days", "seen_days", "enters_days", "stop_days")
    # A new episode begins 31 days after the last record of the one before at the earliest: on day 141, 21 days from the restart.
    assert {name: found[name] for name in days} == dict(zip(days, (30, 880, 880, 20, 80), strict=True))


def test_a_restart_belongs_to_every_group_that_describes_it(drugs: DrugTable) -> None:
    rows = observed(episode())
    index = index_episodes(counted(rows), rows, met(rows))
    found = restart_groups(with_restart(index, eras(era(130, 200, "chlorpromazine")), drugs, *HOW), SETTINGS)
    assert set(found.select("group_kind", "group").rows()) == {
        ("restart", "any"),
        ("restart_gap", "14-41"),
        ("restart_gap", "14+"),
        ("restart_potency", "low"),
        ("restart_potency", "mid_or_low"),
        ("restart_ingredient", "other"),
        ("restart_generation", "FGA"),
        ("restart_formulation", "other"),
    }
