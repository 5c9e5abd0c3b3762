"""Which reports are flagged as probable duplicates, by which rule, and which one is counted."""

import polars as pl
import pytest

from nms_pv.canonical.faers.duplicates import flag_duplicates
from nms_pv.canonical.faers.keys import event_date_part
from nms_pv.spec.params import Duplicates

BOTH = Duplicates(rule="content_or_number", largest_padded_group=7, largest_age_gap_years=2)
ALIKE = {
    "received_day": 1,
    "event_day": 1000,
    "event_day_precision": "day",
    "age_years": 40.0,
    "sex": "female",
    "country": "US",
    "drugs": 1,
    "events": 2,
    "sender": None,
    "sender_case_number": None,
}
TYPES = {"subject_id": pl.String, "received_day": pl.Int32, "event_day": pl.Int32, "age_years": pl.Float64, "drugs": pl.UInt64}


def flags(reports: dict[str, dict[str, object]], settings: Duplicates = BOTH) -> dict[str, tuple[str, str, bool]]:
    rows = [{"subject_id": name, **ALIKE, **values} for name, values in reports.items()]
    schema = {
        "sex": pl.String,
        "country": pl.String,
        "sender": pl.String,
        "sender_case_number": pl.String,
        "events": pl.UInt64,
    }
    keys = pl.DataFrame(rows, schema_overrides={**TYPES, **schema}).with_columns(event_date_part())
    found = flag_duplicates(keys, settings)
    return {name: tuple(rest) for name, *rest in found.sort("subject_id").iter_rows()}


def test_equal_content_is_a_duplicate_and_the_latest_received_is_counted() -> None:
    assert flags({"a": {"received_day": 5}, "b": {"received_day": 9}}) == {
        "a": ("a", "same_content", False),
        "b": ("a", "same_content", True),
    }


@pytest.mark.parametrize("part", ["event_day", "age_years", "sex", "country", "drugs", "events"])
def test_a_missing_part_never_matches(part: str) -> None:
    assert flags({"a": {part: None}, "b": {part: None}}) == {}


@pytest.mark.parametrize(
    ("part", "other"), [("event_day", 1001), ("age_years", 41.0), ("sex", "male"), ("drugs", 3), ("events", 3)]
)
def test_a_different_part_does_not_match(part: str, other: object) -> None:
    assert flags({"a": {}, "b": {part: other}}) == {}


def test_a_year_is_not_the_first_of_january_of_that_year() -> None:
    assert flags({"a": {"event_day_precision": "year"}, "b": {"event_day_precision": "day"}}) == {}
    assert len(flags({"a": {"event_day_precision": "year"}, "b": {"event_day_precision": "year"}})) == 2
    assert len(flags({"a": {"event_day_precision": "padded"}, "b": {"event_day_precision": "day"}})) == 2


def test_a_large_group_of_one_sender_on_a_padded_date_is_a_batch_not_a_duplicate() -> None:
    padded = {"event_day_precision": "padded", "sender": "ACME"}
    assert flags({f"r{i}": padded for i in range(8)}) == {}
    assert len(flags({f"r{i}": padded for i in range(7)})) == 7
    assert len(flags({f"r{i}": {**padded, "event_day_precision": "day"} for i in range(8)})) == 8
    assert len(flags({f"r{i}": {**padded, "sender": f"S{i % 2}"} for i in range(8)})) == 8


NUMBERED = {"sender": "ACME", "sender_case_number": "US-1", "event_day": None}


def test_the_same_number_of_the_same_sender_is_a_duplicate() -> None:
    assert flags({"a": NUMBERED, "b": {**NUMBERED, "received_day": 0}, "c": {**NUMBERED, "sender": "OTHER"}}) == {
        "a": ("a", "same_sender_number", True),
        "b": ("a", "same_sender_number", False),
    }


def test_not_when_sex_or_age_contradict() -> None:
    assert flags({"a": NUMBERED, "b": {**NUMBERED, "sex": "male"}}) == {}
    assert flags({"a": NUMBERED, "b": {**NUMBERED, "age_years": 42.5}}) == {}
    assert len(flags({"a": NUMBERED, "b": {**NUMBERED, "sex": None, "age_years": None}})) == 2
    assert len(flags({"a": NUMBERED, "b": {**NUMBERED, "age_years": 42.0}})) == 2


def test_groups_of_both_rules_that_share_a_report_become_one() -> None:
    number = {"sender": "ACME", "sender_case_number": "US-1"}
    chain = {"a": {}, "b": number, "c": {**number, "event_day": None}, "d": {"event_day": 1}}
    assert flags(chain) == {
        "a": ("a", "same_content", False),
        "b": ("a", "both", False),
        "c": ("a", "same_sender_number", True),
    }


def test_each_rule_can_be_used_alone_or_none() -> None:
    reports = {"a": {}, "b": {}, "c": NUMBERED, "d": NUMBERED}
    for rule, expected in (("content", {"a", "b"}), ("number", {"c", "d"}), ("none", set()), ("content_or_number", set("abcd"))):
        assert set(flags(reports, BOTH.model_copy(update={"rule": rule}))) == expected
