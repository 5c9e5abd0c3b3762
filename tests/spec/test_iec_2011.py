"""International expert consensus, Gurrera 2011, cut at 74: points documented, points attainable, and the verdict between them."""

from itertools import product

import polars as pl
import pytest

from nms_pv.labels.verdicts import verdicts
from tests.lib.harness import DEFINITIONS, exposures, findings, judge, read, spec_test, typical_exposure


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


def test_hypermetabolism_is_never_assessable_in_faers_but_may_be_elsewhere() -> None:
    table = """
        hypermetabolism | low | high
        ----------------+-----+-----
        {mark}               | {low}   | {high}
        """
    spec_test("iec_2011", table.format(mark="x", low=0, high=100), source="faers")
    spec_test("iec_2011", table.format(mark="-", low=0, high=100), source="faers")
    spec_test("iec_2011", table.format(mark="x", low=5, high=100), source="e2b")
    spec_test("iec_2011", table.format(mark="-", low=0, high=95), source="e2b")


# Days from start and end of the drug to the event (negative: the event came first); blank is not known to the day.
COURSES = """
    drug             | form        | role | start | end | exposure       | why
    -----------------+-------------+------+-------+-----+----------------+----------------------------------------------
    antagonist       | other       | C    | 0     |     | present        | begun on the day of the event
    antagonist       | other       | C    | 3     |     | present        | begun 72 hours before
    antagonist       | other       | C    | 400   | 3   | present        | last taken 72 hours before
    antagonist       | other       | C    | 400   | 4   | absent         | stopped too early
    antagonist       | other       | PS   | 400   | 4   | absent         | stopped too early, suspected or not
    antagonist       | other       | C    | 400   | -5  | present        | taken throughout
    antagonist       | other       | C    |       | 2   | present        | last taken within the window, start unknown
    antagonist       | other       | PS   | -1    |     | absent         | begun after the event
    antagonist       | other       | PS   |       |     | present        | suspected, not dated: our operationalisation
    antagonist       | other       | SS   | 400   |     | present        | suspected, end unknown: the same
    antagonist       | other       | C    |       |     | not documented | concomitant, not dated
    antagonist       | other       | C    | 400   |     | not documented | concomitant, end unknown
    antagonist       | long_acting | C    | 400   | 3   | present        | the 72 hours as printed
    antagonist       | long_acting | C    | 400   | 4   | absent         | the 72 hours as printed
    depleter         | other       | PS   |       |     | present        | tetrabenazine, for example
    withdrawal       | other       | PS   | 400   | 2   | present        | dopaminergic drug stopped 2 days before
    withdrawal       | other       | C    |       | 0   | present        | stopped on the day
    withdrawal       | other       | PS   | 400   | 9   | absent         | stopped too early
    withdrawal       | other       | PS   | 400   | -9  | absent         | not stopped before the event
    withdrawal       | other       | PS   | 400   |     | not documented | suspicion does not say that it was stopped
    withdrawal       | other       | C    | -1    |     | not documented | begun after the event: treatment, says nothing
    serotonergic     | other       | PS   | 1     |     | not documented | not a dopamine antagonist
    """


@pytest.mark.parametrize("row", read(COURSES), ids=lambda row: row["why"])
def test_exposure(row: dict[str, str]) -> None:
    assert _exposure([row]) == row["exposure"]


def test_several_courses() -> None:
    inside, outside, open_ = (read(COURSES)[n] for n in (1, 3, 10))
    assert _exposure([outside, inside]) == "present"
    assert _exposure([outside, open_]) == "not documented"
    assert _exposure([outside, outside]) == "absent"
    assert _exposure([]) == "not documented"


def test_the_identity_on_individual_reports() -> None:
    """74 documented points are reached exactly with exposure, fever, rigidity and two of mental status, CK and lability."""
    signs = (
        "fever",
        "rigidity",
        "altered_mental_status",
        "ck_elevation",
        "bp_elevation",
        "bp_lability",
        "diaphoresis",
        "incontinence",
    )
    reports = {f"faers:{n:03}": marks for n, marks in enumerate(product([True, False], repeat=len(signs) + 1))}
    found = [
        findings(report, [(s, "core", "present") for s, mark in zip(signs, marks[1:], strict=True) if mark])
        for report, marks in reports.items()
    ]
    exposed = [typical_exposure(report, "x" if marks[0] else "") for report, marks in reports.items()]
    answers = verdicts(pl.concat(found), pl.concat(exposed), DEFINITIONS["iec_2011"])
    assert answers.height == len(reports) == 512
    for report, low, verdict in answers.select("subject_id", "points_low", "verdict").iter_rows():
        has_exposure, fever, rigidity, mental_status, ck, *lability = reports[report]
        wanted = has_exposure and fever and rigidity and [mental_status, ck, sum(lability) >= 2].count(True) >= 2
        assert (low >= 74) == wanted, report
        assert verdict == ("met" if wanted else "indeterminate"), report


def _exposure(rows: list[dict[str, str]]) -> str:
    courses = [
        {
            "relation": row["drug"], "formulation": row["form"], "role": row["role"],
            "onset_minus_start": int(row["start"]) if row["start"] and int(row["start"]) >= 0 else None,
            "onset_minus_end": int(row["end"]) if row["end"] else None,
            "timing": "start_date_missing" if not row["start"] else "event_before_start" if int(row["start"]) < 0 else "known",
        }
        for row in rows
    ]  # fmt: skip
    answer = judge(findings("faers:1", []), exposures("faers:1", courses), DEFINITIONS["iec_2011"])
    where = {"met": "present", "failed": "absent", "missing": "not documented"}
    return next(word for column, word in where.items() if "exposure" in answer[column].split(";"))
