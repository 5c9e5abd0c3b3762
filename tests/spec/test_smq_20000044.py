"""Standardised MedDRA query 20000044: narrow is category A; broad is A, or B and C and D. Which terms these are is licensed."""

from tests.lib.harness import spec_test


def test_narrow_is_category_a() -> None:
    spec_test(
        "smq_narrow",
        """
        smq_20000044_a | smq_20000044_b | smq_20000044_c | smq_20000044_d | exposure | verdict
        ---------------+----------------+----------------+----------------+----------+--------
        x              |                |                |                |          | met
        x              |                |                |                | -        | met
                       | x              | x              | x              | x        | not_met
                       |                |                |                |          | not_met
        """,
    )


def test_broad_is_a_or_all_of_b_c_d() -> None:
    spec_test(
        "smq_broad",
        """
        smq_20000044_a | smq_20000044_b | smq_20000044_c | smq_20000044_d | exposure | verdict
        ---------------+----------------+----------------+----------------+----------+--------
        x              |                |                |                |          | met
                       | x              | x              | x              |          | met
        x              | x              | x              | x              |          | met
                       | x              | x              |                |          | not_met
                       | x              |                | x              |          | not_met
                       |                | x              | x              |          | not_met
                       |                |                |                | x        | not_met
        """,
    )


def test_our_own_elements_never_stand_in_for_its_terms() -> None:
    table = """
        nms_diagnosis | fever | rigidity | altered_mental_status | ck_elevation | verdict
        --------------+-------+----------+-----------------------+--------------+--------
        x             | x     | x        | x                     | x            | not_met
        """
    spec_test("smq_narrow", table)
    spec_test("smq_broad", table)
