from datetime import date

import polars as pl
import pytest

from nms_pv.exposure.reports.universe import counted_reports, report_attrition
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_OUTCOMES, REPORTS
from nms_pv.tables.exposure import UNIVERSE
from tests.lib.declared_rows import rows

EVENTS = rows(REPORT_EVENTS, {"subject_id": "faers:1"}, {"subject_id": "faers:1", "event_no": 2})
NO_OUTCOMES = rows(REPORT_OUTCOMES)

PLACE = ("2025Q4", [0, 40])


def drugs(*roles: str) -> pl.DataFrame:
    return rows(REPORT_DRUGS, *({"subject_id": "faers:1", "drug_no": n, "role": role} for n, role in enumerate(roles, start=1)))


@pytest.mark.parametrize(
    ("roles", "is_counted"),
    [
        (("PS",), True),
        (("SS",), True),
        (("PS", "SS", "C"), True),
        (("C",), False),
        (("I",), False),
        (("DN",), False),
        (("unknown",), False),
        ((), False),
    ],
)
def test_a_report_counts_when_it_has_a_suspect_drug(roles: tuple[str, ...], is_counted: bool) -> None:
    universe = counted_reports(rows(REPORTS, {"subject_id": "faers:1"}), drugs(*roles), EVENTS, NO_OUTCOMES, *PLACE)
    assert universe["subject_id"].to_list() == (["faers:1"] if is_counted else [])


def test_a_report_without_reaction_does_not_count() -> None:
    universe = counted_reports(
        rows(REPORTS, {"subject_id": "faers:1"}), drugs("PS"), rows(REPORT_EVENTS), NO_OUTCOMES, "2025Q4", [0, 40]
    )
    assert universe.is_empty()


def test_year_is_the_year_of_first_receipt_or_empty() -> None:
    reports = rows(
        REPORTS,
        {"subject_id": "faers:1", "first_received_day": (date(2019, 12, 31) - date(1970, 1, 1)).days, "received_day": 20_000},
        {"subject_id": "faers:2", "received_day": 20_000},
    )
    both = {"subject_id": "faers:2"}
    universe = counted_reports(
        reports,
        pl.concat([drugs("PS"), rows(REPORT_DRUGS, both | {"role": "PS"})]),
        pl.concat([EVENTS, rows(REPORT_EVENTS, both)]),
        NO_OUTCOMES,
        *PLACE,
    )
    assert UNIVERSE.check(universe)["received_year"].to_list() == [2019, None]


@pytest.mark.parametrize(
    ("is_serious", "outcomes", "is_fatal"),
    [
        (True, ["death", "hospitalisation"], True),
        (True, ["hospitalisation"], False),
        (False, [], False),
        (None, [], None),
    ],
)
def test_fatal_means_outcome_death_and_is_empty_where_there_is_no_outcome_table(
    is_serious: bool | None, outcomes: list[str], is_fatal: bool | None
) -> None:
    universe = counted_reports(
        rows(REPORTS, {"subject_id": "faers:1", "is_serious": is_serious}),
        drugs("PS"),
        EVENTS,
        rows(REPORT_OUTCOMES, *({"subject_id": "faers:1", "outcome": outcome} for outcome in outcomes)),
        *PLACE,
    )
    assert universe["is_fatal"].to_list() == [is_fatal]


def test_reports_leave_first_for_want_of_a_reaction_then_of_a_suspect_drug() -> None:
    reports = rows(REPORTS, *({"subject_id": f"faers:{n}"} for n in range(1, 6)))
    suspects = rows(REPORT_DRUGS, *({"subject_id": f"faers:{n}", "role": "PS"} for n in (1, 2)))
    reacting = rows(REPORT_EVENTS, *({"subject_id": f"faers:{n}"} for n in (1, 3, 4)))
    table = report_attrition("2025Q4:reports", reports, suspects, reacting)
    assert table.select("reason", "n_in", "n_left", "n_kept").rows() == [
        ("no_reaction", 5, 2, 3),
        ("no_suspect_drug", 3, 2, 1),
        ("kept", 1, 0, 1),
    ]


def test_who_and_by_whom_is_taken_over() -> None:
    told = {
        "age_years": 41.5,
        "sex": "female",
        "reporter_type": "lawyer",
        "report_type": "periodic",
        "reporter_country": "US",
        "sender": "S",
    }
    universe = counted_reports(
        rows(REPORTS, {"subject_id": "faers:1", **told}), drugs("PS"), EVENTS, NO_OUTCOMES, "2025Q4", [0, 40]
    )
    row = UNIVERSE.check(universe).row(0, named=True)
    assert {name: row[name] for name in told} == told
    assert row["age_band"] == "40+"
    assert (row["quarter"], row["sender"], row["occurrence_country"]) == ("2025Q4", "S", None)
