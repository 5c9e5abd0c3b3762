"""The concept sets, measurements, units and long-acting products of the study, and what is refused in them."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nms_pv.canonical.omop.study import load_cohort_study
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.strict import StudyError
from nms_pv.spec.units import UnitFactor, load_units


@pytest.fixture
def study(repository: Path, tmp_path: Path) -> Path:
    shutil.copytree(repository / "study", tmp_path / "study")
    return tmp_path / "study"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_diagnosis_is_required_and_makes_a_candidate(repository: Path) -> None:
    codes = [code for code in load_concept_sets(repository / "study") if code.concept_set == "nms_diagnosis"]
    listed = {(code.vocabulary, code.code) for code in codes}
    assert {("ICD10CM", "G21.0"), ("ICD10", "G21.0"), ("ICD9CM", "333.92"), ("SNOMED", "15244003")} == listed
    assert all(code.required and code.candidate and code.grade == "core" for code in codes)


def test_candidates_are_the_diagnosis_rigidity_and_creatine_kinase(repository: Path) -> None:
    sets = {code.concept_set for code in load_concept_sets(repository / "study") if code.candidate}
    assert sets == {"nms_diagnosis", "rigidity", "creatine_kinase"}


def test_every_element_is_one_of_the_study_and_every_code_says_where_it_is_from(repository: Path) -> None:
    with (repository / "study" / "elements.csv").open(encoding="utf-8", newline="") as file:
        elements = {row["element"] for row in csv.DictReader(file)}
    elements |= set(load_measurements(repository / "study").quantities)
    for code in load_concept_sets(repository / "study"):
        assert code.element in elements
        assert code.source.startswith(("found: ", "memory: to be verified"))


def test_each_measurement_lists_its_own_unit(repository: Path) -> None:
    units = {(unit.concept_set, unit.unit): (unit.factor, unit.offset) for unit in units_of(repository / "study")}
    for name, quantity in load_measurements(repository / "study").quantities.items():
        assert units[(name, quantity.unit)] == (1, 0)


def units_of(study: Path) -> list[UnitFactor]:
    return load_units(study, load_measurements(study).quantities)


@pytest.mark.parametrize(
    ("concept_set", "unit", "recorded", "in_ours"),
    [
        ("body_temperature", "[degF]", 100.4, 38.0),
        ("body_temperature", "K", 311.15, 38.0),
        ("creatine_kinase", "ukat/L", 20, 1200),
        ("creatine_kinase", "kU/L", 1.2, 1200),
        ("leukocytes", "/uL", 12000, 12),
        ("leukocytes", "10*3/uL", 12, 12),
        ("leukocytes", "/L", 12e9, 12),
        ("heart_rate", "", 110, 110),
        ("systolic_pressure", "kPa", 16, 120.009852),
    ],
)
def test_units(repository: Path, concept_set: str, unit: str, recorded: float, in_ours: float) -> None:
    (found,) = (u for u in units_of(repository / "study") if (u.concept_set, u.unit) == (concept_set, unit))
    assert recorded * found.factor + found.offset == pytest.approx(in_ours, abs=1e-6)


def test_a_temperature_or_enzyme_without_unit_is_not_believed(repository: Path) -> None:
    without = {unit.concept_set for unit in units_of(repository / "study") if not unit.unit}
    assert without == {"heart_rate", "respiratory_rate"}


def test_every_long_acting_name_of_the_drug_table_belongs_to_a_product(repository: Path) -> None:
    study = load_cohort_study(repository / "study")
    told = {name for product in study.long_acting for name in product.names}
    assert told == {name for drug in study.drugs.drugs.values() for name in drug.long_acting_names}


def test_combinations_have_the_atc_code_of_each_listed_ingredient(repository: Path) -> None:
    drugs = load_cohort_study(repository / "study").drugs
    assert drugs.ingredients_of_atc["N05AD01"] == ("haloperidol",)
    assert drugs.ingredients_of_atc["N06CA03"] == ("fluoxetine", "olanzapine")
    assert drugs.ingredients_of_atc["N04BA02"] == ("levodopa",)


SETS: list[tuple[str, str, str]] = [
    ("concept_set,domain,", "set,domain,", "its columns are ['set', "),
    ("nms_diagnosis,condition,", "nms_diagnosis,diagnosis,", "line 2: domain 'diagnosis'; allowed are"),
    ("nms_diagnosis,core,yes", "nms_diagnosis,certain,yes", "line 2: grade 'certain'; allowed are"),
    ("ICD10CM,G21.0,no", "ICD10CM,G21.0,No", "line 2: with_descendants 'No'; allowed are yes and no"),
    ("ICD10,G21.0", "ICD10CM,G21.0", "line 3: ('nms_diagnosis', 'ICD10CM', 'G21.0') stands there twice"),
    ("ICD10,G21.0,no,nms_diagnosis", "ICD10,G21.0,no,fever", "element 'fever' here and 'nms_diagnosis' above"),
    ("nms_diagnosis,condition,ICD10,", "nms_diagnosis,procedure,ICD10,", "domain 'procedure' here and 'condition' above"),
]


@pytest.mark.parametrize(("old", "new", "said"), SETS)
def test_concept_sets_that_are_refused(study: Path, old: str, new: str, said: str) -> None:
    edit(study / "concept_sets.csv", old, new)
    refused(lambda: load_concept_sets(study), "concept_sets.csv", said)


MEASUREMENTS: list[tuple[str, str, str]] = [
    ("concept_set: leukocytes", "concept_set: heart_rate", "'heart_rate' stands there twice"),
    ("believed_low: 25", "believed_low: 45", "believed_low 45.0 is not below believed_high 45.0"),
    ("above_times_upper_limit: 1}", "too_high: 1}", "too_high"),
    ("default_upper_limit: 200", "default_upper_limit: null", "'creatine_kinase' has no default_upper_limit to compare with"),
    ("at_least_times_upper_limit: 4", "at_least_times_upper_limit: 0.5", "at_least_times_upper_limit"),
    ("{of: heart_rate, above: 100}", "{of: pulse, above: 100}", "tests of 'tachycardia': 'pulse' is no quantity; known are"),
    ("above: 38.0,", "above: 38.0, below: 40.0,", "a test has exactly one of above, at_least, below"),
    ("first_day: 365", "first_day: 5", "first_day 5 lies after last_day 8"),
]


@pytest.mark.parametrize(("old", "new", "said"), MEASUREMENTS)
def test_measurements_that_are_refused(study: Path, old: str, new: str, said: str) -> None:
    edit(study / "measurements.yaml", old, new)
    refused(lambda: load_measurements(study), "measurements.yaml", said)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("concept_sets.csv", "8867-4,no,heart_rate", "8867-4,no,tachycardia", "heart_rate"),
        ("measurements.yaml", "concept_set: systolic", "concept_set: upper", "is no quantity; known are"),
        ("concept_sets.csv", "creatine_kinase,measurement", "ck,measurement", "only one of them has ['ck', 'creatine_kinase']"),
        (
            "concept_sets.csv",
            "2157-6,no,creatine_kinase",
            "2157-6,no,ck_elevation",
            "the element of a measurement set is the set itself",
        ),
        ("units.csv", "heart_rate,bpm,", "pulse,bpm,", "['pulse'] are no sets of"),
        ("measurements.yaml", "unit: mm[Hg]", "unit: bar", "our own unit of "),
        ("units.csv", "heart_rate,bpm,", "heart_rate,/MIN,", "unit '/MIN' stands twice under 'heart_rate'"),
        ("units.csv", "heart_rate,bpm,count/minute", "heart_rate,bpm,metre", "'metre' cannot become 'count/minute'"),
        ("long_acting.csv", ",Perseris,", ",Perserys,", "['PERSERYS'] are not among the long_acting_names of 'risperidone'"),
        ("long_acting.csv", ",risperidone,Uzedy,", ",risperidon,Uzedy,", "long_acting_names of 'risperidon'"),
    ],
)
def test_files_that_contradict_each_other_are_refused(study: Path, file: str, old: str, new: str, said: str) -> None:
    edit(study / file, old, new)
    refused(lambda: load_cohort_study(study), file, said)


def refused(load: Callable[[], object], file: str, said: str) -> None:
    with pytest.raises(StudyError) as error:
        load()
    assert file in str(error.value)
    assert said in str(error.value)
