"""International expert consensus, Gurrera 2011, cut at 74: points documented, points attainable, and the verdict between them."""

from itertools import product

from nms_pv.labels.verdicts import verdicts
from tests.lib.harness import DEFINITIONS, evidence, exposure_state, read, spec_test, window_test


def test_points_and_verdict() -> None:
    spec_test(
        "iec_2011",
        """
        exposure | fever | rigidity | altered_mental_status | ck_elevation | low | high | verdict
        ---------+-------+----------+-----------------------+--------------+-----+------+--------------
        x        | x     | x        | x                     | x            | 78  | 100  | met
        x        | x     | x        | x                     |              | 68  | 100  | indeterminate
        x        | x     | x        |                       |              | 55  | 100  | indeterminate
                 | x     | x        | x                     | x            | 58  | 100  | indeterminate
                 |       |          |                       |              | 0   | 100  | indeterminate
        -        | x     | x        | x                     | x            | 58  | 80   | indeterminate
        -        | -     |          |                       |              | 0   | 62   | not_met
        x        | -     | x        | -                     |              | 37  | 69   | not_met
        """,
    )


def test_sympathetic_lability_is_two_of_four_signs() -> None:
    spec_test(
        "iec_2011",
        """
        bp_elevation | bp_lability | diaphoresis | incontinence | low | high
        -------------+-------------+-------------+--------------+-----+-----
        x            | x           |             |              | 10  | 100
                     |             | x           | x            | 10  | 100
        x            |             |             | x            | 10  | 100
        x            |             |             |              | 0   | 100
        x            | -           | -           | -            | 0   | 90
        -            | -           | -           |              | 0   | 90
        -            | -           |             |              | 0   | 100
        """,
    )


def test_what_does_not_count() -> None:
    spec_test(
        "iec_2011",
        """
        fever (weak) | rigidity (weak) | altered_mental_status (weak) | muscle_injury | tachycardia | low | high
        -------------+-----------------+------------------------------+---------------+-------------+-----+-----
        x            | x               | x                            | x             | x           | 0   | 100
        """,
    )


def test_hypermetabolism_is_both_rates_above_baseline_where_they_are_measured() -> None:
    spec_test(
        "iec_2011",
        """
        heart_rate (baseline 80) | respiratory_rate (baseline 16) | low | high
        -------------------------+--------------------------------+-----+-----
        100                      | 24                             | 5   | 100
        99                       | 24                             | 0   | 95
        100                      | 23                             | 0   | 95
        99                       |                                | 0   | 95
        100                      |                                | 0   | 100
                                 |                                | 0   | 100
        """,
        source="omop",
    )


def test_without_a_baseline_a_rate_says_nothing() -> None:
    spec_test(
        "iec_2011",
        """
        heart_rate | respiratory_rate | systolic_pressure | low | high
        -----------+------------------+-------------------+-----+-----
        140        | 40               | 220               | 0   | 100
        60         | 12               | 110               | 0   | 100
        """,
        source="omop",
    )


def test_no_reaction_term_says_hypermetabolism() -> None:
    spec_test(
        "iec_2011",
        """
        tachycardia | tachypnoea | hypermetabolism (context) | low | high
        ------------+------------+---------------------------+-----+-----
        x           | x          | x                         | 0   | 100
        """,
    )


def test_a_report_attains_88_points_at_most() -> None:
    """Negative work-up (7) and hypermetabolism (5) are no reaction terms: everything that a report can say makes 88."""
    spec_test(
        "iec_2011",
        """
        exposure|fever|rigidity|altered_mental_status|ck_elevation|bp_elevation|bp_lability|diaphoresis|incontinence| low| verdict
        --------+-----+--------+---------------------+------------+------------+-----------+-----------+------------+----+--------
        x       | x   | x      | x                   | x          | x          | x         | x         | x          | 88 | met
        x       | x   | x      | x                   | x          | x          | x         | -         | -          | 88 | met
        """,
    )


def test_measured_values_against_the_printed_sizes() -> None:
    """Fever above 38.0 C twice (18), the enzyme at least four times the limit (10), two of four sympathetic signs (10)."""
    spec_test(
        "iec_2011",
        """
        body_temperature | creatine_kinase | low | high | met      | failed
        -----------------+-----------------+-----+------+----------+---------
        38.1 38.1        |                 | 18  | 100  | fever    |
        38.1,38.1        |                 | 18  | 100  | fever    |
        38.0 38.0        |                 | 0   | 82   |          | fever
        38.1 37.0        |                 | 0   | 100  |          |
        39.5             |                 | 0   | 100  |          |
                         | 800/200         | 10  | 100  | ck       |
                         | 799/200         | 0   | 90   |          | ck
                         | 799/200 801/200 | 10  | 100  | ck       |
                         | 800             | 10  | 100  | ck       |
                         | 800/210         | 0   | 90   |          | ck
        """,
        source="omop",
    )
    spec_test(
        "iec_2011",
        """
        systolic_pressure (baseline 120) | diastolic_pressure (baseline 80) | diaphoresis | low
        ---------------------------------+----------------------------------+-------------+-----
        150                              |                                  | x           | 10
                                         | 100                              | x           | 10
        149                              | 99                               | x           | 0
        150~25                           |                                  |             | 10
        150~24                           |                                  |             | 0
        120~25                           |                                  | x           | 10
                                         | 80~20                            | x           | 10
                                         | 80~19                            | x           | 0
        """,
        source="omop",
    )


def test_a_term_is_not_unsaid_by_a_lower_value() -> None:
    spec_test(
        "iec_2011",
        """
        fever | body_temperature | ck_elevation | creatine_kinase | low | high
        ------+------------------+--------------+-----------------+-----+-----
        x     | 37.0 36.9        | x            | 90/200          | 28  | 100
        -     | 39.0 39.1        | -            | 9000/200        | 28  | 100
        -     | 37.0             |              | 90/200          | 0   | 72
        """,
        source="omop",
    )


# Days from start and end of the drug to the event (negative: the event came first); blank is not known to the day.
COURSES = """
    drug         | form        | role | start | end | exposure       | why
    -------------+-------------+------+-------+-----+----------------+----------------------------------------------
    antagonist   | other       | C    | 0     |     | present        | begun on the day of the event
    antagonist   | other       | C    | 3     |     | present        | begun 72 hours before
    antagonist   | other       | C    | 400   | 3   | present        | last taken 72 hours before
    antagonist   | other       | C    | 400   | 4   | absent         | stopped too early
    antagonist   | other       | PS   | 400   | 4   | absent         | stopped too early, suspected or not
    antagonist   | other       | C    | 400   | -5  | present        | taken throughout
    antagonist   | other       | C    |       | 2   | present        | last taken within the window, start unknown
    antagonist   | other       | PS   | -1    |     | absent         | begun after the event
    antagonist   | other       | PS   |       |     | present        | suspected, not dated: our operationalisation
    antagonist   | other       | SS   | 400   |     | present        | suspected, end unknown: the same
    antagonist   | other       | C    |       |     | not documented | concomitant, not dated
    antagonist   | other       | C    | 400   |     | not documented | concomitant, end unknown
    antagonist   | long_acting | C    | 400   | 3   | present        | the 72 hours as printed
    antagonist   | long_acting | C    | 400   | 4   | absent         | the 72 hours as printed
    depleter     | other       | PS   |       |     | present        | tetrabenazine, for example
    withdrawal   | other       | PS   | 400   | 2   | present        | dopaminergic drug stopped 2 days before
    withdrawal   | other       | C    |       | 0   | present        | stopped on the day
    withdrawal   | other       | PS   | 400   | 3   | present        | stopped 72 hours before
    withdrawal   | other       | PS   | 400   | 4   | absent         | stopped too early
    withdrawal   | other       | PS   | 400   | -9  | absent         | not stopped before the event
    withdrawal   | other       | PS   | 400   |     | not documented | suspicion does not say that it was stopped
    withdrawal   | other       | C    | -1    |     | not documented | begun after the event: treatment, says nothing
    serotonergic | other       | PS   | 1     |     | not documented | not a dopamine antagonist
    """


def test_exposure() -> None:
    window_test("iec_2011", COURSES)


def test_several_courses() -> None:
    inside, outside, open_ = (read(COURSES)[n] for n in (1, 3, 10))
    assert _exposure([outside, inside]) == "present"
    assert _exposure([outside, open_]) == "not documented"
    assert _exposure([outside, outside]) == "absent"
    assert _exposure([]) == "not documented"


def test_the_identity_on_individual_reports() -> None:
    """74 documented points are reached exactly with exposure, fever, rigidity and two of mental status, CK and lability."""
    signs = (
        "exposure",
        "fever",
        "rigidity",
        "altered_mental_status",
        "ck_elevation",
        "bp_elevation",
        "bp_lability",
        "diaphoresis",
        "incontinence",
    )
    reports = {f"faers:{n:03}": marks for n, marks in enumerate(product("x ", repeat=len(signs)))}
    cells = {report: {sign: mark.strip() for sign, mark in zip(signs, marks, strict=True)} for report, marks in reports.items()}
    answers = verdicts(*evidence(cells), DEFINITIONS["iec_2011"])
    assert answers.height == len(reports) == 512
    for report, low, verdict in answers.select("subject_id", "points_low", "verdict").iter_rows():
        has_exposure, fever, rigidity, mental_status, ck, *lability = (mark == "x" for mark in reports[report])
        wanted = has_exposure and fever and rigidity and [mental_status, ck, sum(lability) >= 2].count(True) >= 2
        assert (low >= 74) == wanted, report
        assert verdict == ("met" if wanted else "indeterminate"), report


def test_the_variant_adds_the_dosing_interval_of_a_long_acting_drug() -> None:
    window_test(
        "iec_2011_interval",
        """
        drug       | form        | role | start | end | interval | exposure | why
        -----------+-------------+------+-------+-----+----------+----------+------------------------------------------
        antagonist | long_acting | C    | 400   | 31  | 28       | present  | 72 hours beyond four weeks
        antagonist | long_acting | C    | 400   | 32  | 28       | absent   | more than that
        antagonist | long_acting | C    | 31    |     | 28       | present  | one injection, its end not known
        antagonist | long_acting | C    | 400   | 3   | 0        | present  | the end holds the interval already
        antagonist | long_acting | C    | 400   | 4   | 0        | absent   | the same
        antagonist | long_acting | C    | 400   | 3   |          | present  | interval not known: the 72 hours alone
        antagonist | long_acting | C    | 400   | 4   |          | absent   | the same
        antagonist | other       | C    | 400   | 4   |          | absent   | not long-acting
        withdrawal | other       | C    | 400   | 3   |          | present  | as in iec_2011
        withdrawal | other       | C    | 400   | 4   |          | absent   | as in iec_2011
        """,
    )


def _exposure(courses: list[dict[str, str]]) -> str:
    return exposure_state("iec_2011", "exposure", courses)
