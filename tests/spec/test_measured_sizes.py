"""What measured values mean: the sizes of study/measurements.yaml for a sign, and how every kind of test answers.

A test that is met is present. One that is measured and never met is absent. One that cannot be judged (nothing measured, no
baseline), or that is met less often than asked, is not documented. Any of several tests makes a sign present, and all of them
deny it: a normal systolic pressure alone does not say that the diastolic one was normal.
"""

import json

import pytest

from nms_pv.labels.states import states
from nms_pv.spec.definitions import Definition
from nms_pv.spec.measurements import COMPARISONS, load_measurements
from tests.lib.harness import STUDY, evidence, read

MEASUREMENTS = load_measurements(STUDY)
WORD = {True: "present", False: "absent", None: "not documented"}

OF_THE_STUDY = """
    element      | quantity                         | values         | state
    -------------+----------------------------------+----------------+---------------
    fever        | body_temperature                 | 38.1 38.1      | present
    fever        | body_temperature                 | 38.1,38.4      | present
    fever        | body_temperature                 | 38.1 37.0 38.2 | present
    fever        | body_temperature                 | 38.1           | not documented
    fever        | body_temperature                 | 38.1 38.0      | not documented
    fever        | body_temperature                 | 38.0 38.0      | absent
    fever        | body_temperature                 |                | not documented
    ck_elevation | creatine_kinase                  | 800/200        | present
    ck_elevation | creatine_kinase                  | 799.9/200      | absent
    ck_elevation | creatine_kinase                  | 90/200 800/200 | present
    ck_elevation | creatine_kinase                  | 800            | present
    ck_elevation | creatine_kinase                  | 799            | absent
    leukocytosis | leukocytes                       | 11.1           | present
    leukocytosis | leukocytes                       | 11             | absent
    leukocytosis | leukocytes                       | 10.6/10.5      | present
    leukocytosis | leukocytes                       | 10.5/10.5      | absent
    tachycardia  | heart_rate                       | 101            | present
    tachycardia  | heart_rate                       | 100            | absent
    tachycardia  | heart_rate                       | 101/120        | present
    tachypnoea   | respiratory_rate                 | 21             | present
    tachypnoea   | respiratory_rate                 | 20             | absent
    bp_elevation | systolic_pressure (baseline 120) | 150            | present
    bp_elevation | systolic_pressure (baseline 120) | 149            | not documented
    bp_elevation | diastolic_pressure (baseline 80) | 100            | present
    bp_elevation | diastolic_pressure (baseline 80) | 99             | not documented
    bp_elevation | systolic_pressure                | 250            | not documented
    bp_lability  | systolic_pressure                | 130~25         | present
    bp_lability  | systolic_pressure                | 130~24         | not documented
    bp_lability  | diastolic_pressure               | 80~20          | present
    bp_lability  | diastolic_pressure               | 80~19          | not documented
    bp_lability  | diastolic_pressure               | 80             | not documented
    bp_decrease  | systolic_pressure                | 89             | present
    bp_decrease  | systolic_pressure                | 90             | absent
    """
EACH_COMPARISON = """
    test                                                       | quantity                 | values         | state
    -----------------------------------------------------------+--------------------------+----------------+---------------
    {"of": "heart_rate", "above": 100}                         | heart_rate               | 100            | absent
    {"of": "heart_rate", "above": 100}                         | heart_rate               | 101            | present
    {"of": "heart_rate", "at_least": 100}                      | heart_rate               | 99.9           | absent
    {"of": "heart_rate", "at_least": 100}                      | heart_rate               | 100            | present
    {"of": "heart_rate", "below": 50}                          | heart_rate               | 50             | absent
    {"of": "heart_rate", "below": 50}                          | heart_rate               | 49             | present
    {"of": "creatine_kinase", "above_times_upper_limit": 1}    | creatine_kinase          | 170/170        | absent
    {"of": "creatine_kinase", "above_times_upper_limit": 1}    | creatine_kinase          | 171/170        | present
    {"of": "creatine_kinase", "at_least_times_upper_limit": 4} | creatine_kinase          | 679/170        | absent
    {"of": "creatine_kinase", "at_least_times_upper_limit": 4} | creatine_kinase          | 680/170        | present
    {"of": "creatine_kinase", "at_least_times_upper_limit": 4} | creatine_kinase          | 800            | present
    {"of": "heart_rate", "above_times_baseline": 1.25}         | heart_rate (baseline 80) | 100            | absent
    {"of": "heart_rate", "above_times_baseline": 1.25}         | heart_rate (baseline 80) | 101            | present
    {"of": "heart_rate", "at_least_times_baseline": 1.25}      | heart_rate (baseline 80) | 99             | absent
    {"of": "heart_rate", "at_least_times_baseline": 1.25}      | heart_rate (baseline 80) | 100            | present
    {"of": "heart_rate", "at_least_times_baseline": 1.25}      | heart_rate               | 180            | not documented
    {"of": "heart_rate", "above_baseline_by": 30}              | heart_rate (baseline 80) | 110            | absent
    {"of": "heart_rate", "above_baseline_by": 30}              | heart_rate (baseline 80) | 111            | present
    {"of": "heart_rate", "above_baseline_by": 30}              | heart_rate               | 180            | not documented
    {"of": "heart_rate", "change_within_24_h": 30}             | heart_rate               | 90~29          | absent
    {"of": "heart_rate", "change_within_24_h": 30}             | heart_rate               | 90~30          | present
    {"of": "heart_rate", "above": 100, "occasions": 2}         | heart_rate               | 101,101        | present
    {"of": "heart_rate", "above": 100, "occasions": 2}         | heart_rate               | 101,99         | not documented
    {"of": "heart_rate", "above": 100, "days": 2}              | heart_rate               | 101,101        | not documented
    {"of": "heart_rate", "above": 100, "days": 2}              | heart_rate               | 101 99 101     | present
    {"of": "heart_rate", "above": 100, "days": 2}              | heart_rate               | 100 100        | absent
    {"of": "heart_rate", "above": 100}                         | leukocytes               | 30             | not documented
    """
# Temperature above 38 or heart rate above 100.
EITHER = """
    body_temperature | heart_rate | fever | state
    -----------------+------------+-------+---------------
    38.1             | 90         |       | present
    37.0             | 101        |       | present
    37.0             | 90         |       | absent
    37.0             |            |       | not documented
    37.0             | 90         | x     | present
    38.1             |            | -     | present
    37.0             |            | -     | absent
                     |            | -     | absent
    """


@pytest.mark.parametrize("row", read(OF_THE_STUDY), ids=lambda row: f"{row['element']}: {row['quantity']} {row['values']}")
def test_the_sizes_of_the_study(row: dict[str, str]) -> None:
    assert _state({"from": [row["element"]]}, {row["quantity"]: row["values"]}) == row["state"]


@pytest.mark.parametrize("row", read(EACH_COMPARISON), ids=lambda row: f"{row['test']} {row['values']}")
def test_every_comparison_at_its_size_and_beside_it(row: dict[str, str]) -> None:
    assert _state({"from": [], "measured": [json.loads(row["test"])]}, {row["quantity"]: row["values"]}) == row["state"]


@pytest.mark.parametrize("row", read(EITHER), ids=lambda row: "|".join(row.values()))
def test_any_of_several_tests_or_a_term_makes_it_present(row: dict[str, str]) -> None:
    tests = [{"of": "body_temperature", "above": 38.0}, {"of": "heart_rate", "above": 100.0}]
    cells = {heading: cell for heading, cell in row.items() if heading != "state"}
    assert _state({"from": ["fever"], "measured": tests}, cells) == row["state"]


def test_every_test_of_the_study_stands_in_the_table() -> None:
    assert {row["element"] for row in read(OF_THE_STUDY)} == set(MEASUREMENTS.tests)
    assert {key for row in read(EACH_COMPARISON) for key in json.loads(row["test"])} >= set(COMPARISONS)


def _state(element: dict[str, object], cells: dict[str, str]) -> str:
    """The state of one element of a definition that has no other."""
    toy = Definition.model_validate(
        {
            "name": "toy", "title": "", "citation": "", "doi": None, "status": "memory", "status_note": "", "notes": [],
            "elements": {"it": {"grades": ["core"], **element}}, "rule": {"all_of": ["it"]},
        }
    ).with_tests(MEASUREMENTS)  # fmt: skip
    return WORD[states(*evidence({"omop:1": cells}), toy)["it"].item()]
