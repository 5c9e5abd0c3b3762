"""What the clocks of time to onset mean, case by case: days before the event, counted as days elapsed."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from nms_pv.measures.onset.clocks import since_dose_increase, since_era_start, since_injection, since_start, since_stop
from nms_pv.tables.evidence import EXPOSURES
from tests.lib.onset import EVENT, courses

LAST_DAY = EVENT + 100
Told = tuple[str, int | None]


def told(found: pl.DataFrame) -> list[Told]:
    return list(found.sort("ingredient", "formulation").select(pl.col("state").cast(pl.String), "days").iter_rows())


def course(start: int | None, end: int | None = None, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, **more}


START: list[tuple[str, list[dict[str, Any]], Told]] = [
    ("started on the day of the event: 0 days", [course(0)], ("known", 0)),
    ("started ten days before", [course(10)], ("known", 10)),
    ("refilled without a gap: one therapy", [course(30, 11), course(10, -5)], ("known", 30)),
    ("restarted after 14 days without it: still one therapy", [course(40, 25), course(10)], ("known", 40)),
    ("restarted after 15 days without it: a new therapy", [course(40, 26), course(10)], ("known", 10)),
    ("a course without an end goes on", [course(300), course(10)], ("known", 300)),
    ("started again after the event: the therapy before it counts", [course(40, 20), course(-30)], ("known", 40)),
    ("started after the event only", [course(-3)], ("event_before_start", None)),
    ("no start", [course(None)], ("start_date_missing", None)),
    ("start known to the month", [course(10, start_day_precision="month")], ("start_date_not_exact", None)),
    ("one start known, one not", [course(None), course(10)], ("known", 10)),
    ("event date filled in", [course(10, timing="event_date_padded")], ("event_date_padded", None)),
    ("event known to the month", [course(10, timing="event_date_not_exact")], ("event_date_not_exact", None)),
    ("no event date", [course(10, timing="event_date_missing")], ("event_date_missing", None)),
]


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in START], ids=[case[0] for case in START])
def test_from_the_start_of_the_current_therapy(rows: list[dict[str, Any]], expected: Told) -> None:
    assert told(since_start(courses(*rows), gap_days=14, last_day=LAST_DAY)) == [expected]


def test_what_could_have_been_seen_ends_with_the_data_and_not_with_the_report() -> None:
    found = since_start(courses(course(10)), gap_days=14, last_day=LAST_DAY).row(0, named=True)
    assert (found["days"], found["limit"]) == (10, 110)
    after_the_end = since_start(courses(course(10)), gap_days=14, last_day=EVENT - 1)
    assert told(after_the_end) == [("outside_observation", None)]


def test_each_drug_and_form_has_its_own_clock() -> None:
    rows = courses(course(10), course(60, formulation="long_acting"), course(3, ingredient="olanzapine"))
    assert told(since_start(rows, 14, LAST_DAY)) == [("known", 60), ("known", 10), ("known", 3)]


def dose(start: int | None, amount: float | None, unit: str = "mg", **more: Any) -> dict[str, Any]:
    return course(start, dose_amount=amount, dose_unit=unit, **more)


INCREASE: list[tuple[str, list[dict[str, Any]], Told]] = [
    ("5 mg, then 10 mg", [dose(20, 5), dose(4, 10)], ("known", 4)),
    ("raised twice: the last counts", [dose(20, 5), dose(9, 10), dose(4, 15)], ("known", 4)),
    ("raised, then lowered: the raise counts", [dose(20, 5), dose(9, 10), dose(4, 5)], ("known", 9)),
    ("lowered only", [dose(20, 10), dose(4, 5)], ("dose_not_increased", None)),
    ("the same dose again", [dose(20, 5), dose(4, 5)], ("dose_not_increased", None)),
    ("two doses on one day are one", [dose(20, 5), dose(20, 10)], ("fewer_than_two_doses", None)),
    ("milligrams and milligrams a day are not compared", [dose(20, 5), dose(4, 10, "mg/day")], ("fewer_than_two_doses", None)),
    ("one dose only", [dose(20, 5), dose(4, None)], ("fewer_than_two_doses", None)),
    ("no dated dose", [dose(None, 5), dose(None, 10)], ("fewer_than_two_doses", None)),
    ("raised after the event", [dose(20, 5), dose(-4, 10)], ("event_before_increase", None)),
    ("event date filled in", [dose(20, 5, timing="event_date_padded"), dose(4, 10, timing="event_date_padded")],
     ("event_date_padded", None)),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in INCREASE], ids=[case[0] for case in INCREASE])
def test_from_the_last_increase_of_the_dose(rows: list[dict[str, Any]], expected: Told) -> None:
    assert told(since_dose_increase(courses(*rows))) == [expected]


def taken(start: int | None, end: int | None, **more: Any) -> dict[str, Any]:
    return course(start, end, relation="withdrawal", ingredient="levodopa", **more)


STOP: list[tuple[str, list[dict[str, Any]], Told]] = [
    ("stopped two days before", [taken(900, 2)], ("known", 2)),
    ("stopped on the day of the event", [taken(900, 0)], ("known", 0)),
    ("start not known, stop known", [taken(None, 2)], ("known", 2)),
    ("goes on through the event", [taken(900, -5)], ("drug_continues", None)),
    ("one course stopped, another goes on", [taken(900, 2), taken(20, -5)], ("drug_continues", None)),
    ("stopped twice: the last counts", [taken(900, 60), taken(50, 3)], ("known", 3)),
    ("given to treat: first on the day of the event", [taken(0, -9)], ("not_taken_before_event", None)),
    ("given to treat, after a stop", [taken(900, 4), taken(-1, -9)], ("known", 4)),
    ("no stop", [taken(900, None)], ("end_date_missing", None)),
    ("stop known to the month", [taken(900, 2, end_day_precision="month")], ("end_date_not_exact", None)),
    ("event date filled in", [taken(900, 2, timing="event_date_padded")], ("event_date_padded", None)),
]


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in STOP], ids=[case[0] for case in STOP])
def test_from_the_stop_of_a_dopaminergic_drug(rows: list[dict[str, Any]], expected: Told) -> None:
    assert told(since_stop(courses(*rows))) == [expected]


def injected(start: int | None, end: int | None, interval: int | None = 28, **more: Any) -> dict[str, Any]:
    return course(start, end, formulation="long_acting", dosing_interval_days=interval, **more)


INJECTION: list[tuple[str, list[dict[str, Any]], tuple[str, int | None, bool | None]]] = [
    ("report: the last injection is the end of the course", [injected(200, 10)], ("known", 10, True)),
    ("report: the interval is over", [injected(200, 40)], ("known", 40, False)),
    ("report: no interval listed", [injected(200, 40, None)], ("known", 40, None)),
    ("report: injected again after the event", [injected(200, -10)], ("drug_continues", None, None)),
    ("report: last injection not known", [injected(200, None)], ("end_date_missing", None, None)),
    ("report: first injection after the event", [injected(-5, -20)], ("event_before_start", None, None)),
    ("cohort: each course is an injection, its end holds the interval", [injected(38, 11, 0), injected(10, -18, 0)],
     ("known", 10, True)),
    ("cohort: the interval is over", [injected(38, 11, 0)], ("known", 38, False)),
    ("cohort: an injection after the event is not the last before it", [injected(10, -18, 0), injected(-3, -30, 0)],
     ("known", 10, True)),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in INJECTION], ids=[case[0] for case in INJECTION])
def test_from_the_last_injection(rows: list[dict[str, Any]], expected: tuple[str, int | None, bool | None]) -> None:
    found = since_injection(courses(*rows, course(5))).row(0, named=True)
    assert (found["state"], found["days"], found["in_interval"]) == expected


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


ERA: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]], tuple[str, int | None, int | None]]] = [
    ("an era begun under observation", [("2010-03-01", "2010-08-31")], [("2009-01-01", "2010-06-30")], ("known", 61, 121)),
    ("of two eras the last one begun by the event", [("2009-06-01", "2010-01-31"), ("2010-04-01", "2010-08-31")],
     [("2009-01-01", "2012-12-31")], ("known", 30, 365)),
    ("an era that may have begun before observation", [("2010-01-20", "2010-08-31")], [("2010-01-01", "2012-12-31")],
     ("start_not_observed", None, None)),
    ("an era begun outside all observation", [("2010-03-01", "2010-08-31")], [("2010-04-01", "2012-12-31")],
     ("start_not_observed", None, None)),
    ("an era begun too long ago", [("2008-03-01", "2010-08-31")], [("2007-01-01", "2012-12-31")], ("beyond_window", None, None)),
    ("observation ended between start and event", [("2010-03-01", "2010-08-31")],
     [("2009-01-01", "2010-04-01"), ("2010-04-20", "2012-12-31")], ("outside_observation", None, None)),
    ("an era that begins after the event", [("2010-05-02", "2010-08-31")], [("2009-01-01", "2012-12-31")],
     ("event_before_start", None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("eras", "observed", "expected"), [case[1:] for case in ERA], ids=[case[0] for case in ERA])
def test_from_the_start_of_an_era(
    eras: list[tuple[str, str]], observed: list[tuple[str, str]], expected: tuple[str, int | None, int | None]
) -> None:
    """The event is on 2010-05-01."""
    person = {"person_id": 7}
    found = since_era_start(
        courses(course(1, subject_id="omop:7#1")),
        pl.DataFrame([{**person, "subject_id": "omop:7#1", "start_day": day("2010-05-01")}]),
        pl.DataFrame(
            [{**person, "ingredient": "haloperidol", "formulation": "other", "start_day": day(a)} for a, _ in eras],
            schema_overrides={"formulation": EXPOSURES.types["formulation"]},
        ),
        pl.DataFrame([{**person, "start_day": day(a), "end_day": day(b)} for a, b in observed]),
        gap_days=30,
        window_days=365,
    ).row(0, named=True)
    assert (found["state"], found["days"], found["limit"]) == expected
