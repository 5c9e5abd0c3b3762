"""Layer 1, cohort arm: the tables of an OMOP common data model that are read, typed, with lower-case names.

Names and meanings are those of the OMOP CDM 5.3 and 5.4, https://ohdsi.github.io/CommonDataModel/. Of each table only the columns
that are used are kept, and the row of the snapshot each row stands in.
"""

import dataframely as dy

from nms_pv.tables.contract import Table, code

FORMAT = {
    "parquet": "folder of Parquet files",
    "csv": "folder of CSV or TSV files",
    "duckdb": "DuckDB file",
    "sqlite": "SQLite file",
    "postgresql": "PostgreSQL database",
    "spark": "tables of a Spark catalogue",
    "simulated": "written by the simulator",
}


class _Snapshot(dy.Schema):
    source_id = dy.String(primary_key=True, regex=r"^omop:[a-z_]+$", description="Source and table: `omop:drug_exposure`.")
    table = dy.String(description="Table of the common data model.")
    format = code(FORMAT, "What it was read from.")
    origin = dy.String(description="File name, or scheme, host and database; never a user name or password.")
    rows = dy.Int64(min=0, description="Rows of the snapshot.")
    bytes = dy.Int64(min=0, description="Size of the snapshot's file.", metadata={"unit": "bytes"})
    sha256 = dy.String(regex=r"^[0-9a-f]{64}$", description="SHA-256 of the snapshot's file.")
    content_sha256 = dy.String(
        regex=r"^[0-9a-f]{64}$",
        description="SHA-256 of the rows as CSV text, in order: equal for equal rows, however stored.",
    )
    cdm_version = dy.String(nullable=True, description="Version as table cdm_source states it.")
    vocabulary_version = dy.String(nullable=True, description="Version of the vocabulary as table vocabulary states it.")
    retrieved = dy.String(nullable=True, description="Date of the snapshot, ISO 8601; empty for simulated tables.")


SNAPSHOT = Table("sources/snapshot", "one table of the common data model as it was received", _Snapshot)


def _line() -> dy.Int64:
    return dy.Int64(min=1, description="Row of the snapshot, counted from 1.")


def _person() -> dy.Int64:
    return dy.Int64(description="Person.")


def _concept(what: str) -> dy.Int64:
    return dy.Int64(nullable=True, description=f"Concept of the {what}; 0 or empty where the source value has none.")


def _date(what: str, *, nullable: bool = False) -> dy.Int32:
    return dy.Int32(nullable=nullable, description=what, metadata={"unit": "days since 1970-01-01"})


class _Person(dy.Schema):
    person_id = dy.Int64(primary_key=True, description="Person.")
    gender_concept_id = _concept("sex: 8532 female, 8507 male")
    year_of_birth = dy.Int32(nullable=True, description="Year of birth.", metadata={"unit": "year"})
    month_of_birth = dy.Int32(nullable=True, min=1, max=12, description="Month of birth.")
    day_of_birth = dy.Int32(nullable=True, min=1, max=31, description="Day of the month of birth.")
    source_line = _line()


class _ObservationPeriod(dy.Schema):
    observation_period_id = dy.Int64(description="Observation period; some sources repeat it.")
    person_id = _person()
    observation_period_start_date = _date("First day under observation.")
    observation_period_end_date = _date("Last day under observation.")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _DrugExposure(dy.Schema):
    drug_exposure_id = dy.Int64(description="Drug exposure; some sources repeat it.")
    person_id = _person()
    drug_concept_id = _concept("drug")
    drug_exposure_start_date = _date("First day.")
    drug_exposure_end_date = _date("Last day.", nullable=True)
    days_supply = dy.Int32(nullable=True, description="Days the supply lasts, as recorded.", metadata={"unit": "days"})
    drug_source_value = dy.String(nullable=True, description="The drug in the words or codes of the source.")
    drug_source_concept_id = _concept("source value")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _ConditionOccurrence(dy.Schema):
    condition_occurrence_id = dy.Int64(description="Condition; some sources repeat it.")
    person_id = _person()
    condition_concept_id = _concept("condition")
    condition_start_date = _date("First day.")
    condition_end_date = _date("Last day.", nullable=True)
    condition_source_value = dy.String(nullable=True, description="The condition in the words or codes of the source.")
    condition_source_concept_id = _concept("source value")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _Measurement(dy.Schema):
    measurement_id = dy.Int64(description="Measurement; some sources repeat it.")
    person_id = _person()
    measurement_concept_id = _concept("measurement")
    measurement_date = _date("Day.")
    measurement_datetime = dy.String(nullable=True, description="Day and time, ISO 8601; empty where there is no time.")
    value_as_number = dy.Float64(nullable=True, description="Value as recorded.")
    unit_concept_id = _concept("unit")
    unit_source_value = dy.String(nullable=True, description="The unit in the words of the source.")
    range_low = dy.Float64(nullable=True, description="Lower limit of normal as recorded.")
    range_high = dy.Float64(nullable=True, description="Upper limit of normal as recorded.")
    measurement_source_value = dy.String(nullable=True, description="The measurement in the words or codes of the source.")
    measurement_source_concept_id = _concept("source value")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _ProcedureOccurrence(dy.Schema):
    procedure_occurrence_id = dy.Int64(description="Procedure; some sources repeat it.")
    person_id = _person()
    procedure_concept_id = _concept("procedure")
    procedure_date = _date("Day.")
    procedure_source_value = dy.String(nullable=True, description="The procedure in the words or codes of the source.")
    procedure_source_concept_id = _concept("source value")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _Death(dy.Schema):
    person_id = _person()
    death_date = _date("Day of death.")
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")


class _Concept(dy.Schema):
    concept_id = dy.Int64(primary_key=True, description="Concept.")
    concept_name = dy.String(description="Its name.")
    domain_id = dy.String(nullable=True, description="Drug, Condition, Measurement, Unit, ...")
    vocabulary_id = dy.String(description="RxNorm, ATC, SNOMED, ICD10CM, LOINC, UCUM, ...")
    concept_class_id = dy.String(nullable=True, description="Ingredient, Clinical Drug, ATC 5th, ...")
    standard_concept = dy.String(nullable=True, description="`S` standard, `C` classification, empty otherwise.")
    concept_code = dy.String(description="Its code in its vocabulary.")
    invalid_reason = dy.String(nullable=True, description="Empty where the concept is valid.")
    source_line = _line()


class _ConceptAncestor(dy.Schema):
    ancestor_concept_id = dy.Int64(primary_key=True, description="The wider concept.")
    descendant_concept_id = dy.Int64(primary_key=True, description="The narrower concept, or the same one.")
    source_line = _line()


class _ConceptRelationship(dy.Schema):
    concept_id_1 = dy.Int64(primary_key=True, description="From.")
    concept_id_2 = dy.Int64(primary_key=True, description="To.")
    relationship_id = dy.String(primary_key=True, description="For example `Maps to`.")
    source_line = _line()


class _DrugStrength(dy.Schema):
    source_line = dy.Int64(primary_key=True, min=1, description="Row of the snapshot, counted from 1.")
    drug_concept_id = dy.Int64(description="The product.")
    ingredient_concept_id = dy.Int64(description="An ingredient of it.")


PERSON = Table("sources/person", "one person", _Person)
OBSERVATION_PERIOD = Table("sources/observation_period", "one period under observation", _ObservationPeriod)
DRUG_EXPOSURE = Table("sources/drug_exposure", "one record of a drug", _DrugExposure)
CONDITION_OCCURRENCE = Table("sources/condition_occurrence", "one record of a condition", _ConditionOccurrence)
MEASUREMENT = Table("sources/measurement", "one measurement", _Measurement)
PROCEDURE_OCCURRENCE = Table("sources/procedure_occurrence", "one procedure", _ProcedureOccurrence)
DEATH = Table("sources/death", "one record of a death", _Death)
CONCEPT = Table("sources/concept", "one concept of the vocabulary", _Concept)
CONCEPT_ANCESTOR = Table("sources/concept_ancestor", "one pair of a wider and a narrower concept", _ConceptAncestor)
CONCEPT_RELATIONSHIP = Table("sources/concept_relationship", "one relationship of two concepts", _ConceptRelationship)
DRUG_STRENGTH = Table("sources/drug_strength", "one ingredient of one product", _DrugStrength)

CDM_TABLES = {
    table.name.removeprefix("sources/"): table
    for table in (
        PERSON,
        OBSERVATION_PERIOD,
        DRUG_EXPOSURE,
        CONDITION_OCCURRENCE,
        MEASUREMENT,
        PROCEDURE_OCCURRENCE,
        DEATH,
        CONCEPT,
        CONCEPT_ANCESTOR,
        CONCEPT_RELATIONSHIP,
        DRUG_STRENGTH,
    )
}
