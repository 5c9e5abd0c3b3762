"""Lazarus 1989: neuroleptic within seven days, fever and rigidity, and three minor signs (three of the seven are from memory)."""

import pytest

from tests.lib.harness import spec_test, window_test

SIGNS = """
    altered_mental_status | tachycardia | bp_lability | tachypnoea | diaphoresis | ck_elevation | leukocytosis | verdict
    ----------------------+-------------+-------------+------------+-------------+--------------+--------------+--------------
    x                     | x           | x           |            |             |              |              | {three}
                          |             |             | x          | x           | x            |              | {three}
    x                     |             |             |            |             | x            | x            | {three}
    x                     | x           | x           | x          | x           | x            | x            | {three}
    x                     | x           |             |            |             |              |              | {two}
    x                     | x           | -           | -          | -           | -            |              | {two}
    x                     | x           | -           | -          | -           | -            | -            | not_met
    """


def test_three_minor_beside_three_major() -> None:
    major = {"exposure": "x", "fever": "x", "rigidity": "x"}
    spec_test("lazarus_1989", SIGNS.format(three="met", two="indeterminate"), also=major)


@pytest.mark.parametrize("one", ["exposure", "fever", "rigidity"])
def test_each_major_is_needed(one: str) -> None:
    major = {"exposure": "x", "fever": "x", "rigidity": "x"}
    spec_test("lazarus_1989", SIGNS.format(three="indeterminate", two="indeterminate"), also={**major, one: ""})
    spec_test("lazarus_1989", SIGNS.format(three="not_met", two="not_met"), also={**major, one: "-"})


def test_high_pressure_is_not_labile_pressure() -> None:
    spec_test("lazarus_1989", "bp_elevation | bp_lability (weak) | met\nx | x |")


def test_measured_values() -> None:
    """The enzyme is elevated, without a size; the other sizes are those of study/measurements.yaml."""
    spec_test(
        "lazarus_1989",
        """
        heart_rate | respiratory_rate | creatine_kinase | leukocytes | met
        -----------+------------------+-----------------+------------+----------------------------------------
        101        | 21               | 201/200         | 11.1       | tachycardia;tachypnoea;ck;leukocytosis
        100        | 20               | 200/200         | 11         |
        """,
        source="omop",
    )


def test_seven_days_for_every_form() -> None:
    window_test(
        "lazarus_1989",
        """
        drug       | form        | role | start | end | interval | neuroleptic    | why
        -----------+-------------+------+-------+-----+----------+----------------+------------------------------------------
        antagonist | other       | C    | 400   | 7   |          | present        | last taken seven days before
        antagonist | other       | C    | 400   | 8   |          | absent         | stopped too early
        antagonist | long_acting | C    | 400   | 7   | 28       | present        | as printed
        antagonist | long_acting | C    | 400   | 8   | 28       | absent         | as printed
        antagonist | other       | PS   |       |     |          | present        | suspected, not dated
        antagonist | other       | C    |       |     |          | not documented | concomitant, not dated
        depleter   | other       | PS   | 1     |     |          | not documented | the criteria say neuroleptic
        withdrawal | other       | PS   | 400   | 1   |          | not documented | the criteria say neuroleptic
        """,
    )
