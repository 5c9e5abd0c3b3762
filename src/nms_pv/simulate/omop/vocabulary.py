"""A small SIMULATED extract of the OMOP vocabularies: the concepts that the simulated records use.

Concept ids of 2,000,000,000 and above are those that OMOP leaves to local use; ours are invented, and so are the codes of drugs
(`SIM...`), although they stand under the vocabulary that a real extract would name. Codes of conditions, measurements, procedures
and units are those of study/concept_sets.csv and study/units.csv; those of illnesses that the study does not ask for are from
memory, to be verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from nms_pv.simulate.omop.people import FEMALE, MALE
from nms_pv.simulate.omop.products import PRODUCTS

FIRST_LOCAL_ID = 2_000_000_001
NO_CONCEPT = 0
ICD10_FROM = "2015-10-01"  # claims of the United States: ICD-9-CM before this day
CONCEPT_SCHEMA = {
    "concept_id": pl.Int64,
    "concept_name": pl.String,
    "domain_id": pl.String,
    "vocabulary_id": pl.String,
    "concept_class_id": pl.String,
    "standard_concept": pl.String,
    "concept_code": pl.String,
    "invalid_reason": pl.String,
}


@dataclass(frozen=True)
class Condition:
    """A condition: its name, its standard code, and the codes of claims where there are any."""

    name: str
    snomed: str
    icd10cm: str | None = None
    icd9cm: str | None = None


CONDITIONS = {
    "nms": Condition("Neuroleptic malignant syndrome", "15244003", "G21.0", "333.92"),
    "rigidity": Condition("Muscle rigidity", "16046003"),
    "fever": Condition("Fever", "386661006", "R50.9", "780.60"),
    "altered_mental_status": Condition("Altered mental status", "419284004", "R41.82", "780.97"),
    "diaphoresis": Condition("Excessive sweating", "52613005", "R61", "780.8"),
    "tachycardia": Condition("Tachycardia", "3424008", "R00.0", "785.0"),
    "rhabdomyolysis": Condition("Rhabdomyolysis", "240131006", "M62.82", "728.88"),
    "serotonin_syndrome": Condition("Serotonin syndrome", "371089000"),
    "malignant_hyperthermia": Condition("Malignant hyperthermia", "405501007", "T88.3XXA", "995.86"),
    "renal_failure": Condition("Acute renal failure syndrome", "14669001", "N17.9", "584.9"),
    "pneumonia": Condition("Pneumonia", "233604007", "J18.9", "486"),
    "schizophrenia": Condition("Schizophrenia", "58214004", "F20.9", "295.90"),
    "bipolar_disorder": Condition("Bipolar disorder", "13746004", "F31.9", "296.80"),
    "depression": Condition("Depressive disorder", "35489007", "F32.9", "311"),
    "hypertension": Condition("Hypertensive disorder", "38341003", "I10", "401.9"),
}
MEASUREMENTS = {
    "creatine_kinase": ("Creatine kinase [Enzymatic activity/volume] in Serum or Plasma", "2157-6"),
    "body_temperature": ("Body temperature", "8310-5"),
    "leukocytes": ("Leukocytes [#/volume] in Blood by Automated count", "6690-2"),
    "heart_rate": ("Heart rate", "8867-4"),
    "systolic_pressure": ("Systolic blood pressure", "8480-6"),
    "diastolic_pressure": ("Diastolic blood pressure", "8462-4"),
}
PROCEDURES = {"electroconvulsive_therapy": ("Electroconvulsive therapy", "23835007")}
UNITS = ("U/L", "ukat/L", "Cel", "[degF]", "10*3/uL", "{beats}/min", "mm[Hg]")


@dataclass(frozen=True)
class Vocabulary:
    """The three vocabulary tables, and what records need to look up.

    `products`: product, drug_concept_id, drug_code, source_name. `conditions`: condition, is_icd10, condition_concept_id,
    condition_source_value, condition_source_concept_id. `measurements`: measurement, measurement_concept_id,
    measurement_source_value. `procedures`: procedure, procedure_concept_id, procedure_source_value. `units`: unit,
    unit_concept_id.
    """

    concept: pl.DataFrame
    concept_ancestor: pl.DataFrame
    concept_relationship: pl.DataFrame
    drug_strength: pl.DataFrame
    products: pl.DataFrame
    conditions: pl.DataFrame
    measurements: pl.DataFrame
    procedures: pl.DataFrame
    units: pl.DataFrame


class _Concepts:
    """Concepts in the order in which they are added; each has the next local id."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, str, str, str, str | None, str, str | None]] = [
            (NO_CONCEPT, "No matching concept", "Metadata", "None", "Undefined", None, "No matching concept", None),
            (FEMALE, "FEMALE", "Gender", "Gender", "Gender", "S", "F", None),
            (MALE, "MALE", "Gender", "Gender", "Gender", "S", "M", None),
        ]
        self.ancestors: list[tuple[int, int]] = []
        self.maps: list[tuple[int, int]] = []
        self.strengths: list[tuple[int, int]] = []
        self.next_id = FIRST_LOCAL_ID

    def add(self, name: str, domain: str, vocabulary: str, kind: str, code: str, *, is_standard: bool = True) -> int:
        """A new concept; a standard one is its own ancestor and maps to itself. Returns its id."""
        concept_id, self.next_id = self.next_id, self.next_id + 1
        self.rows.append((concept_id, name, domain, vocabulary, kind, "S" if is_standard else None, code, None))
        if is_standard:
            self.ancestors.append((concept_id, concept_id))
            self.maps.append((concept_id, concept_id))
        return concept_id


def make_vocabulary() -> Vocabulary:
    """Make the vocabulary extract; it depends on nothing."""
    found = _Concepts()
    products = _drugs(found)
    conditions = _conditions(found)
    measurements = [
        (key, found.add(name, "Measurement", "LOINC", "Lab Test", code), code) for key, (name, code) in MEASUREMENTS.items()
    ]
    procedures = [
        (key, found.add(name, "Procedure", "SNOMED", "Procedure", code), code) for key, (name, code) in PROCEDURES.items()
    ]
    units = [(unit, found.add(unit, "Unit", "UCUM", "Unit", unit)) for unit in UNITS]
    related = [(*pair, "Maps to") for pair in found.maps] + [(to, of, "Mapped from") for of, to in found.maps]
    return Vocabulary(
        concept=pl.DataFrame(found.rows, schema=CONCEPT_SCHEMA, orient="row").sort("concept_id"),
        concept_ancestor=_frame(found.ancestors, ["ancestor_concept_id", "descendant_concept_id"]).sort(pl.all()),
        concept_relationship=_frame(related, ["concept_id_1", "concept_id_2", "relationship_id"]).sort(pl.all()),
        drug_strength=_frame(found.strengths, ["drug_concept_id", "ingredient_concept_id"]).sort(pl.all()),
        products=_frame(products, ["product", "drug_concept_id", "drug_code", "source_name"]),
        conditions=_frame(
            conditions, ["condition", "is_icd10", "condition_concept_id", "condition_source_value", "condition_source_concept_id"]
        ),
        measurements=_frame(measurements, ["measurement", "measurement_concept_id", "measurement_source_value"]),
        procedures=_frame(procedures, ["procedure", "procedure_concept_id", "procedure_source_value"]),
        units=_frame(units, ["unit", "unit_concept_id"]),
    )


def _frame(rows: Sequence[tuple[object, ...]], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def _drugs(found: _Concepts) -> list[tuple[int, int, str, str]]:
    """Ingredients, and the products beneath them; returns product, concept, code, and the name where there is no concept."""
    names = sorted({ingredient for product in PRODUCTS for ingredient in product.ingredients})
    ingredients = {
        name: found.add(name, "Drug", "RxNorm", "Ingredient", f"SIM{100 + number}") for number, name in enumerate(names)
    }
    rows = []
    for number, product in enumerate(PRODUCTS):
        code = f"SIM{500 + number}"
        concept_id = found.add(product.name, "Drug", "RxNorm", "Clinical Drug", code)
        found.ancestors += [(ingredients[name], concept_id) for name in product.ingredients]
        found.strengths += [(concept_id, ingredients[name]) for name in product.ingredients]
        rows.append((number, concept_id, code, product.ingredient.upper()))
    return rows


def _conditions(found: _Concepts) -> list[tuple[str, bool, int, str, int]]:
    """Standard conditions, and the codes of claims that map to them; returns how each is recorded before and since ICD-10-CM."""
    rows = []
    for key, condition in CONDITIONS.items():
        standard = found.add(condition.name, "Condition", "SNOMED", "Clinical Finding", condition.snomed)
        for is_icd10, code in ((False, condition.icd9cm), (True, condition.icd10cm)):
            if code is None:
                rows.append((key, is_icd10, standard, condition.snomed, standard))
                continue
            vocabulary = "ICD10CM" if is_icd10 else "ICD9CM"
            source = found.add(condition.name, "Condition", vocabulary, "Billing Code", code, is_standard=False)
            found.maps.append((source, standard))
            rows.append((key, is_icd10, standard, code, source))
    return rows
