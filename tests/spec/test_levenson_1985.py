"""Levenson 1985: three major, or two major and four minor. Major: fever, rigidity, creatine kinase."""

from tests.lib.harness import spec_test


def test_three_major() -> None:
    spec_test(
        "levenson_1985",
        """
        fever | rigidity | ck_elevation | verdict
        ------+----------+--------------+--------------
        x     | x        | x            | met
        x     | x        |              | indeterminate
        x     |          |              | indeterminate
              |          |              | indeterminate
        x     | -        |              | indeterminate
        -     | -        |              | not_met
        -     | -        | x            | not_met
        """,
    )


def test_two_major_and_four_minor() -> None:
    spec_test(
        "levenson_1985",
        """
        fever|rigidity|tachycardia|bp_elevation|tachypnoea|altered_mental_status|diaphoresis|leukocytosis| verdict
        -----+--------+-----------+------------+----------+---------------------+-----------+------------+--------------
        x    | x      | x         | x          | x        | x                   |           |            | met
        x    | x      | x         |            |          | x                   | x         | x          | met
        x    | x      | x         | x          | x        |                     |           |            | indeterminate
        x    |        | x         | x          | x        | x                   | x         | x          | indeterminate
        """,
    )


def test_what_is_recorded_absent_can_rule_it_out() -> None:
    spec_test(
        "levenson_1985",
        """
        fever | rigidity | ck_elevation | tachycardia | tachypnoea | altered_mental_status | verdict
        ------+----------+--------------+-------------+------------+-----------------------+--------------
        x     | x        | -            | -           | -          |                       | indeterminate
        x     | x        | -            | -           | -          | -                     | not_met
        """,
    )


def test_blood_pressure_is_abnormal_high_labile_or_low() -> None:
    spec_test(
        "levenson_1985",
        """
        bp_elevation | bp_lability | bp_lability (weak) | bp_decrease (context) | met         | failed
        -------------+-------------+--------------------+-----------------------+-------------+------------
        x            |             |                    |                       | bp_abnormal |
                     | x           |                    |                       | bp_abnormal |
                     |             | x                  |                       | bp_abnormal |
                     |             |                    | x                     | bp_abnormal |
        -            |             |                    |                       |             |
        -            | -           |                    | -                     |             | bp_abnormal
        """,
    )


def test_words_that_only_suggest_a_sign_do_not_count() -> None:
    spec_test(
        "levenson_1985",
        """
        fever | rigidity (weak) | ck_elevation | muscle_injury | verdict       | met
        ------+-----------------+--------------+---------------+---------------+---------
        x     | x               | x            |               | indeterminate | fever;ck
        x     |                 |              | x             | indeterminate | fever
        """,
    )
