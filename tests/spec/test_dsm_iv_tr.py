"""DSM-IV-TR research criteria: neuroleptic, fever, rigidity, two of ten signs, and other causes excluded."""

from tests.lib.harness import spec_test, window_test


def test_without_a_documented_exclusion_of_other_causes_it_is_never_met() -> None:
    spec_test(
        "dsm_iv_tr",
        """
        exposure | fever | rigidity | diaphoresis | dysphagia | tremor | verdict
        ---------+-------+----------+-------------+-----------+--------+--------------
        x        | x     | x        | x           | x         | x      | indeterminate
        -        | x     | x        | x           | x         | x      | not_met
        """,
    )


def test_the_signs_alone() -> None:
    spec_test(
        "dsm_iv_tr_signs",
        """
        exposure | fever | rigidity | diaphoresis | dysphagia | tremor | verdict
        ---------+-------+----------+-------------+-----------+--------+--------------
        x        | x     | x        | x           | x         |        | met
        x        | x     | x        | x           |           |        | indeterminate
        x        | x     | x        |             |           |        | indeterminate
                 | x     | x        | x           | x         | x      | indeterminate
        x        |       | x        | x           | x         | x      | indeterminate
        x        | x     |          | x           | x         | x      | indeterminate
        -        | x     | x        | x           | x         | x      | not_met
        x        | -     | x        | x           | x         | x      | not_met
        x        | x     | -        | x           | x         | x      | not_met
        """,
    )


def test_each_of_the_ten_signs_counts_and_only_once() -> None:
    """Exposure, fever and rigidity are there, and diaphoresis is the first of the two signs."""
    spec_test(
        "dsm_iv_tr_signs",
        """
        exposure|fever|rigidity|diaphoresis|tremor|incontinence|altered_mental_status|mutism|tachycardia|leukocytosis| verdict
        --------+-----+--------+-----------+------+------------+---------------------+------+-----------+------------+--------
        x       | x   | x      | x         | x    |            |                     |      |           |            | met
        x       | x   | x      | x         |      | x          |                     |      |           |            | met
        x       | x   | x      | x         |      |            | x                   |      |           |            | met
        x       | x   | x      | x         |      |            |                     | x    |           |            | met
        x       | x   | x      | x         |      |            |                     |      | x         |            | met
        x       | x   | x      | x         |      |            |                     |      |           | x          | met
        """,
    )
    spec_test(
        "dsm_iv_tr_signs",
        """
        exposure | fever | rigidity | diaphoresis | bp_elevation | bp_lability | ck_elevation | muscle_injury | verdict
        ---------+-------+----------+-------------+--------------+-------------+--------------+---------------+--------------
        x        | x     | x        | x           | x            |             |              |               | met
        x        | x     | x        | x           |              | x           |              |               | met
        x        | x     | x        | x           |              |             | x            |               | met
        x        | x     | x        | x           |              |             |              | x             | met
        x        | x     | x        |             | x            |             |              | x             | met
        x        | x     | x        |             | x            | x           |              |               | indeterminate
        x        | x     | x        |             |              |             | x            | x             | indeterminate
        """,
    )


def test_recorded_absence_of_nine_signs_rules_it_out() -> None:
    """Besides those of the table, mental status, mutism and the heart rate are recorded as normal."""
    three = {"altered_mental_status": "-", "mutism": "-", "tachycardia": "-"}
    table = """
        diaphoresis|dysphagia|tremor|incontinence|leukocytosis|bp_elevation|bp_lability|ck_elevation|muscle_injury| verdict
        -----------+---------+------+------------+------------+------------+-----------+------------+-------------+--------------
        -          | -       | -    | -          | -          |            |           | -          | -           | not_met
        -          | -       | -    | -          | -          | -          | -         |            |             | not_met
        -          | -       | -    | -          | -          |            |           | -          |             | indeterminate
        -          | -       | -    | -          | -          | -          |           | -          |             | indeterminate
        x          | -       | -    | -          | -          |            |           | -          | -           | indeterminate
        """
    spec_test("dsm_iv_tr_signs", table, also=three)


def test_words_that_only_suggest_a_sign() -> None:
    """Faecal incontinence and an abnormal enzyme are what the criteria say; stiffness and somnolence are not."""
    spec_test(
        "dsm_iv_tr_signs",
        """
        rigidity (weak)|altered_mental_status (weak)|incontinence (weak)|ck_elevation (weak)| met
        ---------------+----------------------------+-------------------+-------------------+------------------------------------
        x              | x                          | x                 | x                 | incontinence;muscle_injury_evidence
        """,
    )


def test_measured_values() -> None:
    """The enzyme has no size in the criteria: above the upper limit counts. The others are sizes of study/measurements.yaml."""
    spec_test(
        "dsm_iv_tr_signs",
        """
        body_temperature | creatine_kinase | heart_rate | leukocytes | met
        -----------------+-----------------+------------+------------+-------------------------------------------------------
        38.1 38.1        | 201/200         | 101        | 11.1       | fever;tachycardia;leukocytosis;muscle_injury_evidence
        38.0 38.0        | 200/200         | 100        | 11         |
        """,
        source="omop",
    )


def test_the_window_of_thirty_days_is_ours() -> None:
    window_test(
        "dsm_iv_tr",
        """
        drug       | form        | role | start | end | interval | neuroleptic    | why
        -----------+-------------+------+-------+-----+----------+----------------+------------------------------------------
        antagonist | other       | C    | 30    |     |          | present        | begun 30 days before
        antagonist | other       | C    | 400   | 30  |          | present        | last taken 30 days before
        antagonist | other       | C    | 400   | 31  |          | absent         | stopped too early
        antagonist | other       | PS   |       |     |          | present        | suspected, not dated
        antagonist | other       | C    |       |     |          | not documented | concomitant, not dated
        antagonist | long_acting | C    | 400   | 58  | 28       | present        | 30 days beyond its interval
        antagonist | long_acting | C    | 400   | 59  | 28       | absent         | more than that
        depleter   | other       | PS   | 1     |     |          | not documented | the criteria say neuroleptic
        withdrawal | other       | PS   | 400   | 1   |          | not documented | the criteria say neuroleptic
        """,
    )
