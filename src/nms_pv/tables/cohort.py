"""Layer 2, cohort arm: people, their time under observation, and what was recorded of them, coded by the study's concept sets."""

import dataframely as dy

from nms_pv.tables.canonical import FORMULATION, SEX
from nms_pv.tables.contract import Table, code

BIRTH_PRECISION = {
    "day": "known to the day",
    "month": "day of birth missing: taken as the first of the month",
    "year": "month of birth missing: taken as the first of January",
    "none": "year of birth missing",
}
END_RULE = {
    "reported_end": "the recorded last day",
    "days_supply": "first day + days of supply - 1",
    "one_day": "neither is recorded or believed: one day",
    "dosing_interval": "long-acting: first day + dosing interval - 1, where that is later",
}
CODING = {
    "concept": "the concept of the record is in the set",
    "source_concept": "the concept of the source value is in the set",
    "source_code": "the record has no known concept, and its source value is a code or name of the set",
}
DOMAIN = {
    "drug": "table drug_exposure",
    "condition": "table condition_occurrence",
    "measurement": "table measurement",
    "procedure": "table procedure_occurrence",
}
FOUND_BY = {
    "code": "vocabulary and code are listed in the study",
    "name": "an ingredient whose name is listed in study/drugs.csv",
    "maps_to": "the standard concept that a listed code maps to",
    "descendant": "narrower than one of these, by concept_ancestor, or a product with the ingredient, by drug_strength",
    "source_code": "not in the vocabulary: matched by the source value of records without a concept",
    "not_found": "neither in the vocabulary nor in any source value",
}


def _person() -> dy.Int64:
    return dy.Int64(description="Person.")


def _source_id() -> dy.String:
    return dy.String(description="Table of the snapshot the row comes from: `omop:drug_exposure`.")


def _source_line() -> dy.Int64:
    return dy.Int64(min=1, description="Row of the snapshot, counted from 1.")


def _day(what: str) -> dy.Int32:
    return dy.Int32(description=what, metadata={"unit": "days since 1970-01-01"})


def _set() -> dy.String:
    return dy.String(primary_key=True, description="Concept set of study/concept_sets.csv.")


class _Persons(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person with at least one believed observation period.")
    sex = code(SEX, "Sex.")
    birth_year = dy.Int32(nullable=True, min=1850, max=2099, description="Year of birth.", metadata={"unit": "year"})
    birth_month = dy.Int32(
        nullable=True, min=1, max=12, description="Month of birth, or what it is taken for; empty without a year."
    )
    birth_day_of_month = dy.Int32(nullable=True, min=1, max=31, description="Day of the month of birth, or what it is taken for.")
    birth_precision = code(BIRTH_PRECISION, "How exactly the date of birth is known.")
    death_day = dy.Int32(
        nullable=True, description="Day of death; empty if none is recorded.", metadata={"unit": "days since 1970-01-01"}
    )
    source_id = _source_id()
    source_line = _source_line()


PERSONS = Table("canonical/persons", "one person under observation", _Persons)


class _ObservationPeriods(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person.")
    start_day = dy.Int32(primary_key=True, description="First day under observation.", metadata={"unit": "days since 1970-01-01"})
    end_day = _day("Last day under observation, not later than death. Periods that overlap or touch are one.")


OBSERVATION_PERIODS = Table("canonical/observation_periods", "one stretch of days under observation", _ObservationPeriods)


class _DrugExposures(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person.")
    ingredient = dy.String(primary_key=True, description="Ingredient in study/drugs.csv; a combination gives one row for each.")
    start_day = dy.Int32(primary_key=True, description="First day.", metadata={"unit": "days since 1970-01-01"})
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")
    drug_exposure_id = dy.Int64(description="Record of the source; some sources repeat it.")
    formulation = code(FORMULATION, "Long-acting or not.")
    end_day = _day("Last day covered, by `end_rule`; not before the first.")
    end_rule = code(END_RULE, "How the last day was found.")
    coding_method = code(CODING, "How the ingredient was found.")
    drug_concept_id = dy.Int64(nullable=True, description="Concept of the drug.")
    drug_source_value = dy.String(nullable=True, description="The drug in the words or codes of the source.")
    source_id = _source_id()


DRUG_EXPOSURES = Table("canonical/drug_exposures", "one believed record of a listed drug x ingredient", _DrugExposures)


class _Conditions(dy.Schema):
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")
    concept_set = _set()
    condition_occurrence_id = dy.Int64(description="Record of the source; some sources repeat it.")
    person_id = _person()
    start_day = _day("First day.")
    end_day = _day("Last day, or the first where none is recorded.")
    term = dy.String(description="Name of the concept, or the source value.")
    coding_method = code(CODING, "How the concept set was found.")
    source_id = _source_id()


CONDITIONS = Table("canonical/conditions", "one record of a condition x concept set", _Conditions)


class _Measurements(dy.Schema):
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")
    concept_set = _set()
    measurement_id = dy.Int64(description="Record of the source; some sources repeat it.")
    person_id = _person()
    day = _day("Day.")
    occasion = dy.String(description="Day and time where the time is recorded, else the day: equal for one occasion.")
    value = dy.Float64(description="Value, in the unit of the concept set (study/measurements.yaml).")
    unit = dy.String(description="That unit.")
    range_high = dy.Float64(nullable=True, description="Recorded upper limit of normal, in that unit.")
    term = dy.String(description="Name of the concept, or the source value.")
    coding_method = code(CODING, "How the concept set was found.")
    source_id = _source_id()


MEASUREMENTS = Table("canonical/measurements", "one believed measurement x concept set", _Measurements)


class _Procedures(dy.Schema):
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")
    concept_set = _set()
    procedure_occurrence_id = dy.Int64(description="Record of the source; some sources repeat it.")
    person_id = _person()
    day = _day("Day.")
    term = dy.String(description="Name of the concept, or the source value.")
    coding_method = code(CODING, "How the concept set was found.")
    source_id = _source_id()


PROCEDURES = Table("canonical/procedures", "one procedure x concept set", _Procedures)


class _ResolvedConcepts(dy.Schema):
    domain = code(DOMAIN, "Where the set is looked for.", primary_key=True)
    concept_set = dy.String(primary_key=True, description="Set of study/concept_sets.csv, or ingredient of study/drugs.csv.")
    vocabulary_id = dy.String(primary_key=True, description="Vocabulary of the concept, or of the listed code.")
    concept_code = dy.String(primary_key=True, description="Code in that vocabulary.")
    concept_id = dy.Int64(primary_key=True, description="Concept; 0 where the code is not in the vocabulary.")
    concept_name = dy.String(description="Its name; empty where it is not in the vocabulary.")
    found_by = code(FOUND_BY, "How it came into the set.")
    formulation = code(FORMULATION, "For drugs: long-acting or not.", nullable=True)
    interval_days = dy.Int32(
        nullable=True, min=1, description="For long-acting drugs: dosing interval.", metadata={"unit": "days"}
    )
    records = dy.Int64(min=0, description="Records of the snapshot that it codes, before cleaning.")


RESOLVED_CONCEPTS = Table("canonical/resolved_concepts", "one concept, or code without one, of one set", _ResolvedConcepts)
