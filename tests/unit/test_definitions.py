"""Reading definitions: what is unknown is refused with the name of the file."""

from pathlib import Path

import pytest
import yaml

from nms_pv.spec.definition_docs import document, in_words
from nms_pv.spec.definitions import Definition, Rule, load_definition, load_definitions
from nms_pv.spec.strict import StudyError

STUDY = Path(__file__).parents[2] / "study"
KNOWN = {"fever", "rigidity"}


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
    return load_definition(path, KNOWN)


def test_a_definition_is_read(tmp_path: Path) -> None:
    definition = load(tmp_path)
    assert definition.items == definition.leaves == ["fever", "rigidity"]


def test_the_three_of_the_study_are_read() -> None:
    assert {"iec_2011", "levenson_1985", "pt_only"} <= {d.name for d in load_definitions(STUDY)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cutoff": 3}, "cutoff: Extra inputs are not permitted"),
        ({"elements": {"fever": {"from": ["pyrexia"], "grades": ["core"]}}}, "element 'pyrexia' is not in"),
        ({"elements": {"fever": {"from": ["fever"], "grades": ["sure"]}}}, "known grades are core, weak, context"),
        ({"rule": {"all_of": ["fever", "rash"]}}, "the outcome refers to 'rash', which is not defined"),
        ({"combined": {"both": {"all_of": ["fever", "later"]}}}, "combined 'both' refers to 'later', which is not defined above"),
        ({"combined": {"fever": {"all_of": ["rigidity"]}}}, "the name 'fever' is given twice"),
        ({"not_assessable": {"faers": ["rash"]}}, "not_assessable names 'rash'"),
        ({"points": {"fever": 1}, "threshold": 1}, "give either points with a threshold, or a rule"),
        ({"rule": None}, "give either points with a threshold, or a rule"),
        ({"rule": None, "points": {"fever": 1}}, "give either points with a threshold, or a rule"),
        ({"rule": None, "points": {"fever": 1}, "threshold": 2}, "the threshold 2 is above the sum of all points, 1"),
        ({"rule": {"all_of": ["fever"], "any_of": ["rigidity"]}}, "exactly one of all_of, any_of, none_of, at_least"),
        ({"rule": {"at_least": {"count": 3, "of": ["fever", "rigidity"]}}}, "at_least asks for 3 of only 2"),
        ({"rule": {"some_of": ["fever"]}}, "some_of: Extra inputs are not permitted"),
        ({"rule": "fever and rigidity"}, "rule: Input should be"),
        ({"name": "other"}, "name is 'other', but the file is called toy.yaml"),
        ({"exposures": {"drug": {"taken": {"relations": ["poison"]}}}}, "known relations are antagonist"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, changes: dict, said: str) -> None:
    with pytest.raises(StudyError) as refused:
        load(tmp_path, **changes)
    assert said in str(refused.value)
    assert str(tmp_path / "toy.yaml") in str(refused.value)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        load(tmp_path, name="other", not_assessable={"faers": ["rash"]})
    assert "'rash'" in str(refused.value)
    assert "'other'" in str(refused.value)


def test_a_rule_in_words() -> None:
    rule = Rule.model_validate({"any_of": [{"at_least": {"count": 2, "of": ["ck", "bp_abnormal"]}}, {"none_of": ["fever"]}]})
    assert in_words(rule) == "any of (at least 2 of (ck, bp abnormal), none of (fever))"


def test_the_page_names_every_definition_its_status_and_its_parts() -> None:
    definitions = load_definitions(STUDY)
    page = document(definitions)
    for d in definitions:
        assert f"## `{d.name}`: {d.title}" in page
        assert f"Status: `{d.status}`. {d.status_note}" in page
        assert all(f"| {name.replace('_', ' ')} |" in page for name in [*d.leaves, *d.combined])
    assert page.endswith("\n")
