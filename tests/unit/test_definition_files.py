"""Definitions from the files of the study: a variant states what differs, and is filled up from one other definition."""

import shutil
from pathlib import Path

import pytest
import yaml

from nms_pv.spec.definition_files import load_definition, load_definitions, load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.strict import StudyError
from tests.lib.harness import STUDY

KNOWN = {"fever", "rigidity", "tremor"}
MEASUREMENTS = load_measurements(STUDY)
PARENT = {
    "name": "parent", "title": "Parent", "citation": "nobody", "doi": "10.1/x", "status": "found", "status_note": "seen",
    "notes": ["one", "two"], "threshold": None, "not_assessable": {"faers": ["rigidity"]},
    "exposures": {
        "drug": {"stopped": {"relations": ["withdrawal"], "days": 3, "undated_suspect": "present"}},
    },
    "elements": {
        "fever": {"from": ["fever"], "grades": ["core"], "note": "as printed"},
        "rigidity": {"from": ["rigidity"], "grades": ["core"]},
    },
    "combined": {"either": {"any_of": ["fever", "rigidity"]}},
    "rule": {"all_of": ["either", "drug"]},
}  # fmt: skip


def write(folder: Path, **content: object) -> Path:
    path = folder / f"{content['name']}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def variant(folder: Path, **changes: object) -> Definition:
    write(folder, **PARENT)
    return load_definition(write(folder, name="variant", extends="parent", **changes), KNOWN, MEASUREMENTS)


def test_a_variant_that_states_nothing_is_its_parent_under_another_name(tmp_path: Path) -> None:
    filled = variant(tmp_path)
    parent = load_definition(tmp_path / "parent.yaml", KNOWN, MEASUREMENTS)
    assert filled == parent.model_copy(update={"name": "variant", "extends": "parent"})


def test_elements_exposures_and_combinations_are_replaced_or_added_by_name(tmp_path: Path) -> None:
    filled = variant(
        tmp_path,
        elements={"fever": {"from": ["fever"], "grades": ["weak"]}, "tremor": {"from": ["tremor"], "grades": ["core"]}},
        exposures={"drug": {"stopped": {"relations": ["withdrawal"], "days": 9, "undated_suspect": "present"}}},
        combined={"both": {"all_of": ["either", "tremor"]}},
        rule={"all_of": ["both", "drug"]},
    )
    assert list(filled.elements) == ["fever", "rigidity", "tremor"]
    assert filled.elements["fever"].grades == ["weak"]
    assert filled.elements["fever"].note is None, "an element is replaced as a whole"
    assert filled.exposures["drug"].stopped
    assert filled.exposures["drug"].stopped.days == 9
    assert list(filled.combined) == ["either", "both"]
    assert filled.items == ["both", "drug"]


def test_every_other_key_is_replaced_as_a_whole(tmp_path: Path) -> None:
    filled = variant(tmp_path, notes=["three"], not_assessable={"omop": ["fever"]}, rule={"all_of": ["fever"]})
    assert filled.notes == ["three"]
    assert filled.not_assessable == {"omop": ["fever"]}
    assert filled.items == ["fever"]
    assert (filled.doi, filled.status_note) == ("10.1/x", "seen")


def test_a_parent_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, name="variant", extends="parent")
    with pytest.raises(StudyError, match=r"variant.yaml: extends 'parent', but there is no .*parent.yaml"):
        load_definition(path, KNOWN, MEASUREMENTS)


def test_a_variant_of_a_variant_is_refused_so_that_two_files_tell_all(tmp_path: Path) -> None:
    variant(tmp_path)
    path = write(tmp_path, name="third", extends="variant")
    with pytest.raises(StudyError, match=r"third.yaml: extends 'variant', which is itself a variant; extend 'parent'"):
        load_definition(path, KNOWN, MEASUREMENTS)


def test_a_definition_that_extends_itself_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, name="variant", extends="variant")
    with pytest.raises(StudyError, match="which is itself a variant"):
        load_definition(path, KNOWN, MEASUREMENTS)


def test_a_file_that_is_no_list_of_keys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text("- fever\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"toy.yaml: top level: it must hold keys and values"):
        load_definition(path, KNOWN, MEASUREMENTS)


def test_the_two_folders_are_read_in_order_of_names() -> None:
    cases, differential = ([d.name for d in load(STUDY)] for load in (load_definitions, load_differential))
    assert cases == sorted(cases)
    assert differential == sorted(differential)
    assert {"pt_only", "smq_narrow", "iec_2011", "dsm_iv_tr", "dsm_5_tr", "levenson_1985", "pope_1986_definite"} < set(cases)
    assert {"hunter_2003", "sternbach_1991", "other_cause"} < set(differential)


def test_an_element_that_the_study_no_longer_lists_is_named_with_the_file(tmp_path: Path) -> None:
    study = shutil.copytree(STUDY, tmp_path / "study")
    elements = study / "elements.csv"
    kept = [line for line in elements.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("pallor,")]
    elements.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(StudyError, match=r"dsm_5_tr.yaml: \['pallor'\] are no elements of study/elements.csv"):
        load_definitions(study)
