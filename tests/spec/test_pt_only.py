"""pt_only: the reported term, and nothing else."""

from tests.lib.harness import spec_test


def test_the_term_decides_and_silence_is_an_answer() -> None:
    spec_test(
        "pt_only",
        """
        nms_diagnosis | verdict
        --------------+--------
        x             | met
                      | not_met
        -             | not_met
        """,
    )


def test_nothing_else_replaces_the_term() -> None:
    spec_test(
        "pt_only",
        """
        nms_diagnosis | serotonin_diagnosis | mh_diagnosis | exposure | fever | rigidity | ck_elevation | verdict
        --------------+---------------------+--------------+----------+-------+----------+--------------+--------
                      |                     |              | x        | x     | x        | x            | not_met
                      | x                   |              |          |       |          |              | not_met
                      |                     | x            |          |       |          |              | not_met
        x             | x                   |              |          |       |          |              | met
        """,
    )


def test_a_weaker_word_for_it_does_not_count() -> None:
    spec_test(
        "pt_only",
        """
        nms_diagnosis (weak) | nms_diagnosis (context) | verdict
        ---------------------+-------------------------+--------
        x                    |                         | not_met
                             | x                       | not_met
        """,
    )
