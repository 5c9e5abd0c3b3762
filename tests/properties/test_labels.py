"""What must hold for every definition and every evidence: more evidence never unmakes a diagnosis, silence never denies."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.labels.logic import bounds, value
from nms_pv.labels.reasoning import reason
from nms_pv.labels.verdicts import verdicts
from nms_pv.spec.definitions import Definition, Rule, load_definitions
from nms_pv.tables.evidence import EXPOSURES, FINDINGS

DEFINITIONS = load_definitions(Path(__file__).parents[2] / "study")
NAMES = [definition.name for definition in DEFINITIONS]
ELEMENTS = sorted({source for d in DEFINITIONS for use in d.elements.values() for source in use.sources})
VALUE = {"met": True, "not_met": False, "indeterminate": None}
THREE = (True, False, None)

finding = st.tuples(
    st.sampled_from(ELEMENTS), st.sampled_from(["core", "weak", "context"]), st.sampled_from(["present", "absent"])
)
days = st.none() | st.integers(-5, 400)
course = st.tuples(
    st.sampled_from(["antagonist", "depleter", "withdrawal", "treatment"]),
    st.sampled_from(["other", "long_acting"]),
    st.sampled_from(["PS", "SS", "C", "I", "unknown"]),
    days,
    days,
)
said = st.lists(finding, min_size=1, max_size=12)
given_drugs = st.lists(course, max_size=4)


def _findings(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    columns = {
        "subject_id": "faers:1", "term": "as reported", "value": None, "unit": None, "day": None, "day_precision": "none",
        "source_id": "faers:2025Q4:REAC", "source_line": 2,
    }  # fmt: skip
    filled = [{**columns, "finding_no": n, "element": e, "grade": g, "state": s} for n, (e, g, s) in enumerate(rows, start=1)]
    return FINDINGS.check(pl.DataFrame(filled, schema_overrides=FINDINGS.types))


def _exposures(rows: list[tuple[str, str, str, int | None, int | None]]) -> pl.DataFrame:
    columns = {
        "subject_id": "faers:1", "ingredient": "haloperidol", "start_day": None, "start_day_precision": "none",
        "end_day": None, "end_day_precision": "none", "source_id": "faers:2025Q4:DRUG", "source_line": 2,
    }  # fmt: skip
    filled = [
        {
            **columns, "course_no": n, "relation": relation, "formulation": form, "role": role, "onset_minus_end": end,
            "onset_minus_start": start if start is not None and start >= 0 else None,
            "timing": "start_date_missing" if start is None else "known" if start >= 0 else "event_before_start",
        }
        for n, (relation, form, role, start, end) in enumerate(rows, start=1)
    ]  # fmt: skip
    return EXPOSURES.check(pl.DataFrame(filled, schema=EXPOSURES.types))


def _verdict(rows: list, drugs: list, definition: Definition) -> dict:
    return verdicts(_findings(rows), _exposures(drugs), definition).row(0, named=True)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
@settings(deadline=None, max_examples=60)
@given(rows=said, drugs=given_drugs, more=finding)
def test_one_more_sign_never_turns_met_into_not_met(definition: Definition, rows: list, drugs: list, more: tuple) -> None:
    before = _verdict(rows, drugs, definition)
    after = _verdict([*rows, (more[0], more[1], "present")], drugs, definition)
    rank = {"not_met": 0, "indeterminate": 1, "met": 2}
    assert rank[after["verdict"]] >= rank[before["verdict"]]
    assert (after["points_low"] or 0) >= (before["points_low"] or 0)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
@settings(deadline=None, max_examples=60)
@given(rows=said, drugs=given_drugs)
def test_the_interval_contains_and_decides(definition: Definition, rows: list, drugs: list) -> None:
    row = _verdict(rows, drugs, definition)
    named = [name for column in ("met", "failed", "missing") for name in row[column].split(";") if name]
    assert sorted(named) == sorted(definition.items)
    if definition.points and definition.threshold:
        low, high = row["points_low"], row["points_high"]
        assert 0 <= low <= high <= sum(definition.points.values())
        assert row["verdict"] == (
            "met" if low >= definition.threshold else "not_met" if high < definition.threshold else "indeterminate"
        )


@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
@settings(deadline=None, max_examples=60)
@given(rows=said, drugs=given_drugs)
def test_the_reasoning_comes_to_the_verdict(definition: Definition, rows: list, drugs: list) -> None:
    why = reason(_findings(rows), _exposures(drugs), definition)
    assert why.value == VALUE[_verdict(rows, drugs, definition)["verdict"]]


@pytest.mark.parametrize("definition", [d for d in DEFINITIONS if d.name != "pt_only"], ids=lambda d: d.name)
@settings(deadline=None, max_examples=60)
@given(elements=st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=12))
def test_signs_alone_never_deny_a_clinical_definition(definition: Definition, elements: list[str]) -> None:
    row = _verdict([(element, "core", "present") for element in elements], [], definition)
    assert row["verdict"] in ("met", "indeterminate")
    assert row["failed"] == ""


@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
@settings(deadline=None, max_examples=20)
@given(rows=st.lists(said, min_size=2, max_size=5))
def test_a_subject_is_judged_alone(definition: Definition, rows: list) -> None:
    apart = [_findings(r).with_columns(subject_id=pl.lit(f"faers:{n}")) for n, r in enumerate(rows)]
    together = verdicts(pl.concat(apart), EXPOSURES.empty(), definition)
    assert together.equals(pl.concat([verdicts(one, EXPOSURES.empty(), definition) for one in apart]))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_least_is_certain_only_when_every_completion_agrees(count: int) -> None:
    """Kleene: the value is true (false) exactly when every way of filling what is not documented makes it true (false)."""
    rule = Rule.model_validate({"at_least": {"count": count, "of": ["a", "b", "c"]}})
    for states in product(THREE, repeat=3):
        completions = product(*[[s] if s is not None else [True, False] for s in states])
        outcomes = {sum(c) >= count for c in completions}
        assert _value(rule, states) == (outcomes.pop() if len(outcomes) == 1 else None)


def test_none_of_is_the_opposite_of_any_of() -> None:
    any_of, none_of = (Rule.model_validate({key: ["a", "b", "c"]}) for key in ("any_of", "none_of"))
    for states in product(THREE, repeat=3):
        one = _value(any_of, states)
        assert _value(none_of, states) == (None if one is None else not one)


def test_all_of_needs_every_branch() -> None:
    rule = Rule.model_validate({"all_of": ["a", {"any_of": ["b", "c"]}]})
    for a, b, c in product(THREE, repeat=3):
        either = True if True in (b, c) else None if None in (b, c) else False
        expected = False if False in (a, either) else None if None in (a, either) else True
        assert _value(rule, (a, b, c)) == expected


def test_an_empty_state_is_worth_nothing_low_and_everything_high() -> None:
    low, high = bounds([(pl.col("a"), 20), (pl.col("b"), 7)])
    frame = pl.DataFrame({"a": [True, None], "b": [None, False]}).select(low=low, high=high)
    assert frame.rows() == [(20, 27), (0, 20)]


def _value(rule: Rule, states: tuple) -> bool | None:
    frame = pl.DataFrame([dict(zip("abc", states, strict=True))], schema=dict.fromkeys("abc", pl.Boolean))
    return frame.select(value=value(rule)).item()
