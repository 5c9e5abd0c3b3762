"""When an episode counts as over, day by day, and what is left out. Days are counted from the first day of the episode."""

import polars as pl
import pytest

from nms_pv.measures.course.cohort_cases import observed_episodes
from nms_pv.measures.course.recovery import ends
from nms_pv.tables.evidence import EPISODES, FINDINGS
from nms_pv.tables.person_time import CASE_OBSERVATION
from tests.lib.after_tables import episode, observed
from tests.lib.declared_rows import rows

SIGN_FREE = 7


@pytest.mark.parametrize(
    ("last_sign", "death", "left", "time", "cause"),
    [
        (10, None, 900, 10, "recovered"),
        (10, None, 17, 10, "recovered"),
        # Seven days without a sign were not seen: what was known last is day 9.
        (10, None, 16, 9, "censored"),
        (10, None, 10, 3, "censored"),
        # Death within seven days of the last sign is death of the episode; later it follows a recovery.
        (10, 17, 17, 17, "died"),
        (10, 18, 18, 10, "recovered"),
        (0, None, 900, 0, "recovered"),
        (0, 0, 0, 0, "died"),
    ],
)
def test_an_episode_ends(last_sign: int, death: int | None, left: int, time: int, cause: str) -> None:
    days = {"start": 100, "sign": 100 + last_sign, "seen_until": 100 + left}
    row = episode(**days, death_day=None if death is None else 100 + death)
    found = ends(observed(row), SIGN_FREE).row(0, named=True)
    assert (found["time"], found["cause"]) == (time, {"censored": 0, "recovered": 1, "died": 2}[cause])


def test_who_was_seen_for_less_than_the_days_that_decide_tells_nothing() -> None:
    assert ends(observed(episode(sign=103, seen_until=106)), SIGN_FREE).is_empty()


def test_the_last_sign_is_the_last_record_or_finding_that_is_present_and_no_background() -> None:
    found = [
        {"day": 120, "state": "present", "grade": "weak"},
        {"day": 130, "state": "present", "grade": "context"},
        {"day": 140, "state": "absent", "grade": "core"},
        {"day": 150, "state": "measured", "grade": "core", "value": 37.0},
    ]
    subject = {"subject_id": "omop:1#1", "source_line": 1}
    findings = rows(FINDINGS, *(subject | {"finding_no": n} | row for n, row in enumerate(found, start=1)))
    candidates = rows(EPISODES, {"subject_id": "omop:1#1", "start_day": 100, "end_day": 110})
    seen = {"start_day": 0, "end_day": 500}
    assert _last_sign(candidates, findings, seen) == 120
    assert _last_sign(candidates, findings.clear(), seen) == 110
    assert _last_sign(candidates, findings, seen | {"end_day": 115}) == 115


def test_a_death_after_the_end_of_observation_is_not_counted() -> None:
    candidates = rows(EPISODES, {"subject_id": "omop:1#1", "start_day": 100, "end_day": 110})
    known = rows(CASE_OBSERVATION, {"start_day": 0, "end_day": 500, "death_day": 500})
    later = rows(CASE_OBSERVATION, {"start_day": 0, "end_day": 500, "death_day": 501})
    no_findings = rows(FINDINGS)
    assert observed_episodes(candidates, no_findings, known)["death_day"].to_list() == [500]
    assert observed_episodes(candidates, no_findings, later)["death_day"].to_list() == [None]


def _last_sign(candidates: pl.DataFrame, findings: pl.DataFrame, seen: dict[str, object]) -> int:
    return observed_episodes(candidates, findings, rows(CASE_OBSERVATION, seen))["last_sign_day"].item()
