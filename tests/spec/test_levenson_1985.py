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


def test_it_asks_for_no_drug() -> None:
    spec_test(
        "levenson_1985",
        """
        exposure | fever | rigidity | ck_elevation | verdict
        ---------+-------+----------+--------------+--------
                 | x     | x        | x            | met
        -        | x     | x        | x            | met
        """,
    )


def test_measured_values() -> None:
    """Fever and enzyme are elevated, without a size; the other sizes are those of study/measurements.yaml."""
    spec_test(
        "levenson_1985",
        """
        rigidity | body_temperature | creatine_kinase | verdict       | failed
        ---------+------------------+-----------------+---------------+---------
        x        | 38.1             | 200/200         | indeterminate | ck
        x        | 38.1             | 201/200         | met           |
        x        | 38.0 38.0        | 201/200         | indeterminate | fever
        -        | 38.0 38.0        | 201/200         | not_met       | fever;rigidity
        """,
        source="omop",
    )


def test_the_later_probable_class() -> None:
    """Two major and two minor, or one major and four minor; whoever meets the criteria is met too."""
    spec_test(
        "levenson_1985_probable",
        """
        fever|rigidity|ck_elevation|tachycardia|tachypnoea|diaphoresis|leukocytosis| verdict
        -----+--------+------------+-----------+----------+-----------+------------+--------------
        x    | x      | x          |           |          |           |            | met
        x    | x      |            | x         | x        |           |            | met
        x    | x      |            | x         |          |           |            | indeterminate
        x    |        |            | x         | x        | x         | x          | met
        x    |        |            | x         | x        | x         |            | indeterminate
             |        |            | x         | x        | x         | x          | indeterminate
        -    | -      | -          | x         | x        | x         | x          | not_met
        """,
    )


def test_the_sizes_of_a_later_calculator() -> None:
    spec_test(
        "levenson_1985_sizes",
        """
        body_temperature|creatine_kinase|heart_rate|respiratory_rate|leukocytes| met
        ----------------+---------------+----------+----------------+----------+---------------------------------------------
        37.2            | 250           | 100      | 20             | 11       | fever;ck;tachycardia;tachypnoea;leukocytosis
        37.1            | 249           | 99       | 19             | 10.9     |
        """,
        source="omop",
    )
    spec_test(
        "levenson_1985_sizes",
        """
        fever | rigidity | ck_elevation | verdict
        ------+----------+--------------+--------------
        x     | x        | x            | met
        x     | x        |              | indeterminate
        """,
    )
