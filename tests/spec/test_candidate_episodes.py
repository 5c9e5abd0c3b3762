"""Which records make a candidate episode, where one ends and the next begins, and what belongs to it."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.spec.params import Episodes
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from tests.lib.cohort_rows import DAY_0, Row, condition, evidence, exposure, measured, procedure
from tests.lib.harness import read

CHAINS = """
    days of candidate records | episodes
    --------------------------+------------------
    0                         | 0-0
    0 0                       | 0-0
    0 30                      | 0-30
    0 31                      | 0-0 31-31
    0 30 60 91                | 0-60 91-91
    100 0 40                  | 0-0 40-40 100-100
    """


@pytest.mark.parametrize("row", read(CHAINS), ids=lambda row: row["days of candidate records"])
def test_records_at_most_30_days_apart_are_one_episode(row: dict[str, str], tmp_path: Path) -> None:
    days = [int(day) for day in row["days of candidate records"].split()]
    assert _episodes(tmp_path, conditions=[condition(day) for day in days]) == row["episodes"].split()


CANDIDATES = """
    record                            | makes a candidate
    ----------------------------------+------------------
    nms_diagnosis                     | nms_diagnosis
    rigidity                          | rigidity
    altered_mental_status             |
    creatine_kinase 800               | creatine_kinase
    creatine_kinase 799               |
    creatine_kinase 1200 of limit 300 | creatine_kinase
    creatine_kinase 1199 of limit 300 |
    creatine_kinase 800 of limit 0    | creatine_kinase
    body_temperature 41               |
    """


@pytest.mark.parametrize("row", read(CANDIDATES), ids=lambda row: row["record"])
def test_what_makes_a_candidate(row: dict[str, str], tmp_path: Path) -> None:
    name, _, size = row["record"].partition(" ")
    value, _, limit = size.partition(" of limit ")
    recorded = {"measurements": [measured(0, float(value), name, float(limit) if limit else None)]} if size else {}
    found = _table(EPISODES, evidence(tmp_path, conditions=[] if size else [condition(0, name)], **recorded))
    assert found["candidate_by"].to_list() == [row["makes a candidate"]] * bool(row["makes a candidate"])


def test_all_that_makes_it_a_candidate_is_named_once(tmp_path: Path) -> None:
    found = _table(
        EPISODES,
        evidence(tmp_path, conditions=[condition(0, "rigidity"), condition(1, "rigidity")], measurements=[measured(2, 5000)]),
    )
    assert found["candidate_by"].to_list() == ["creatine_kinase;rigidity"]
    assert found["subject_id"].to_list() == ["omop:1#1"]


def test_episodes_are_numbered_within_their_person(tmp_path: Path) -> None:
    folder = evidence(tmp_path, conditions=[condition(50, person=7), condition(0, person=7), condition(20, person=-3)])
    assert _table(EPISODES, folder)["subject_id"].to_list() == ["omop:-3#1", "omop:7#1", "omop:7#2"]


WINDOW = """
    day of the record | belongs
    ------------------+--------
    -8                | no
    -7                | yes
    0                 | yes
    17                | yes
    18                | no
    """


@pytest.mark.parametrize("row", read(WINDOW), ids=lambda row: row["day of the record"])
def test_findings_from_7_days_before_to_7_days_after(row: dict[str, str], tmp_path: Path) -> None:
    """The episode lasts from day 0 to day 10."""
    day, nms = int(row["day of the record"]), [condition(0), condition(10)]
    with_condition = evidence(tmp_path / "condition", conditions=[*nms, condition(day, "altered_mental_status")])
    with_procedure = evidence(tmp_path / "procedure", conditions=nms, procedures=[procedure(day)])
    with_measurement = evidence(tmp_path / "measurement", conditions=nms, measurements=[measured(day, 180)])
    for folder in (with_condition, with_procedure, with_measurement):
        assert _table(FINDINGS, folder).height == (3 if row["belongs"] == "yes" else 2)


NEIGHBOURS = """
    day of the record | belongs to episode
    ------------------+-------------------
    -7                | 1
    5                 | 1
    6                 | 1
    7                 | 2
    12                | 2
    """


@pytest.mark.parametrize("row", read(NEIGHBOURS), ids=lambda row: row["day of the record"])
def test_a_record_in_two_windows_belongs_to_the_nearer_episode_or_the_earlier(row: dict[str, str], tmp_path: Path) -> None:
    """Episodes at day 0 and day 12; records more than 10 days apart are two episodes here."""
    settings = Episodes(gap_days=10, finding_days=7, exposure_days=60)
    other = condition(int(row["day of the record"]), "altered_mental_status")
    found = _table(FINDINGS, evidence(tmp_path, settings, conditions=[condition(0), condition(12), other]))
    owner = found.filter(pl.col("element") == "altered_mental_status")["subject_id"].to_list()
    assert owner == [f"omop:1#{row['belongs to episode']}"]


COURSES = """
    start | end | near | since start | since end | timing             | why
    ------+-----+------+-------------+-----------+--------------------+------------------------------------------
    -90   | -61 | no   |             |           |                    | ended more than 60 days before
    -90   | -60 | yes  | 90          | 60        | known              | ended 60 days before
    -2    | 20  | yes  | 2           | -20       | known              | taken at onset
    0     | 0   | yes  | 0           | 0         | known              | begun on the day of onset
    1     | 5   | yes  |             | -5        | event_before_start | begun after onset: treatment, perhaps
    17    | 17  | yes  |             | -17       | event_before_start | begun 7 days after the last record
    18    | 20  | no   |             |           |                    | begun later
    """


@pytest.mark.parametrize("row", read(COURSES), ids=lambda row: row["why"])
def test_drug_exposures_near_an_episode(row: dict[str, str], tmp_path: Path) -> None:
    """The episode lasts from day 0 to day 10."""
    exposures = [exposure(int(row["start"]), int(row["end"]))]
    found = _table(EXPOSURES, evidence(tmp_path, conditions=[condition(0), condition(10)], exposures=exposures))
    since_start, since_end = (int(row[column]) if row[column] else None for column in ("since start", "since end"))
    expected = ("haloperidol", "antagonist", "unknown", row["timing"], since_start, since_end)
    said = found.select("ingredient", "relation", "role", "timing", "onset_minus_start", "onset_minus_end").rows()
    assert said == [expected] * (row["near"] == "yes")


REFILLS = """
    exposures     | withdrawals | why
    --------------+-------------+---------------------------------------------
    -30:-2        | 1           | stopped two days before
    -30:-2 -1:28  | 1           | refilled in time: only the last one can stop
    -30:-2 -9:28  | 1           | refilled early
    -30:-2 0:28   | 2           | a day without
    -30:-2 -9:-4  | 1           | the longer one covers the shorter
    -30:-2 -15:-2 | 2           | both stop on one day
    """


@pytest.mark.parametrize("row", read(REFILLS), ids=lambda row: row["why"])
def test_a_drug_that_goes_on_is_not_withdrawn(row: dict[str, str], tmp_path: Path) -> None:
    spans = [tuple(map(int, span.split(":"))) for span in row["exposures"].split()]
    levodopa = [exposure(start, end, "levodopa") for start, end in spans]
    found = _table(EXPOSURES, evidence(tmp_path, conditions=[condition(0)], exposures=levodopa))
    relations = found["relation"].to_list()
    assert (relations.count("withdrawal"), relations.count("treatment")) == (int(row["withdrawals"]), len(spans))


def test_another_person_or_drug_does_not_make_it_go_on(tmp_path: Path) -> None:
    others = [exposure(-1, 28, "amantadine"), exposure(-1, 28, "levodopa", person=2)]
    found = _table(
        EXPOSURES,
        evidence(tmp_path, conditions=[condition(0), condition(0, person=2)], exposures=[exposure(-30, -2, "levodopa"), *others]),
    )
    assert found.filter(ingredient="levodopa", relation="withdrawal")["subject_id"].to_list() == ["omop:1#1", "omop:2#1"]


def _table(table: object, folder: Path) -> pl.DataFrame:
    return table.scan(folder / table.name.partition("/")[2]).collect()  # type: ignore[attr-defined]


def _episodes(tmp_path: Path, **canonical: list[Row]) -> list[str]:
    found = _table(EPISODES, evidence(tmp_path, **canonical))
    return [f"{start - DAY_0}-{end - DAY_0}" for start, end in found.select("start_day", "end_day").iter_rows()]
