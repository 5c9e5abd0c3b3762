"""What else it could be, judged on the same evidence: serotonin toxicity, malignant hyperthermia, malignant catatonia, others."""

import pytest

from nms_pv.labels.verdicts import verdicts
from tests.lib.harness import CASES, DIFFERENTIAL, evidence, read, spec_test, window_test


def test_hunter_on_a_report_is_tremor_with_hyperreflexia_under_a_serotonergic_drug() -> None:
    spec_test(
        "hunter_2003",
        """
        serotonergic | tremor | hyperreflexia | verdict
        -------------+--------+---------------+--------------
        x            | x      | x             | met
        x            | x      |               | indeterminate
        x            |        | x             | indeterminate
                     | x      | x             | indeterminate
        -            | x      | x             | not_met
        """,
    )


def test_hunter_needs_the_kind_of_clonus() -> None:
    """Clonus, myoclonus and opsoclonus do not say spontaneous, inducible or ocular; high tone alone is a manual's misprint."""
    spec_test(
        "hunter_2003",
        """
        serotonergic|clonus|myoclonus|ocular_clonus|ocular_clonus (weak)|agitation|diaphoresis|rigidity|fever| verdict
        ------------+------+---------+-------------+--------------------+---------+-----------+--------+-----+--------------
        x           | x    | x       |             |                    | x       | x         |        |     | indeterminate
        x           |      |         | x           |                    | x       |           |        |     | met
        x           |      |         | x           |                    |         | x         |        |     | met
        x           |      |         | x           |                    |         |           | x      | x   | met
        x           |      |         | x           |                    |         |           | x      |     | indeterminate
        x           |      |         |             | x                  | x       | x         | x      | x   | indeterminate
        x           |      |         |             |                    | x       | x         | x      | x   | indeterminate
        """,
    )


def test_hunter_measured_temperature_and_window() -> None:
    spec_test(
        "hunter_2003",
        """
        serotonergic | ocular_clonus | rigidity | body_temperature | verdict
        -------------+---------------+----------+------------------+--------------
        x            | x             | x        | 38.1             | met
        x            | x             | x        | 38.0             | indeterminate
        """,
        source="omop",
    )
    window_test(
        "hunter_2003",
        """
        drug         | form  | role | start | end | interval | serotonergic   | why
        -------------+-------+------+-------+-----+----------+----------------+------------------------
        serotonergic | other | C    | 400   | 30  |          | present        | the 30 days are ours
        serotonergic | other | C    | 400   | 31  |          | absent         | stopped too early
        serotonergic | other | PS   |       |     |          | present        | suspected, not dated
        antagonist   | other | PS   | 1     |     |          | not documented | not serotonergic
        """,
    )


def test_sternbach_is_at_best_open_and_excludes_a_neuroleptic() -> None:
    """Nobody states that other causes were excluded, and silence about a neuroleptic does not say that there was none."""
    spec_test(
        "sternbach_1991",
        """
        serotonergic | exposure | agitation | myoclonus | diarrhoea | shivering | failed       | verdict
        -------------+----------+-----------+-----------+-----------+-----------+--------------+--------------
        x            | x        | x         | x         | x         | x         |              | not_met
        x            | -        | x         | x         | x         | x         | neuroleptic  | indeterminate
        x            |          | x         | x         | x         | x         |              | indeterminate
        -            |          | x         | x         | x         | x         | serotonergic | not_met
        """,
    )
    absent = dict.fromkeys(["diaphoresis", "hyperreflexia", "incoordination", "myoclonus", "shivering", "tremor"], "-")
    spec_test(
        "sternbach_1991",
        """
        serotonergic | altered_mental_status | agitation | diarrhoea | fever | verdict
        -------------+-----------------------+-----------+-----------+-------+--------------
        x            | x                     | x         | -         | -     | not_met
        x            | x                     | x         | -         |       | indeterminate
        """,
        also=absent,
    )


def test_malignant_hyperthermia_is_the_term_within_a_day_of_the_anaesthetic() -> None:
    spec_test(
        "malignant_hyperthermia",
        """
        mh_trigger | mh_diagnosis | fever | rigidity | verdict
        -----------+--------------+-------+----------+--------------
        x          | x            |       |          | met
                   | x            |       |          | indeterminate
        -          | x            |       |          | not_met
        x          |              | x     | x        | not_met
        """,
    )
    window_test(
        "malignant_hyperthermia",
        """
        drug       | form  | role | start | end | interval | trigger        | why
        -----------+-------+------+-------+-----+----------+----------------+------------------------
        mh_trigger | other | C    | 1     | 1   |          | present        | given the day before
        mh_trigger | other | C    | 2     | 2   |          | absent         | given two days before
        mh_trigger | other | PS   |       |     |          | present        | suspected, not dated
        """,
    )


def test_malignant_catatonia_comes_before_any_antagonist() -> None:
    spec_test(
        "malignant_catatonia",
        """
        exposure | catatonia | fever | tachycardia | bp_elevation | bp_lability | diaphoresis | verdict
        ---------+-----------+-------+-------------+--------------+-------------+-------------+--------------
        -        | x         | x     | x           |              |             |             | met
        -        | x         | x     |             | x            |             |             | met
        -        | x         | x     |             |              | x           |             | met
        -        | x         | x     |             |              |             | x           | met
                 | x         | x     | x           |              |             |             | indeterminate
        x        | x         | x     | x           |              |             |             | not_met
        -        |           | x     | x           |              |             |             | indeterminate
        -        | x         |       | x           |              |             |             | indeterminate
        -        | x         | x     | -           | -            | -           | -           | not_met
        """,
    )


def test_anticholinergic_toxicity_is_without_rigidity_and_sweating() -> None:
    """Silence about the two is not their absence, so a report that lists only what happened leaves it open."""
    spec_test(
        "anticholinergic_toxicity",
        """
        anticholinergic | mydriasis | dry_skin_or_mouth | urinary_retention | ileus | rigidity | diaphoresis | verdict
        ----------------+-----------+-------------------+-------------------+-------+----------+-------------+--------------
        x               | x         | x                 | x                 |       | -        | -           | met
        x               | x         | x                 |                   | x     | -        | -           | met
        x               | x         | x                 | x                 |       |          |             | indeterminate
        x               | x         | x                 | x                 |       | x        |             | not_met
        x               | x         | x                 | x                 |       | -        | x           | not_met
        x               | x         | x                 |                   |       | -        | -           | indeterminate
                        | x         | x                 | x                 |       | -        | -           | indeterminate
        -               | x         | x                 | x                 |       | -        | -           | not_met
        """,
    )


def test_parkinsonism_hyperpyrexia_follows_the_withdrawal_of_a_dopaminergic_drug() -> None:
    spec_test(
        "parkinsonism_hyperpyrexia",
        """
        withdrawal | exposure | fever | rigidity | altered_mental_status | ck_elevation | verdict
        -----------+----------+-------+----------+-----------------------+--------------+--------------
        x          |          | x     | x        |                       |              | met
        x          |          | x     |          | x                     |              | met
        x          |          | x     |          |                       | x            | met
        x          |          | x     |          |                       |              | indeterminate
        x          |          |       | x        | x                     | x            | indeterminate
                   | x        | x     | x        |                       |              | indeterminate
        -          | x        | x     | x        |                       |              | not_met
        """,
    )
    window_test(
        "parkinsonism_hyperpyrexia",
        """
        drug       | form  | role | start | end | interval | withdrawal     | why
        -----------+-------+------+-------+-----+----------+----------------+------------------------------------------
        withdrawal | other | C    | 400   | 7   |          | present        | stopped a week before
        withdrawal | other | C    | 400   | 8   |          | absent         | stopped too early
        withdrawal | other | PS   |       |     |          | not documented | suspicion does not say it was stopped
        withdrawal | other | C    | -2    |     |          | not documented | begun after the event: treatment
        """,
    )


def test_the_reported_term_of_serotonin_syndrome() -> None:
    spec_test(
        "serotonin_term",
        """
        serotonin_diagnosis | nms_diagnosis | tremor | hyperreflexia | verdict
        --------------------+---------------+--------+---------------+--------
        x                   | x             |        |               | met
                            |               | x      | x             | not_met
        """,
    )


def test_another_cause_is_named_or_it_is_open() -> None:
    spec_test(
        "other_cause",
        """
        alternative_cause (context) | respiratory_complication (context) | verdict
        ----------------------------+------------------------------------+--------------
        x                           |                                    | met
                                    | x                                  | indeterminate
        """,
    )


OVERLAP = """
    exposure|serotonergic|nms_diagnosis|fever|rigidity|altered_mental_status|ck_elevation|tremor|hyperreflexia|iec_2011|hunter_2003
    --------+------------+-------------+-----+--------+---------------------+------------+------+-------------+--------+-----------
    x       | x          |             | x   | x      | x                   | x          | x    | x           | met    | met
    x       |            |             | x   | x      | x                   | x          |      |             | met    |
            | x          |             |     |        |                     |            | x    | x           |        | met
            |            | x           |     |        |                     |            |      |             |        |
    """


@pytest.mark.parametrize("row", read(OVERLAP), ids=["both", "NMS only", "serotonin toxicity only", "undecidable"])
def test_overlap_is_shown_and_not_forced(row: dict[str, str]) -> None:
    expected = {name: row[name] or "indeterminate" for name in ("iec_2011", "hunter_2003")}
    told = evidence({"faers:1": {heading: mark for heading, mark in row.items() if heading not in expected}})
    assert {name: verdicts(*told, {**CASES, **DIFFERENTIAL}[name])["verdict"].item() for name in expected} == expected
