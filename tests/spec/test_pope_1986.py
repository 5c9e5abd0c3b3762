"""Pope 1986: fever, two of twelve extrapyramidal and two of five autonomic signs; definite, and probable in two readings."""

import pytest

from tests.lib.harness import TERMS, spec_test

EXTRAPYRAMIDAL = [
    "lead_pipe_rigidity", "cogwheeling", "sialorrhoea", "oculogyric_crisis", "retrocollis", "opisthotonus", "trismus",
    "dysphagia", "choreiform", "dyskinesia", "festinating_gait", "posturing",
]  # fmt: skip


def test_definite() -> None:
    spec_test(
        "pope_1986_definite",
        """
        fever | lead_pipe_rigidity | dysphagia | tachycardia | diaphoresis | verdict
        ------+--------------------+-----------+-------------+-------------+--------------
        x     | x                  | x         | x           | x           | met
        x     | x                  |           | x           | x           | indeterminate
        x     | x                  | x         | x           |             | indeterminate
              | x                  | x         | x           | x           | indeterminate
        -     | x                  | x         | x           | x           | not_met
        """,
    )


def test_it_asks_for_no_drug() -> None:
    spec_test(
        "pope_1986_definite",
        """
        exposure | fever | trismus | choreiform | tachypnoea | incontinence | verdict
        ---------+-------+---------+------------+------------+--------------+--------
                 | x     | x       | x          | x          | x            | met
        -        | x     | x       | x          | x          | x            | met
        """,
    )


@pytest.mark.parametrize("sign", EXTRAPYRAMIDAL)
def test_each_of_the_twelve_counts_and_only_once(sign: str) -> None:
    other = "trismus" if sign == "dysphagia" else "dysphagia"
    spec_test("pope_1986_definite", f"{sign} | {other} | met\nx | x | extrapyramidal\nx | |\n | x |")


def test_cogwheel_rigidity_is_one_sign_not_two() -> None:
    """Its term also means rigidity, as any definition but this one takes it; here lead-pipe rigidity is another sign."""
    spoken = {t.element: t.grade for t in TERMS if t.term == "Cogwheel rigidity"}
    assert spoken == {"rigidity": "core", "cogwheeling": "core"}
    spec_test(
        "pope_1986_definite",
        """
        rigidity | cogwheeling | lead_pipe_rigidity | dysphagia | met
        ---------+-------------+--------------------+-----------+---------------
        x        | x           |                    |           |
        x        |             | x                  |           |
        x        | x           |                    | x         | extrapyramidal
        x        | x           | x                  |           | extrapyramidal
        """,
    )


def test_ten_recorded_absences_still_leave_two_open() -> None:
    for open_signs, verdict in ((2, "indeterminate"), (1, "not_met")):
        absent = EXTRAPYRAMIDAL[open_signs:]
        spec_test("pope_1986_definite", f"{' | '.join(absent)} | verdict\n{' | '.join('-' * len(absent))} | {verdict}")


def test_what_only_suggests_a_sign() -> None:
    """Torticollis does not say backwards; tremor and dystonia are not among the twelve."""
    spec_test(
        "pope_1986_definite",
        """
        retrocollis (weak) | tremor | dystonia | lead_pipe_rigidity | met
        -------------------+--------+----------+--------------------+----
        x                  | x      | x        | x                  |
        """,
    )


def test_measured_values_against_the_printed_sizes() -> None:
    spec_test(
        "pope_1986_definite",
        """
        body_temperature | met   | failed
        -----------------+-------+-------
        37.6             | fever |
        37.5             |       | fever
        """,
        source="omop",
    )
    spec_test(
        "pope_1986_definite",
        """
        diastolic_pressure (baseline 80) | heart_rate (baseline 80) | respiratory_rate | diaphoresis | met
        ---------------------------------+--------------------------+------------------+-------------+----------
        101                              |                          |                  | x           | autonomic
        100                              |                          |                  | x           |
                                         | 111                      |                  | x           | autonomic
                                         | 110                      |                  | x           |
                                         |                          | 26               | x           | autonomic
                                         |                          | 25               | x           |
        """,
        source="omop",
    )


PROBABLE = """
    fever|lead_pipe_rigidity|dysphagia|tachycardia|diaphoresis|altered_mental_status|leukocytosis|ck_elevation| verdict
    -----+------------------+---------+-----------+-----------+---------------------+------------+------------+--------------
    x    | x                | x       | x         | x         |                     |            |            | met
    x    | x                | x       |           |           | x                   | x          |            | met
    x    | x                | x       |           |           | x                   |            | x          | met
         | x                | x       | x         | x         | x                   | x          |            | met
    x    |                  |         | x         | x         | x                   | x          |            | met
    x    | x                | x       |           |           |                     |            |            | indeterminate
    x    |                  |         |           |           | x                   | x          | x          | indeterminate
    -    | x                | x       | x         | x         | x                   | x          | x          | not_met
    """


@pytest.mark.parametrize("reading", ["pope_1986_probable", "pope_1986_probable_both"])
def test_probable_when_one_part_is_not_documented(reading: str) -> None:
    """A part that is documented as absent is not made up for by supporting signs."""
    spec_test(reading, PROBABLE)


def test_the_two_readings_differ_where_one_supporting_sign_is_there() -> None:
    table = """
        fever|lead_pipe_rigidity|dysphagia|altered_mental_status|mutism|leukocytosis|ck_elevation| verdict
        -----+------------------+---------+---------------------+------+------------+------------+--------------
        x    | x                | x       | x                   |      |            |            | {one}
        x    | x                | x       |                     | x    |            |            | {one}
        x    | x                | x       |                     |      | x          |            | {one}
        x    | x                | x       |                     |      |            | x          | {one}
        x    | x                | x       |                     |      | x          | x          | {one}
        x    | x                | x       |                     | x    |            | x          | met
        """
    spec_test("pope_1986_probable", table.format(one="met"))
    spec_test("pope_1986_probable_both", table.format(one="indeterminate"))


@pytest.mark.parametrize("reading", ["pope_1986_probable", "pope_1986_probable_both"])
def test_supporting_values_against_the_printed_sizes(reading: str) -> None:
    spec_test(
        reading,
        """
        fever|lead_pipe_rigidity|dysphagia|mutism| leukocytes | creatine_kinase | verdict
        -----+------------------+---------+------+------------+-----------------+--------------
        x    | x                | x       | x    | 15.1       |                 | met
        x    | x                | x       | x    |            | 301             | met
        """,
        source="omop",
    )
    spec_test(
        "pope_1986_probable_both",
        """
        fever|lead_pipe_rigidity|dysphagia|mutism| leukocytes | creatine_kinase | verdict
        -----+------------------+---------+------+------------+-----------------+--------------
        x    | x                | x       | x    | 15         |                 | indeterminate
        x    | x                | x       | x    |            | 300             | indeterminate
        """,
        source="omop",
    )
