"""What measurements of an episode say: beyond the rule is present, measured but not beyond is absent, not measured is no row.

The episode is one coded diagnosis on day 0. Limits of normal are those recorded, else the default of 200 U/L or 11 10*9/L.
"""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.tables.evidence import FINDINGS
from tests.lib.cohort_rows import DAY_0, condition, evidence, measured
from tests.lib.harness import read

CREATINE_KINASE = """
    day:value/limit      | state   | grade | value | day | term
    ---------------------+---------+-------+-------+-----+------------------------------------------------------------
                         |         |       |       |     |
    1:1240/200           | present | core  | 1240  | 1   | creatine kinase 1240 U/L, 6.2 x upper limit of 200 U/L
    1:1240               | present | core  | 1240  | 1   | creatine kinase 1240 U/L, 6.2 x default upper limit of 200 U/L
    1:800/200            | present | core  | 800   | 1   | creatine kinase 800 U/L, 4 x upper limit of 200 U/L
    1:799.9/200          | absent  | core  | 799.9 | 1   | creatine kinase 799.9 U/L, 3.9 x upper limit of 200 U/L
    1:90/200 3:180/200   | absent  | core  | 180   | 3   | creatine kinase 180 U/L, 0.9 x upper limit of 200 U/L
    1:90/200 3:4100/200  | present | core  | 4100  | 3   | creatine kinase 4100 U/L, 20.5 x upper limit of 200 U/L
    1:950/300 2:900/200  | present | core  | 900   | 2   | creatine kinase 900 U/L, 4.5 x upper limit of 200 U/L
    2:900/200 1:900/200  | present | core  | 900   | 1   | creatine kinase 900 U/L, 4.5 x upper limit of 200 U/L
    """
TEMPERATURE = """
    day:value            | state   | grade | value | day | term
    ---------------------+---------+-------+-------+-----+------------------------------------------------------------
    0:38.0 1:37.2        | absent  | core  | 38    | 0   | body temperature 38 Cel, not above 38 Cel
    0:38.1               | present | weak  | 38.1  | 0   | body temperature 38.1 Cel, above 38 Cel on 1 occasion, 2015-03-01
    0:38.1 0:38.6        | present | weak  | 38.6  | 0   | body temperature 38.6 Cel, above 38 Cel on 1 occasion, 2015-03-01
    0:38.1 2:39.4        | present | core  | 39.4  | 0   | body temperature 39.4 Cel, above 38 Cel on 2 occasions from 2015-03-01
    0:38.1@08 0:38.3@20  | present | core  | 38.3  | 0   | body temperature 38.3 Cel, above 38 Cel on 2 occasions from 2015-03-01
    0:37 1:39 2:38.5     | present | core  | 39    | 1   | body temperature 39 Cel, above 38 Cel on 2 occasions from 2015-03-02
    """
LEUKOCYTES = """
    day:value/limit      | state   | grade | value | day | term
    ---------------------+---------+-------+-------+-----+------------------------------------------------------------
    0:11                 | absent  | core  | 11    | 0   | leukocytes 11 10*9/L, not above default upper limit of 11 10*9/L
    0:11/10.5            | present | core  | 11    | 0   | leukocytes 11 10*9/L, above upper limit of 10.5 10*9/L
    """
HEART_RATE = """
    day:value/limit      | state   | grade | value | day | term
    ---------------------+---------+-------+-------+-----+------------------------------------------------------------
    0:101/90             | present | core  | 101   | 0   | heart rate 101 /min, above 100 /min on 1 occasion, 2015-03-01
    0:95/90              | absent  | core  | 95    | 0   | heart rate 95 /min, not above 100 /min
    """


@pytest.mark.parametrize("row", read(CREATINE_KINASE), ids=lambda row: row["day:value/limit"])
def test_creatine_kinase_at_least_four_times_the_upper_limit(row: dict[str, str], tmp_path: Path) -> None:
    _check(row, "creatine_kinase", tmp_path)


@pytest.mark.parametrize("row", read(TEMPERATURE), ids=lambda row: row["day:value"])
def test_temperature_above_38_on_two_occasions(row: dict[str, str], tmp_path: Path) -> None:
    """An occasion is a time, or a day without time; one occasion is weak. The day is that of the first fever."""
    _check(row, "body_temperature", tmp_path)


@pytest.mark.parametrize("row", read(LEUKOCYTES), ids=lambda row: row["day:value/limit"])
def test_leukocytes_above_the_upper_limit(row: dict[str, str], tmp_path: Path) -> None:
    _check(row, "leukocytes", tmp_path)


@pytest.mark.parametrize("row", read(HEART_RATE), ids=lambda row: row["day:value/limit"])
def test_heart_rate_above_100_whatever_limit_is_recorded(row: dict[str, str], tmp_path: Path) -> None:
    _check(row, "heart_rate", tmp_path)


def _check(row: dict[str, str], name: str, tmp_path: Path) -> None:
    heading = next(iter(row))
    measurements = [_measurement(text, name) for text in row[heading].split()]
    folder = evidence(tmp_path, conditions=[condition(0)], measurements=measurements)
    found = FINDINGS.scan(folder / "findings").filter(pl.col("source_id") == "omop:measurement").collect()
    expected = (row["state"], row["grade"], float(row["value"] or 0), row["day"], row["term"])
    said = [(f["state"], f["grade"], f["value"], str(f["day"] - DAY_0), f["term"]) for f in found.iter_rows(named=True)]
    assert said == [expected] * bool(row["state"])
    shown = {m["source_line"] for m in measurements if m["value"] == expected[2]}
    assert set(found["source_line"]) <= shown


def _measurement(text: str, name: str) -> dict[str, object]:
    day, _, rest = text.partition(":")
    size, _, hour = rest.partition("@")
    value, _, limit = size.partition("/")
    return measured(int(day), float(value), name, float(limit) if limit else None, time=f"T{hour}:00" if hour else "")
