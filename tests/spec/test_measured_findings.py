"""What a measured value of an episode carries: its upper limit, the person's baseline, and how much it changed in 24 hours.

The episode is one coded diagnosis on day 0. What a value means is asked by each definition; here nothing is judged.
"""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.tables.evidence import FINDINGS
from tests.lib.cohort_rows import condition, evidence, measured
from tests.lib.harness import read

LIMITS = """
    measured            | value/limit | recorded
    --------------------+-------------+---------
    1:1240/300          | 1240/300    | yes
    1:1240              | 1240/200    | no
    1:90/0              | 90/200      | no
    """
BASELINES = """
    measured                           | baseline | why
    -----------------------------------+----------+------------------------------------------------------
    0:120                              |          | nothing was measured before
    -30:80 0:120                       | 80       | one value before
    -30:80 -20:90 -10:70 0:120         | 80       | the median of three
    -30:80 -20:90 0:120                | 85       | the median of two
    -8:80 0:120                        | 80       | eight days before is still before
    -365:80 0:120                      | 80       | a year before is still near
    -366:80 0:120                      |          | more than a year before says nothing
    """
CHANGES = """
    measured                   | change of the last | why
    ---------------------------+--------------------+---------------------------------------------------
    0:120                      |                    | a single value does not show that nothing changed
    0:120 0:120                | 0                  | two equal values do
    0:120 0:150                | 30                 | two on one day, without a time
    0:120 1:150                |                    | on two days without a time may be 48 hours apart
    0:120@08 0:150@20          | 30                 | twelve hours apart
    0:120@20 1:150@08          | 30                 | twelve hours apart, over midnight
    0:120@08 1:150@08          |                    | 24 hours apart is outside
    0:150@06 0:110@09 0:140@12 | 40                 | between the highest and the lowest, not the last two
    """


@pytest.mark.parametrize("row", read(LIMITS), ids=lambda row: row["measured"])
def test_the_upper_limit_is_the_recorded_one_else_the_studys(row: dict[str, str], tmp_path: Path) -> None:
    (found,) = _values(row["measured"], "creatine_kinase", tmp_path).iter_rows(named=True)
    assert f"{found['value']:g}/{found['upper_limit']:g}" == row["value/limit"]
    assert found["upper_limit_is_recorded"] == (row["recorded"] == "yes")


@pytest.mark.parametrize("row", read(BASELINES), ids=lambda row: row["measured"])
def test_the_baseline_is_the_median_before_the_episode(row: dict[str, str], tmp_path: Path) -> None:
    found = _values(row["measured"], "heart_rate", tmp_path).filter(pl.col("value") == 120)
    assert found["baseline"].to_list() == [float(row["baseline"]) if row["baseline"] else None]


@pytest.mark.parametrize("row", read(CHANGES), ids=lambda row: row["measured"])
def test_the_change_within_24_hours(row: dict[str, str], tmp_path: Path) -> None:
    found = _values(row["measured"], "systolic_pressure", tmp_path).sort("occasion", "source_line")
    assert found["change_24h"].to_list()[-1] == (float(row["change of the last"]) if row["change of the last"] else None)


def test_every_value_is_a_finding_of_its_own(tmp_path: Path) -> None:
    found = _values("0:38.1 0:38.6 3:37.0", "body_temperature", tmp_path)
    assert found.select("element", "state", "value", "unit").rows() == [
        ("body_temperature", "measured", 38.1, "Cel"),
        ("body_temperature", "measured", 38.6, "Cel"),
        ("body_temperature", "measured", 37.0, "Cel"),
    ]


def _values(text: str, name: str, tmp_path: Path) -> pl.DataFrame:
    measurements = [_measurement(part, name) for part in text.split()]
    folder = evidence(tmp_path, conditions=[condition(0)], measurements=measurements)
    return FINDINGS.scan(folder / "findings").filter(pl.col("source_id") == "omop:measurement").collect()


def _measurement(text: str, name: str) -> dict[str, object]:
    day, _, rest = text.partition(":")
    size, _, hour = rest.partition("@")
    value, _, limit = size.partition("/")
    return measured(int(day), float(value), name, float(limit) if limit else None, time=f"T{hour}:00" if hour else "")
