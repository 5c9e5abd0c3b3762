"""What must hold for every definition and every evidence: more evidence never unmakes a diagnosis, silence never denies."""

from collections.abc import Iterable
from itertools import product

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nms_pv.labels.logic import bounds, value
from nms_pv.labels.reasoning import reason
from nms_pv.labels.states import states
from nms_pv.labels.verdicts import verdicts
from nms_pv.spec.definitions import Definition
from nms_pv.spec.rules import Rule
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from tests.lib.harness import CASES, DEFINITIONS, QUANTITIES, STATE, exposure_rows, finding_rows, values

Said = tuple[str, str, str]
Subject = tuple[list[Said], list[tuple[str, str]], list[dict]]
THREE = (True, False, None)
VALUE = {"met": True, "not_met": False, "indeterminate": None}
RANK = {False: 0, None: 1, True: 2}
# Values on both sides of every size that a definition asks for.
RANGE = {
    "creatine_kinase": (50, 6000), "body_temperature": (36, 41), "leukocytes": (4, 25), "heart_rate": (50, 170),
    "respiratory_rate": (10, 40), "systolic_pressure": (70, 220), "diastolic_pressure": (40, 140),
}  # fmt: skip
# Where the text of the definition itself excludes something: a sign, or a drug.
A_SIGN_EXCLUDES = {"anticholinergic_toxicity"}
A_DRUG_EXCLUDES = {"malignant_catatonia", "sternbach_1991"}
# A retrospective rule speaks of what is not documented, so it ends when that is documented as absent.
RETROSPECTIVE = {"pope_1986_probable", "pope_1986_probable_both"}
# What is not among the reaction terms of a report was not coded: silence is an answer.
SILENCE_ANSWERS = {"pt_only", "smq_narrow", "smq_broad", "serotonin_term", "malignant_hyperthermia"}
# Whoever meets the first meets the second.
IMPLIED = [
    ("levenson_1985", "levenson_1985_probable"),
    ("caroff_mann_1993", "caroff_mann_1993_signs"),
    ("adityanjee_1999", "adityanjee_1999_signs"),
    ("dsm_iv_tr", "dsm_iv_tr_signs"),
    ("pope_1986_definite", "pope_1986_probable"),
    ("pope_1986_definite", "pope_1986_probable_both"),
    ("pope_1986_probable_both", "pope_1986_probable"),
    ("smq_narrow", "smq_broad"),
    ("iec_2011", "iec_2011_interval"),
]

# An example is a table of subjects, so a few of them are many, and shrinking one would only take time.
few = settings(deadline=None, max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
# What a source may say of one element: nothing, grade and state.
MARKS = [None, *[("core", "present")] * 4, ("core", "absent"), ("weak", "present"), ("context", "present")]
HIGHER = (0.5, 5, 50, 500)
days = st.sampled_from([None, -9, 0, 0, 1, 1, 2, 3, 4, 7, 8, 14, 15, 28, 30, 31, 56, 57, 400])


@st.composite
def course(draw: st.DrawFn, relations: list[str]) -> dict:
    start, end = draw(days), draw(days)
    return {
        "relation": draw(st.sampled_from(relations)),
        "formulation": draw(st.sampled_from(["other", "long_acting"])),
        "role": draw(st.sampled_from(["PS", "SS", "C", "I", "unknown"])),
        "onset_minus_start": None if start is None or start < 0 else start,
        "onset_minus_end": end,
        "timing": "start_date_missing" if start is None else "known" if start >= 0 else "event_before_start",
        "dosing_interval_days": draw(st.none() | st.integers(0, 90)),
    }


@st.composite
def measured(draw: st.DrawFn, quantities: list[str]) -> tuple[str, str]:
    """Heading and cell as in the tables of tests/spec: one to three days."""
    quantity = draw(st.sampled_from(quantities))
    size = st.integers(*(10 * end for end in RANGE[quantity])).map(lambda n: n / 10)
    limit = f"/{draw(size)}" if QUANTITIES[quantity].default_upper_limit and draw(st.booleans()) else ""
    change = f"~{draw(st.integers(0, 50))}" if draw(st.booleans()) else ""
    cell = " ".join(f"{v}{limit}{change}" for v in draw(st.lists(size, min_size=1, max_size=3)))
    return f"{quantity} (baseline {draw(size)})" if draw(st.integers(0, 2)) else quantity, cell


def words(definition: Definition) -> st.SearchStrategy[list[Said]]:
    """One mark for each element the definition asks for: a number is drawn, and its digits are the marks."""
    names = sources(definition)
    numbers = st.integers(0, len(MARKS) ** len(names) - 1)
    marks = numbers.map(lambda n: [MARKS[n // len(MARKS) ** place % len(MARKS)] for place in range(len(names))])
    return marks.map(lambda drawn: [(name, *mark) for name, mark in zip(names, drawn, strict=True) if mark])


def subject(definition: Definition) -> st.SearchStrategy[Subject]:
    quantities = sorted({test.of for test in definition.tests})
    relations = [*relations_of(definition), "treatment"]
    return st.tuples(
        words(definition),
        st.lists(measured(quantities), max_size=3, unique_by=lambda m: m[0].split(" ")[0]) if quantities else st.just([]),
        st.lists(course(relations), max_size=2),
    )


def some(definition: Definition) -> st.SearchStrategy[list[Subject]]:
    return st.lists(subject(definition), min_size=6, max_size=10)


def sources(definition: Definition) -> list[str]:
    return [*dict.fromkeys(source for use in definition.elements.values() for source in use.sources), "nms_diagnosis"]


def relations_of(definition: Definition) -> list[str]:
    ways = [way for use in definition.exposures.values() for way in (use.taken, use.stopped) if way]
    return list(dict.fromkeys(relation for way in ways for relation in way.relations))


def tables(subjects: Iterable[Subject], source: str = "faers") -> tuple[pl.DataFrame, pl.DataFrame]:
    found, given_drugs = [], []
    for number, (said, sizes, courses) in enumerate(subjects, start=10):
        told = [row for heading, cell in sizes for row in values(heading, cell)]
        found += finding_rows(f"{source}:{number}", said, told)
        given_drugs += exposure_rows(f"{source}:{number}", courses)
    return (
        pl.DataFrame(found, schema=FINDINGS.types),
        pl.DataFrame(given_drugs, schema=EXPOSURES.types),
    )


def ranks(subjects: Iterable[Subject], definition: Definition) -> list[int]:
    """0 not met, 1 indeterminate, 2 met."""
    return [RANK[VALUE[verdict]] for verdict in verdicts(*tables(subjects), definition)["verdict"]]


def lowered(pairs: list[tuple[Subject, Subject]], narrow: Definition, wide: Definition | None = None) -> list[Subject]:
    """The second subjects of the pairs that get less than the first ones."""
    before, after = (ranks([pair[n] for pair in pairs], definition) for n, definition in enumerate((narrow, wide or narrow)))
    return [pair[1] for pair, b, a in zip(pairs, before, after, strict=True) if a < b]


def of_all_but(names: set[str]) -> pytest.MarkDecorator:
    chosen = {name: definition for name, definition in DEFINITIONS.items() if name not in names}
    return pytest.mark.parametrize("definition", chosen.values(), ids=chosen)


def test_the_exceptions_named_here_are_those_of_the_definitions() -> None:
    excluded = {d.name: names_under(d, "none_of") for d in DEFINITIONS.values()}
    assert {name for name, names in excluded.items() if names & set(DEFINITIONS[name].elements)} == A_SIGN_EXCLUDES
    assert {name for name, names in excluded.items() if names & set(DEFINITIONS[name].exposures)} == A_DRUG_EXCLUDES
    assert {d.name for d in DEFINITIONS.values() if names_under(d, "not_denied")} == RETROSPECTIVE
    assert {
        d.name for d in DEFINITIONS.values() if any(use.silence == "absent" for use in d.elements.values())
    } == SILENCE_ANSWERS
    assert not (A_SIGN_EXCLUDES | A_DRUG_EXCLUDES) & set(CASES), "no definition of a case of NMS excludes anything by itself"


@of_all_but(A_SIGN_EXCLUDES)
@few
@given(data=st.data())
def test_one_more_sign_never_unmakes_a_diagnosis(definition: Definition, data: st.DataObject) -> None:
    pairs = [
        ((said, sizes, courses), ([*said, (element, "core", "present")], sizes, courses))
        for said, sizes, courses in data.draw(some(definition))
        for element in sources(definition)
    ]
    assert not lowered(pairs, definition)


@of_all_but({name for name, definition in DEFINITIONS.items() if not definition.exposures} | A_DRUG_EXCLUDES)
@few
@given(data=st.data())
def test_one_more_drug_that_counts_never_unmakes_a_diagnosis(definition: Definition, data: st.DataObject) -> None:
    inside = {"timing": "known", "onset_minus_start": 1, "onset_minus_end": 0}
    pairs = [
        ((said, sizes, courses), (said, sizes, [*courses, {**inside, "relation": relation}]))
        for said, sizes, courses in data.draw(some(definition))
        for relation in relations_of(definition)
    ]
    assert not lowered(pairs, definition)


@of_all_but({name for name, definition in DEFINITIONS.items() if not definition.tests})
@few
@given(data=st.data())
def test_a_higher_value_never_lowers_an_element_that_asks_for_a_high_one(definition: Definition, data: st.DataObject) -> None:
    drawn = data.draw(some(definition))
    before = states(*tables(subject for subject in drawn for _ in HIGHER), definition)
    after = states(*tables((w, [_raised(m, by) for m in ms], c) for w, ms, c in drawn for by in HIGHER), definition)
    for name, use in definition.elements.items():
        if all(test.comparison != "below" for test in use.measured or []):
            assert all(RANK[a] >= RANK[b] for b, a in zip(before[name], after[name], strict=True)), name


@of_all_but(set())
@few
@given(data=st.data())
def test_silence_never_denies(definition: Definition, data: st.DataObject) -> None:
    """With nothing recorded as absent and nothing measured, only what is complete by itself can be absent."""
    subjects = [([word for word in said if word[2] == "present"], [], []) for said, _, _ in data.draw(some(definition))]
    rows = verdicts(*tables(subjects), definition)
    complete = {name for name, use in definition.elements.items() if use.silence == "absent"}
    assert {name for failed in rows["failed"] for name in failed.split(";") if name} <= complete
    if definition.name not in SILENCE_ANSWERS | A_SIGN_EXCLUDES:
        assert "not_met" not in rows["verdict"]


@of_all_but(SILENCE_ANSWERS | RETROSPECTIVE)
@few
@given(data=st.data())
def test_a_decision_stands_whatever_silence_hides(definition: Definition, data: st.DataObject) -> None:
    """A word about something nobody had mentioned, present or absent, never turns met or not met."""
    pairs = [
        ((said, [], courses), ([*said, (element, "core", state)], [], courses))
        for said, _, courses in data.draw(some(definition))
        for element in set(sources(definition)) - {element for element, _, _ in said}
        for state in STATE.values()
    ]
    before, after = (ranks([pair[n] for pair in pairs], definition) for n in (0, 1))
    assert not [pair for pair, b, a in zip(pairs, before, after, strict=True) if b != RANK[None] and a != b]


@pytest.mark.parametrize(("narrow", "wide"), IMPLIED, ids=[f"{narrow}-{wide}" for narrow, wide in IMPLIED])
@settings(few, max_examples=3)
@given(data=st.data())
def test_whoever_meets_the_narrow_meets_the_wide(narrow: str, wide: str, data: st.DataObject) -> None:
    pairs = [(subject, subject) for subject in data.draw(some(DEFINITIONS[wide]))]
    assert not lowered(pairs, DEFINITIONS[narrow], DEFINITIONS[wide])


@of_all_but(set())
@few
@given(data=st.data())
def test_every_item_is_named_once_and_the_interval_decides(definition: Definition, data: st.DataObject) -> None:
    for row in verdicts(*tables(data.draw(some(definition))), definition).iter_rows(named=True):
        named = [name for column in ("met", "failed", "missing") for name in row[column].split(";") if name]
        assert sorted(named) == sorted(definition.items)
        low, high = row["points_low"], row["points_high"]
        if definition.points and definition.threshold:
            assert 0 <= low <= high <= sum(definition.points.values())
            decided = "met" if low >= definition.threshold else "not_met" if high < definition.threshold else "indeterminate"
            assert row["verdict"] == decided
        else:
            assert (low, high) == (None, None)


@of_all_but(set())
@settings(few, max_examples=3)
@given(data=st.data())
def test_the_reasoning_comes_to_the_verdict(definition: Definition, data: st.DataObject) -> None:
    found, drugs = tables([data.draw(subject(definition))], source=data.draw(st.sampled_from(["faers", "omop", "e2b"])))
    assert reason(found, drugs, definition).value == VALUE[verdicts(found, drugs, definition)["verdict"].item()]


@of_all_but(set())
@settings(few, max_examples=1)
@given(data=st.data())
def test_a_subject_is_judged_alone(definition: Definition, data: st.DataObject) -> None:
    found, drugs = tables(data.draw(some(definition))[:4])
    alone = [
        verdicts(of_one, drugs.filter(pl.col("subject_id") == of_one["subject_id"][0]), definition)
        for of_one in found.partition_by("subject_id", maintain_order=True)
    ]
    assert verdicts(found, drugs, definition).equals(pl.concat(alone, how="vertical_relaxed"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_least_is_certain_only_when_every_completion_agrees(count: int) -> None:
    """Kleene: the value is true (false) exactly when every way of filling what is not documented makes it true (false)."""
    rule = Rule.model_validate({"at_least": {"count": count, "of": ["a", "b", "c"]}})
    for marks in product(THREE, repeat=3):
        completions = product(*[[m] if m is not None else [True, False] for m in marks])
        outcomes = {sum(c) >= count for c in completions}
        assert _value(rule, marks) == (outcomes.pop() if len(outcomes) == 1 else None)


def test_none_of_is_the_opposite_of_any_of() -> None:
    any_of, none_of = (Rule.model_validate({key: ["a", "b", "c"]}) for key in ("any_of", "none_of"))
    for marks in product(THREE, repeat=3):
        one = _value(any_of, marks)
        assert _value(none_of, marks) == (None if one is None else not one)


def test_not_denied_asks_the_documents_so_it_is_never_open() -> None:
    rule = Rule.model_validate({"not_denied": ["a", "b", "c"]})
    for marks in product(THREE, repeat=3):
        assert _value(rule, marks) == (False not in marks)


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


def names_under(definition: Definition, key: str) -> set[str]:
    """What the rules of a definition name under nodes of one kind."""
    rules = [*definition.combined.values(), *([definition.rule] if definition.rule else [])]
    return {name for rule in rules for node in nodes(rule) if key in node.model_fields_set for name in node.names()}


def nodes(rule: Rule) -> Iterable[Rule]:
    yield rule
    for branch in rule.branches:
        if isinstance(branch, Rule):
            yield from nodes(branch)


def _raised(one: tuple[str, str], by: float) -> tuple[str, str]:
    """The first value of a cell, so much higher; its limit and its change stay."""
    first, _, others = one[1].partition(" ")
    number = first.partition("~")[0].partition("/")[0]
    return one[0], f"{float(number) + by}{first.removeprefix(number)} {others}"


def _value(rule: Rule, marks: tuple) -> bool | None:
    frame = pl.DataFrame([dict(zip("abc", marks, strict=True))], schema=dict.fromkeys("abc", pl.Boolean))
    return frame.select(value=value(rule)).item()
