"""Reading one definition: what is unknown or does not fit together is refused with the name of the file."""

from itertools import combinations
from pathlib import Path

import pytest
import yaml

from nms_pv.labels.verdicts import verdicts
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.definition_docs import document, in_words
from nms_pv.spec.definition_files import load_definition
from nms_pv.spec.definitions import SYNDROME, Definition
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.rules import Rule
from nms_pv.spec.strict import StudyError
from tests.lib.harness import CASES, DEFINITIONS, DIFFERENTIAL, STUDY, TERMS, exposures, findings

KNOWN = {"fever", "rigidity"}
MEASUREMENTS = load_measurements(STUDY)
DRUG = {"relations": ["antagonist"], "undated_suspect": "present"}


def content(**changes: object) -> dict:
    base = {
        "name": "toy", "title": "Toy", "citation": "nobody", "doi": None, "status": "memory",
        "status_note": "made up", "notes": [],
        "elements": {name: {"from": [name], "grades": ["core"]} for name in sorted(KNOWN)},
        "rule": {"all_of": ["fever", "rigidity"]},
    }  # fmt: skip
    return {**base, **changes}


def load(folder: Path, **changes: object) -> Definition:
    path = folder / "toy.yaml"
    path.write_text(yaml.safe_dump(content(**changes)), encoding="utf-8")
    return load_definition(path, KNOWN, MEASUREMENTS)


def fever(**measured: object) -> dict:
    """Elements of which the fever has a test of its own."""
    return {**content()["elements"], "fever": {"from": ["fever"], "grades": ["core"], "measured": [measured]}}


def test_a_definition_is_read(tmp_path: Path) -> None:
    definition = load(tmp_path)
    assert definition.items == definition.leaves == ["fever", "rigidity"]


def test_an_element_has_the_tests_of_the_study_only_where_it_names_none(tmp_path: Path) -> None:
    own = fever(of="body_temperature", above=37.5)
    assert [test.size for test in load(tmp_path).tests] == [38.0]
    assert [test.size for test in load(tmp_path, elements=own).tests] == [37.5]
    assert load(tmp_path, elements={**own, "fever": {**own["fever"], "measured": []}}).tests == []


def test_a_window_is_in_days_or_beyond_the_dosing_interval(tmp_path: Path) -> None:
    long_acting = [{"beyond_interval": 3}, 28]
    for days in long_acting:
        drug = {"taken": {**DRUG, "days": {"oral": 3, "long_acting": days}}}
        assert load(tmp_path, exposures={"drug": drug}).leaves == ["drug", "fever", "rigidity"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cutoff": 3}, "cutoff: Extra inputs are not permitted"),
        ({"elements": {"fever": {"from": ["pyrexia"], "grades": ["core"]}}}, "['pyrexia'] are no elements of study/elements.csv"),
        ({"elements": {"fever": {"from": ["fever"], "grades": ["sure"]}}}, "known grades are core, weak, context"),
        ({"rule": {"all_of": ["fever", "rash"]}}, "the outcome refers to 'rash', which is not defined"),
        ({"combined": {"both": {"all_of": ["fever", "later"]}}}, "combined 'both' refers to 'later', which is not defined above"),
        ({"combined": {"fever": {"all_of": ["rigidity"]}}}, "the name 'fever' is given twice"),
        ({"not_assessable": {"faers": ["rash"]}}, "not_assessable names 'rash'"),
        ({"points": {"fever": 1}, "threshold": 1}, "give either points with a threshold, or a rule"),
        ({"rule": None}, "give either points with a threshold, or a rule"),
        ({"rule": None, "points": {"fever": 1}}, "give either points with a threshold, or a rule"),
        ({"rule": None, "points": {"fever": 1}, "threshold": 2}, "the threshold 2 is above the sum of all points, 1"),
        ({"rule": {"all_of": ["fever"], "any_of": ["rigidity"]}}, "exactly one of all_of, any_of, none_of, not_denied"),
        ({"rule": {"at_least": {"count": 3, "of": ["fever", "rigidity"]}}}, "at_least asks for 3 of only 2"),
        ({"rule": {"some_of": ["fever"]}}, "some_of: Extra inputs are not permitted"),
        ({"rule": "fever and rigidity"}, "rule: Input should be"),
        ({"name": "other"}, "name is 'other', but the file is called toy.yaml"),
        ({"exposures": {"drug": {"taken": {"relations": ["poison"]}}}}, "known relations are antagonist"),
        ({"exposures": {"drug": {"note": "none"}}}, "an exposure has `taken`, `stopped`, or both"),
        ({"exposures": {"drug": {"stopped": {**DRUG, "days": -1}}}}, "greater than or equal to 0"),
        ({"exposures": {"drug": {"taken": {**DRUG, "days": {"oral": 3}}}}}, "long_acting: Field required"),
        ({"syndrome": "influenza"}, "syndrome 'influenza'; known are"),
        ({"status": "sure"}, "status: Input should be 'found', 'memory' or 'conflict'"),
        ({"not_in": {"omop": "coded otherwise"}}, "not_in names 'omop'; arms are"),
        ({"needs": "luck"}, "needs: Input should be 'meddra'"),
        ({"elements": fever(of="blood_sugar", above=7)}, "'blood_sugar' is no quantity; known are ['body_temperature'"),
        ({"elements": fever(of="heart_rate", above_times_upper_limit=1)}, "'heart_rate' has no default_upper_limit"),
        ({"elements": fever(of="heart_rate")}, "a test has exactly one of above, at_least, below"),
        ({"elements": fever(of="heart_rate", above=100, below=50)}, "a test has exactly one of above, at_least, below"),
        ({"elements": fever(of="heart_rate", above=100, occasions=0)}, "occasions: Input should be greater than or equal to 1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, changes: dict, said: str) -> None:
    with pytest.raises(StudyError) as refused:
        load(tmp_path, **changes)
    assert said in str(refused.value)
    assert str(tmp_path / "toy.yaml") in str(refused.value)


def test_more_elements_than_a_pattern_can_hold_are_refused(tmp_path: Path) -> None:
    elements = {f"sign_{n}": {"from": ["fever"], "grades": ["core"]} for n in range(41)}
    with pytest.raises(StudyError, match="41 elements; at most 40 can be"):
        load(tmp_path, elements=elements, rule={"any_of": list(elements)})
    del elements["sign_40"]
    assert len(load(tmp_path, elements=elements, rule={"any_of": list(elements)}).leaves) == 40


def test_an_element_of_several_sources_is_absent_only_if_each_is_denied(tmp_path: Path) -> None:
    hot_or_stiff = {"sign": {"from": ["fever", "rigidity"], "grades": ["core"]}}
    definition = load(tmp_path, elements=hot_or_stiff, rule={"all_of": ["sign"]})
    silent, denied, said = [("fever", "core", "absent")], [("rigidity", "core", "absent")], [("rigidity", "core", "present")]
    verdict = [verdicts(findings("faers:1", f), exposures("faers:1", []), definition)["verdict"].item()
               for f in (silent, [*silent, *denied], [*silent, *said])]  # fmt: skip
    assert verdict == ["indeterminate", "not_met", "met"]


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        load(tmp_path, name="other", not_assessable={"faers": ["rash"]})
    assert "'rash'" in str(refused.value)
    assert "'other'" in str(refused.value)


def test_a_rule_in_words() -> None:
    rule = Rule.model_validate({"any_of": [{"at_least": {"count": 2, "of": ["ck", "bp_abnormal"]}}, {"none_of": ["fever"]}]})
    assert in_words(rule) == "any of (at least 2 of (ck, bp abnormal), none of (fever))"


def test_every_syndrome_that_is_named_has_a_definition() -> None:
    assert {d.syndrome for d in CASES.values()} == {"nms"}
    assert {d.syndrome for d in DIFFERENTIAL.values()} == set(SYNDROME) - {"nms"}
    assert not set(CASES) & set(DIFFERENTIAL), "a name stands for one definition"


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_no_reaction_term_counts_twice_in_one_count(definition: Definition) -> None:
    """One word of the source is one sign: two items of a count never stand on the same term."""
    terms_of = {name: terms(definition, name) for name in [*definition.leaves, *definition.combined]}
    counts = [*definition.combined.values(), *([definition.rule] if definition.rule else [])]
    groups = [rule.branches for rule in nodes(counts) if rule.needed > 1] + [list(definition.points or {})]
    for group in groups:
        names = [[branch] if isinstance(branch, str) else list(branch.names()) for branch in group]
        for one, other in combinations(names, 2):
            shared = {t for n in one for t in terms_of[n]} & {t for n in other for t in terms_of[n]}
            assert not shared or set(one) & set(other), f"{shared} makes {one} and {other} present at once"


def terms(definition: Definition, name: str) -> set[str]:
    """The reaction terms that make an element, or an element of a combination, present."""
    if name in definition.combined:
        return {term for part in definition.combined[name].names() for term in terms(definition, part)}
    use = definition.elements.get(name)
    return {t.term for t in TERMS if use and t.element in use.sources and t.grade in use.grades}


def nodes(rules: list[Rule]) -> list[Rule]:
    inner = [branch for rule in rules for branch in rule.branches if isinstance(branch, Rule)]
    return [*rules, *nodes(inner)] if inner else rules


def test_the_page_names_every_definition_its_status_and_its_parts() -> None:
    page = document(list(CASES.values()), list(DIFFERENTIAL.values()), MEASUREMENTS, load_concept_sets(STUDY))
    for d in DEFINITIONS.values():
        assert f"## `{d.name}`: {d.title}" in page
        assert f"Status: `{d.status}`. {d.status_note}" in page
        assert f"For: {SYNDROME[d.syndrome]}." in page
        assert all(f"| {name.replace('_', ' ')} |" in page for name in [*d.leaves, *d.combined])
        assert all(f"- {note}" in page for note in d.notes)
    assert page.endswith("\n")


@pytest.mark.parametrize(
    "line",
    [
        "For: neuroleptic malignant syndrome. A variant of `iec_2011`.",
        "| fever | fever | body temperature above 38 Cel on at least 2 occasions | core |  | Above 38.0 C",
        "| fever | fever | body temperature above 38.5 Cel on at least 3 days | core |",
        "| tachycardia | tachycardia | heart rate more than 30 /min above baseline | core |",
        "| negative workup | no source states it |",
        "| category a | smq 20000044 a; absent when not reported |",
        "(long-acting: 3 days beyond the dosing interval)",
        "Not computed without your own files: needs your own licensed MedDRA files",
        "Not used in the cohort arm: a cohort is coded in other vocabularies than MedDRA.",
        "Not assessable in `faers`: heart rate rise, respiratory rate rise, negative workup.",
        "none documented as absent of (fever, extrapyramidal, autonomic)",
        "Rule: at least 74 points of exposure 20, fever 18, rigidity 17, altered mental status 13, ck 10,",
    ],
)
def test_the_page_says_in_words_what_the_files_ask_for(line: str) -> None:
    assert line in document(list(CASES.values()), list(DIFFERENTIAL.values()), MEASUREMENTS, load_concept_sets(STUDY))
