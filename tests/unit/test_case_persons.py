"""What is kept of people with a candidate episode."""

import polars as pl

from nms_pv.exposure.cohort.case_persons import case_courses, case_observation
from nms_pv.tables.cohort import DRUG_EXPOSURES, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.person_time import CASE_COURSES, CASE_OBSERVATION
from tests.lib.declared_rows import rows

EPISODE = rows(EPISODES, {"subject_id": "omop:1#1", "person_id": 1}).lazy()


def exposures(*days: tuple[int, int, int]) -> pl.LazyFrame:
    taken = [
        {
            "person_id": person,
            "ingredient": "haloperidol",
            "formulation": "other",
            "start_day": start,
            "end_day": end,
            "source_line": n,
        }
        for n, (person, start, end) in enumerate(days, start=1)
    ]
    return rows(DRUG_EXPOSURES, *taken).lazy()


def test_only_people_with_an_episode_are_kept_with_every_stretch_of_observation() -> None:
    born = {"birth_year": 1960, "birth_month": 2, "birth_day_of_month": 1, "sex": "male"}
    persons = rows(PERSONS, {"person_id": 1, **born}, {"person_id": 2, **born}).lazy()
    periods = [{"person_id": p, "start_day": s, "end_day": s + 50} for p, s in ((1, 0), (1, 100), (2, 0))]
    found = CASE_OBSERVATION.check(case_observation(persons, rows(OBSERVATION_PERIODS, *periods).lazy(), EPISODE))
    assert found.select("person_id", "start_day", "end_day", "sex").rows() == [(1, 0, 50, "male"), (1, 100, 150, "male")]
    assert found["birth_day"].unique().to_list() == [-3622]  # 1 February 1960


def test_an_unknown_birth_year_gives_no_birth_day() -> None:
    persons = rows(PERSONS, {"person_id": 1}).lazy()
    periods = rows(OBSERVATION_PERIODS, {"person_id": 1, "start_day": 0, "end_day": 9}).lazy()
    assert case_observation(persons, periods, EPISODE)["birth_day"].to_list() == [None]


def test_courses_join_over_a_short_gap_only() -> None:
    taken = exposures((1, 0, 9), (1, 17, 20), (1, 29, 40), (2, 0, 9))
    found = CASE_COURSES.check(case_courses(taken, EPISODE, 8))
    assert found.select("person_id", "start_day", "end_day", "exposures").rows() == [(1, 0, 20, 2), (1, 29, 40, 1)]
