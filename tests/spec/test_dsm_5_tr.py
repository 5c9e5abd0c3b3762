"""DSM-5-TR, counted our way: exposure, fever, rigidity and two of mental status, creatine kinase, autonomic signs, tachypnoea."""

from tests.lib.harness import spec_test, window_test


def test_the_three_and_two_of_four() -> None:
    spec_test(
        "dsm_5_tr",
        """
        exposure|fever|rigidity|altered_mental_status|ck_elevation|diaphoresis|tachypnoea| verdict
        --------+-----+--------+---------------------+------------+-----------+----------+--------------
        x       | x   | x      | x                   | x          |           |          | met
        x       | x   | x      | x                   |            | x         |          | met
        x       | x   | x      |                     |            | x         | x        | met
        x       | x   | x      |                     | x          |           | x        | met
        x       | x   | x      | x                   |            |           |          | indeterminate
                | x   | x      | x                   | x          | x         | x        | indeterminate
        x       |     | x      | x                   | x          | x         | x        | indeterminate
        x       | x   |        | x                   | x          | x         | x        | indeterminate
        -       | x   | x      | x                   | x          | x         | x        | not_met
        x       | x   | x      | -                   | -          |           | -        | not_met
        x       | x   | x      | -                   | -          |           |          | indeterminate
        """,
    )


def test_any_one_autonomic_sign_and_two_of_them_count_once() -> None:
    spec_test(
        "dsm_5_tr",
        """
        exposure|fever|rigidity|ck_elevation|tachycardia|diaphoresis|bp_elevation|bp_lability|incontinence|pallor| verdict
        --------+-----+--------+------------+-----------+-----------+------------+-----------+------------+------+--------------
        x       | x   | x      | x          | x         |           |            |           |            |      | met
        x       | x   | x      | x          |           | x         |            |           |            |      | met
        x       | x   | x      | x          |           |           | x          |           |            |      | met
        x       | x   | x      | x          |           |           |            | x         |            |      | met
        x       | x   | x      | x          |           |           |            |           | x          |      | met
        x       | x   | x      | x          |           |           |            |           |            | x    | met
        x       | x   | x      |            | x         | x         | x          | x         | x          | x    | indeterminate
        x       | x   | x      | x          | -         | -         | -          | -         | -          |      | indeterminate
        """,
    )


def test_measured_values_against_the_printed_sizes() -> None:
    """More than 25 % for the heart and 50 % for breathing; at least 25 % for the pressure, at least four times the limit."""
    spec_test(
        "dsm_5_tr",
        """
        heart_rate (baseline 80) | respiratory_rate (baseline 16) | met                   | failed
        -------------------------+--------------------------------+-----------------------+-----------
        101                      |                                | autonomic_instability |
        100                      |                                |                       |
                                 | 25                             | tachypnoea            |
                                 | 24                             |                       | tachypnoea
        """,
        source="omop",
    )
    spec_test(
        "dsm_5_tr",
        """
        systolic_pressure (baseline 120) | diastolic_pressure (baseline 80) | creatine_kinase | met
        ---------------------------------+----------------------------------+-----------------+----------------------
        150                              |                                  |                 | autonomic_instability
        149                              |                                  |                 |
        120~25                           |                                  |                 | autonomic_instability
        120~24                           |                                  |                 |
                                         | 100                              |                 | autonomic_instability
                                         | 80~20                            |                 | autonomic_instability
                                         | 99~19                            |                 |
                                         |                                  | 800/200         | ck
                                         |                                  | 799/200         |
        """,
        source="omop",
    )
    spec_test(
        "dsm_5_tr",
        """
        body_temperature | met   | failed
        -----------------+-------+-------
        38.1 38.1        | fever |
        38.1             |       |
        38.0 38.0        |       | fever
        """,
        source="omop",
    )


def test_exposure_within_72_hours() -> None:
    window_test(
        "dsm_5_tr",
        """
        drug       | form        | role | start | end | interval | exposure       | why
        -----------+-------------+------+-------+-----+----------+----------------+------------------------------------------
        antagonist | other       | C    | 400   | 3   |          | present        | last taken 72 hours before
        antagonist | other       | C    | 400   | 4   |          | absent         | stopped too early
        antagonist | long_acting | C    | 400   | 31  | 28       | present        | 72 hours beyond its interval, which is ours
        antagonist | long_acting | C    | 400   | 32  | 28       | absent         | more than that
        depleter   | other       | C    | 400   | 3   |          | present        | which is ours
        withdrawal | other       | C    | 400   | 3   |          | present        | dopaminergic drug stopped 72 hours before
        withdrawal | other       | C    | 400   | 4   |          | absent         | stopped too early
        withdrawal | other       | PS   |       |     |          | not documented | suspicion does not say that it was stopped
        """,
    )
