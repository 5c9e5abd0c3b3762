"""A small cohort, written through the declared tables: a test states only what it is about.

Days are counted from `DAY_0`, 2015-03-01, which is the onset in most tests.
"""

from datetime import date
from itertools import count
from pathlib import Path

import polars as pl

from nms_pv.evidence.cohort.write import write_cohort_evidence
from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.params import Episodes
from nms_pv.tables.cohort import CONDITIONS, DRUG_EXPOSURES, MEASUREMENTS, OBSERVATION_PERIODS, PERSONS, PROCEDURES
from nms_pv.tables.contract import Table

DAY_0 = (date(2015, 3, 1) - date(1970, 1, 1)).days
PART = "persons-0001.parquet"
STUDY = Path(__file__).parents[2] / "study"
EPISODES_SETTING = Episodes(gap_days=30, finding_days=7, exposure_days=60)
Row = dict[str, object]

_number = count(1)


def concept_set(name: str, domain: str, element: str, grade: str = "core", *, candidate: bool = False) -> ConceptCode:
    return ConceptCode(name, domain, "SNOMED", name, True, element, grade, candidate, False, "test", "")


SETS = [
    concept_set("nms_diagnosis", "condition", "nms_diagnosis", candidate=True),
    concept_set("rigidity", "condition", "rigidity", candidate=True),
    concept_set("altered_mental_status", "condition", "altered_mental_status"),
    concept_set("somnolence", "condition", "altered_mental_status", "weak"),
    concept_set("diaphoresis", "condition", "diaphoresis"),
    concept_set("electroconvulsive_therapy", "procedure", "treatment_procedure", "context"),
    concept_set("creatine_kinase", "measurement", "creatine_kinase", candidate=True),
    concept_set("body_temperature", "measurement", "body_temperature"),
    concept_set("leukocytes", "measurement", "leukocytes"),
    concept_set("heart_rate", "measurement", "heart_rate"),
    concept_set("systolic_pressure", "measurement", "systolic_pressure"),
    concept_set("diastolic_pressure", "measurement", "diastolic_pressure"),
]
MEASURED = load_measurements(STUDY)


def condition(day: int, name: str = "nms_diagnosis", person: int = 1, **changes: object) -> Row:
    """A condition of concept set `name`, so many days after `DAY_0`."""
    start = DAY_0 + day
    days = {"start_day": start, "end_day": start}
    return {**_record("condition_occurrence", "condition_occurrence_id", name, person), **days, "term": name, **changes}


def procedure(day: int, name: str = "electroconvulsive_therapy", person: int = 1) -> Row:
    return {
        **_record("procedure_occurrence", "procedure_occurrence_id", name, person),
        "day": DAY_0 + day,
        "term": name,
    }


def measured(
    day: int, value: float, name: str = "creatine_kinase", limit: float | None = None, person: int = 1, time: str = ""
) -> Row:
    """A measurement of concept set `name`; `time` as in `T08:00`."""
    return {
        **_record("measurement", "measurement_id", name, person),
        "day": DAY_0 + day,
        "occasion": f"{on(day)}{time}",
        "value": float(value),
        "unit": MEASURED.quantities[name].unit if name in MEASURED.quantities else "1",
        "range_high": limit,
        "term": name,
    }


def exposure(start: int, end: int, ingredient: str = "haloperidol", person: int = 1, **changes: object) -> Row:
    number = next(_number)
    return {
        "drug_exposure_id": number,
        "ingredient": ingredient,
        "person_id": person,
        "formulation": "other",
        "start_day": DAY_0 + start,
        "end_day": DAY_0 + end,
        "end_rule": "reported_end",
        "coding_method": "concept",
        "source_id": "omop:drug_exposure",
        "source_line": number,
        **changes,
    }


def person(person_id: int = 1, **changes: object) -> Row:
    born = {"birth_year": 1950, "birth_month": 6, "birth_day_of_month": 15, "birth_precision": "day"}
    return {"person_id": person_id, "sex": "female", **born, "source_id": "omop:person", "source_line": 1, **changes}


def observed(start: int, end: int, person: int = 1) -> Row:
    return {"person_id": person, "start_day": DAY_0 + start, "end_day": DAY_0 + end}


def on(day: int) -> str:
    """The date so many days after `DAY_0`."""
    return date.fromordinal(date(2015, 3, 1).toordinal() + day).isoformat()


def put(table: Table, rows: list[Row], folder: Path, part: str = PART) -> None:
    """Write one part of a table; what a row does not state is empty."""
    filled = [{**dict.fromkeys(table.types), **row} for row in rows]
    table.write(pl.DataFrame(filled, schema=table.types), folder / table.name.partition("/")[2] / part)


def write_canonical(
    folder: Path,
    *,
    conditions: list[Row] | None = None,
    measurements: list[Row] | None = None,
    procedures: list[Row] | None = None,
    exposures: list[Row] | None = None,
    persons: list[Row] | None = None,
    periods: list[Row] | None = None,
    part: str = PART,
) -> None:
    """One part of layer 2; one person, where none is stated."""
    for table, rows in {
        PERSONS: [person()] if persons is None else persons,
        OBSERVATION_PERIODS: periods or [],
        DRUG_EXPOSURES: exposures or [],
        CONDITIONS: conditions or [],
        MEASUREMENTS: measurements or [],
        PROCEDURES: procedures or [],
    }.items():
        put(table, rows, folder, part)


def evidence(folder: Path, settings: Episodes = EPISODES_SETTING, **canonical: list[Row]) -> Path:
    """Layers 2 and 3 of one part; the folder of layer 3."""
    write_canonical(folder / "2_canonical", **canonical)
    write_cohort_evidence(folder / "2_canonical", folder / "3_evidence", SETS, MEASURED, load_drugs(STUDY), settings)
    return folder / "3_evidence"


def _record(table: str, identifier: str, name: str, person: int) -> Row:
    number = next(_number)
    return {
        identifier: number,
        "concept_set": name,
        "person_id": person,
        "coding_method": "concept",
        "source_id": f"omop:{table}",
        "source_line": number,
    }
