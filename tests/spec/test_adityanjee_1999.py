"""Adityanjee 1999: all six of altered sensorium, a motor sign, lasting fever, two autonomic signs, a trigger, no other cause."""

from tests.lib.harness import spec_test, window_test


def test_without_a_documented_exclusion_of_other_causes_it_is_never_met() -> None:
    spec_test(
        "adityanjee_1999",
        """
        exposure | fever | rigidity | altered_mental_status | tachycardia | diaphoresis | missing              | verdict
        ---------+-------+----------+-----------------------+-------------+-------------+----------------------+--------------
        x        | x     | x        | x                     | x           | x           | other_cause_excluded | indeterminate
        -        | x     | x        | x                     | x           | x           | other_cause_excluded | not_met
        """,
    )


def test_the_signs_alone() -> None:
    spec_test(
        "adityanjee_1999_signs",
        """
        exposure | fever | rigidity | altered_mental_status | tachycardia | diaphoresis | verdict
        ---------+-------+----------+-----------------------+-------------+-------------+--------------
        x        | x     | x        | x                     | x           | x           | met
                 | x     | x        | x                     | x           | x           | indeterminate
        x        |       | x        | x                     | x           | x           | indeterminate
        x        | x     |          | x                     | x           | x           | indeterminate
        x        | x     | x        |                       | x           | x           | indeterminate
        x        | x     | x        | x                     | x           |             | indeterminate
        x        | -     | x        | x                     | x           | x           | not_met
        x        | x     | x        | -                     | x           | x           | indeterminate
        """,
    )


def test_altered_sensorium_is_not_restlessness() -> None:
    spec_test(
        "adityanjee_1999_signs",
        """
        altered_mental_status | mutism | agitation | altered_mental_status (weak) | met               | failed
        ----------------------+--------+-----------+------------------------------+-------------------+------------------
        x                     |        |           |                              | altered_sensorium |
                              | x      |           |                              | altered_sensorium |
                              |        | x         | x                            |                   |
        -                     | -      |           |                              |                   | altered_sensorium
        -                     |        |           |                              |                   |
        """,
    )


def test_a_motor_sign_is_any_of_three() -> None:
    spec_test(
        "adityanjee_1999_signs",
        """
        rigidity | dysphagia | dystonia | rigidity (weak) | met                           | failed
        ---------+-----------+----------+-----------------+-------------------------------+------------------------------
        x        |           |          |                 | rigidity_dysphagia_or_dystonia |
                 | x         |          |                 | rigidity_dysphagia_or_dystonia |
                 |           | x        |                 | rigidity_dysphagia_or_dystonia |
                 |           |          | x               |                               |
        -        | -         |          |                 |                               |
        -        | -         | -        |                 |                               | rigidity_dysphagia_or_dystonia
        """,
    )


def test_two_of_five_autonomic_signs() -> None:
    spec_test(
        "adityanjee_1999_signs",
        """
        tachycardia | tachypnoea | bp_lability | diaphoresis | incontinence | bp_elevation | met       | failed
        ------------+------------+-------------+-------------+--------------+--------------+-----------+----------
        x           | x          |             |             |              |              | autonomic |
                    |            | x           | x           |              |              | autonomic |
                    |            |             | x           | x            |              | autonomic |
        x           |            |             |             |              | x            |           |
        x           | -          | -           | -           | -            |              |           | autonomic
        """,
    )


def test_measured_values_against_the_printed_sizes() -> None:
    """Above 38.5 C for 48 hours is met on three days; the pressure changes by 30 systolic or 15 diastolic."""
    spec_test(
        "adityanjee_1999_signs",
        """
        body_temperature         | met   | failed
        -------------------------+-------+-------
        38.6 38.6 38.6           | fever |
        38.6 38.6                |       |
        38.6,39.0,39.5 38.6,39.1 |       |
        38.5 38.5 38.5           |       | fever
        """,
        source="omop",
    )
    spec_test(
        "adityanjee_1999_signs",
        """
        heart_rate | respiratory_rate | systolic_pressure | diastolic_pressure | met       | failed
        -----------+------------------+-------------------+--------------------+-----------+-------
        101        | 26               |                   |                    | autonomic |
        100        | 26               |                   |                    |           |
        101        | 25               |                   |                    |           |
        101        |                  | 150~30            |                    | autonomic |
        101        |                  | 150~29            |                    |           |
        101        |                  |                   | 90~15              | autonomic |
        101        |                  |                   | 90~14              |           |
        """,
        source="omop",
    )


def test_trigger_two_weeks_eight_for_depot_one_for_withdrawal() -> None:
    window_test(
        "adityanjee_1999",
        """
        drug            | form        | role | start | end | interval | trigger        | why
        ----------------+-------------+------+-------+-----+----------+----------------+------------------------------------------
        antagonist      | other       | C    | 400   | 14  |          | present        | stopped two weeks before
        antagonist      | other       | C    | 400   | 15  |          | absent         | stopped too early
        antagonist      | other       | C    | 14    |     |          | present        | begun two weeks before
        antagonist      | other       | C    | 400   | -5  |          | present        | taken throughout, which is ours
        antagonist      | long_acting | C    | 400   | 56  | 14       | present        | depot, eight weeks before
        antagonist      | long_acting | C    | 400   | 57  | 14       | absent         | more than that
        depleter        | other       | C    | 400   | 14  |          | present        | depleter
        withdrawal      | other       | C    | 400   | 7   |          | present        | dopaminergic drug stopped a week before
        withdrawal      | other       | C    | 400   | 8   |          | absent         | stopped too early
        withdrawal      | other       | PS   |       |     |          | not documented | suspicion does not say it was stopped
        anticholinergic | other       | C    | 400   | 7   |          | present        | anticholinergic stopped a week before
        anticholinergic | other       | C    | 400   | 8   |          | absent         | stopped too early
        anticholinergic | other       | C    | 400   | -1  |          | absent         | not stopped before the event
        """,
    )
