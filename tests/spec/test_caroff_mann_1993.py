"""Caroff and Mann 1993: neuroleptic, fever, rigidity, other causes excluded, and five of ten (their grouping is from memory)."""

from tests.lib.harness import spec_test, window_test


def test_without_a_documented_exclusion_of_other_causes_it_is_never_met() -> None:
    spec_test(
        "caroff_mann_1993",
        """
        exposure|fever|rigidity|altered_mental_status|tachycardia|tremor|incontinence|leukocytosis| verdict
        --------+-----+--------+---------------------+-----------+------+------------+------------+--------------
        x       | x   | x      | x                   | x         | x    | x          | x          | indeterminate
        -       | x   | x      | x                   | x         | x    | x          | x          | not_met
        x       | -   | x      | x                   | x         | x    | x          | x          | not_met
        x       | x   | -      | x                   | x         | x    | x          | x          | not_met
        """,
    )


def test_the_signs_alone() -> None:
    spec_test(
        "caroff_mann_1993_signs",
        """
        exposure|fever|rigidity|altered_mental_status|tachycardia|tremor|incontinence|leukocytosis| verdict
        --------+-----+--------+---------------------+-----------+------+------------+------------+--------------
        x       | x   | x      | x                   | x         | x    | x          | x          | met
        x       | x   | x      | x                   | x         | x    | x          |            | indeterminate
                | x   | x      | x                   | x         | x    | x          | x          | indeterminate
        x       |     | x      | x                   | x         | x    | x          | x          | indeterminate
        x       | x   |        | x                   | x         | x    | x          | x          | indeterminate
        -       | x   | x      | x                   | x         | x    | x          | x          | not_met
        """,
    )


def test_four_of_the_ten_have_two_ways() -> None:
    """Exposure, fever and rigidity are there, and with tachycardia, tremor, incontinence and leukocytosis four of the ten."""
    both_ways = [
        ("bp_elevation", "hypotension"),
        ("tachypnoea", "hypoxia"),
        ("diaphoresis", "sialorrhoea"),
        ("ck_elevation", "myoglobinuria"),
    ]
    for one, other in both_ways:
        spec_test(
            "caroff_mann_1993_signs",
            f"""
            exposure | fever | rigidity | tachycardia | tremor | incontinence | leukocytosis | {one} | {other} | verdict
            ---------+-------+----------+-------------+--------+--------------+--------------+-------+---------+--------------
            x        | x     | x        | x           | x      | x            | x            | x     |         | met
            x        | x     | x        | x           | x      | x            | x            |       | x       | met
            x        | x     | x        | x           | x      | x            | x            |       |         | indeterminate
            x        | x     | x        |             | x      | x            | x            | x     | x       | indeterminate
            """,
        )


def test_the_other_signs_of_the_ten() -> None:
    spec_test(
        "caroff_mann_1993_signs",
        """
        exposure|fever|rigidity|tachycardia|tremor|incontinence|leukocytosis|altered_mental_status|metabolic_acidosis| verdict
        --------+-----+--------+-----------+------+------------+------------+---------------------+------------------+--------
        x       | x   | x      | x         | x    | x          | x          | x                   |                  | met
        x       | x   | x      | x         | x    | x          | x          |                     | x                | met
        """,
    )


def test_recorded_absence_of_six_of_the_ten_rules_it_out() -> None:
    """Tremor, incontinence and leukocytosis are recorded as absent, which makes three."""
    three = {"tremor": "-", "incontinence": "-", "leukocytosis": "-"}
    table = """
        tachycardia | altered_mental_status | metabolic_acidosis | bp_elevation | hypotension | verdict
        ------------+-----------------------+--------------------+--------------+-------------+--------------
        -           | -                     | -                  |              |             | not_met
        -           | -                     |                    | -            | -           | not_met
        -           | -                     |                    | -            |             | indeterminate
        -           | -                     |                    |              |             | indeterminate
        """
    spec_test("caroff_mann_1993_signs", table, also=three)


def test_measured_values_against_the_printed_sizes() -> None:
    """38 C or more; the enzyme is elevated, without a size; low pressure below 90 is ours."""
    spec_test(
        "caroff_mann_1993_signs",
        """
        body_temperature | met   | failed
        -----------------+-------+-------
        38.0             | fever |
        37.9             |       | fever
        37.9 38.0        | fever |
        """,
        source="omop",
    )
    spec_test(
        "caroff_mann_1993_signs",
        """
        tachycardia | tremor | incontinence | creatine_kinase | systolic_pressure | met
        ------------+--------+--------------+-----------------+-------------------+------------
        x           | x      | x            | 201/200         | 89                | five_of_ten
        x           | x      | x            | 200/200         | 89                |
        x           | x      | x            | 201/200         | 90                |
        """,
        source="omop",
    )


def test_seven_days_or_28_for_depot() -> None:
    window_test(
        "caroff_mann_1993",
        """
        drug       | form        | role | start | end | interval | neuroleptic    | why
        -----------+-------------+------+-------+-----+----------+----------------+------------------------------------------
        antagonist | other       | C    | 400   | 7   |          | present        | last taken seven days before
        antagonist | other       | C    | 400   | 8   |          | absent         | stopped too early
        antagonist | other       | C    | 7     |     |          | present        | begun seven days before
        antagonist | other       | C    | 8     |     |          | not documented | begun earlier, its end not known
        antagonist | long_acting | C    | 400   | 28  | 14       | present        | the longer of two to four weeks
        antagonist | long_acting | C    | 400   | 29  | 14       | absent         | more than that
        antagonist | other       | PS   |       |     |          | present        | suspected, not dated
        antagonist | other       | C    |       |     |          | not documented | concomitant, not dated
        depleter   | other       | PS   | 1     |     |          | not documented | the criteria say neuroleptic
        """,
    )
