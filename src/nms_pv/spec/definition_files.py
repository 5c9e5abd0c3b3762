"""Definitions from the files of the study: variants filled up from what they extend, elements with the study's own tests."""

from pathlib import Path

from nms_pv.spec.definitions import Definition
from nms_pv.spec.elements import load_elements
from nms_pv.spec.measurements import Measurements, load_measurements
from nms_pv.spec.meddra import SMQ_ELEMENTS
from nms_pv.spec.strict import StudyError, read_yaml, validated

CASES, DIFFERENTIAL = "definitions", "differential"
# Of these a variant states only what differs, by name; every other key it states replaces that of the definition it extends.
BY_NAME = ("elements", "exposures", "combined")


def load_definitions(study: Path) -> list[Definition]:
    """Read all case definitions of the study, in order of their names."""
    return _load(study, CASES)


def load_differential(study: Path) -> list[Definition]:
    """Read the definitions of what else it could be, in order of their names."""
    return _load(study, DIFFERENTIAL)


def load_definition(path: Path, known_elements: set[str], measurements: Measurements) -> Definition:
    """Read one definition.

    Raises
    ------
    StudyError
        Naming the file and everything in it that is unknown or does not fit together.

    """
    definition = validated(path, _content(path), Definition).with_tests(measurements)
    problems = definition.problems(known_elements) + measurements.strangers(definition.tests)
    if definition.name != path.stem:
        problems.append(f"name is {definition.name!r}, but the file is called {path.name}; make them equal")
    if problems:
        raise StudyError(f"{path}: {'; '.join(problems)}")
    return definition


def _load(study: Path, folder: str) -> list[Definition]:
    known = {term.element for term in load_elements(study)} | set(SMQ_ELEMENTS.values())
    measurements = load_measurements(study)
    return [load_definition(path, known, measurements) for path in sorted((study / folder).glob("*.yaml"))]


def _content(path: Path) -> dict[str, object]:
    """The file, filled up from the one it extends; only one step, so that a reader looks in two files at most."""
    own = read_yaml(path)
    if "extends" not in own:
        return own
    parent = path.with_name(f"{own['extends']}.yaml")
    if not parent.exists():
        raise StudyError(f"{path}: extends {own['extends']!r}, but there is no {parent}")
    base = read_yaml(parent)
    if "extends" in base:
        raise StudyError(f"{path}: extends {own['extends']!r}, which is itself a variant; extend {base['extends']!r}")
    by_name = {key: {**base.get(key, {}), **own.get(key, {})} for key in BY_NAME if key in base or key in own}
    return {**base, **own, **by_name}
