"""A small common data model of which a test states only what it is about, and the study it is read with."""

from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.canonical.omop.study import CohortStudy, LongActingProduct
from nms_pv.canonical.omop.write import write_cohort
from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.drugs import Drug, DrugTable, NameRules
from nms_pv.spec.measurements import Quantity
from nms_pv.spec.params import Exposure
from nms_pv.spec.units import UnitFactor
from nms_pv.tables.cdm import CDM_TABLES, SNAPSHOT
from nms_pv.tables.contract import Table

EXPOSURE = Exposure(persistence_gap_days=30, course_gap_days=7, longest_course_days=365, switch_days=30, withdrawal_days=7)
SNAPSHOT_ROW = {
    "source_id": "omop:person",
    "table": "person",
    "format": "csv",
    "origin": "test",
    "rows": 1,
    "bytes": 1,
    "sha256": "0" * 64,
    "content_sha256": "0" * 64,
}
# concept_id, name, vocabulary, class, code
CONCEPTS = [
    (1, "haloperidol", "RxNorm", "Ingredient", "5093"),
    (2, "haloperidol 5 MG Oral Tablet", "RxNorm", "Clinical Drug", "11"),
    (3, "haloperidol decanoate 50 MG/ML Injectable Solution", "RxNorm", "Clinical Drug", "12"),
    (4, "Olanzapine", "RxNorm", "Ingredient", "61381"),
    (5, "fluoxetine", "RxNorm", "Ingredient", "4493"),
    (6, "fluoxetine 25 MG / olanzapine 6 MG Oral Capsule", "RxNorm", "Clinical Drug", "13"),
    (7, "aspirin", "RxNorm", "Ingredient", "1191"),
    (20, "Neuroleptic malignant syndrome", "ICD10CM", "4-char billing code", "G21.0"),
    (21, "Neuroleptic malignant syndrome", "SNOMED", "Clinical Finding", "15244003"),
    (22, "Severe neuroleptic malignant syndrome", "SNOMED", "Clinical Finding", "999"),
    (23, "Fracture", "SNOMED", "Clinical Finding", "125605004"),
    (30, "Creatine kinase", "LOINC", "Lab Test", "2157-6"),
    (31, "Body temperature", "LOINC", "Clinical Observation", "8310-5"),
    (40, "degree Fahrenheit", "UCUM", "Unit", "[degF]"),
    (41, "unit per liter", "UCUM", "Unit", "U/L"),
    (50, "Electroconvulsive therapy", "CPT4", "CPT4", "90870"),
]
ANCESTORS = [(1, 2), (1, 3), (4, 6), (5, 6), (21, 22)]
MAPS_TO = [(20, 21), (21, 21)]


def day(text: str) -> int:
    """Days since 1970-01-01."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def cdm_rows(table: Table, *stated: dict[str, object]) -> pl.DataFrame:
    """Rows of one table of the common data model; keys and lines are counted from 1 where they are not stated."""
    rows = []
    for number, row in enumerate(stated, start=1):
        plain: dict[str, object] = {name: None for name in table.types} | {"source_line": number}
        own_key = f"{table.name.removeprefix('sources/')}_id"
        if own_key in table.types:
            plain[own_key] = number
        rows.append(plain | row)
    return table.check(pl.DataFrame(rows, schema=table.types)) if rows else table.empty()


def vocabulary() -> dict[str, list[dict[str, object]]]:
    """A vocabulary of a few drugs, findings, measurements and units."""
    columns = ("concept_id", "concept_name", "vocabulary_id", "concept_class_id", "concept_code")
    return {
        "concept": [dict(zip(columns, row, strict=True)) for row in CONCEPTS],
        "concept_ancestor": [{"ancestor_concept_id": wide, "descendant_concept_id": narrow} for wide, narrow in ANCESTORS],
        "concept_relationship": [
            {"concept_id_1": first, "concept_id_2": second, "relationship_id": "Maps to"} for first, second in MAPS_TO
        ],
    }


def people(*person_ids: int) -> dict[str, list[dict[str, object]]]:
    """Women born on 2 March 1980, under observation from 2000 to 2020."""
    born = {"gender_concept_id": 8532, "year_of_birth": 1980, "month_of_birth": 3, "day_of_birth": 2}
    seen = {"observation_period_start_date": day("2000-01-01"), "observation_period_end_date": day("2020-12-31")}
    return {
        "person": [{"person_id": number, **born} for number in person_ids],
        "observation_period": [{"person_id": number, **seen} for number in person_ids],
    }


def write_sources(folder: Path, tables: dict[str, list[dict[str, object]]], *, has_input: bool = True) -> Path:
    """The sources layer with these rows; a table that is not stated is empty."""
    for name, table in CDM_TABLES.items():
        table.write(cdm_rows(table, *tables.get(name, [])), folder / f"{name}.parquet")
    nothing = {name: None for name in SNAPSHOT.types}
    snapshot = pl.DataFrame([nothing | SNAPSHOT_ROW], schema=SNAPSHOT.types) if has_input else SNAPSHOT.empty()
    SNAPSHOT.write(snapshot, folder / "snapshot.parquet")
    return folder


def study() -> CohortStudy:
    """A study of three drugs, the diagnosis, two measurements and a procedure."""
    drugs = {
        "haloperidol": _drug("haloperidol", "antipsychotic", "N05AD01", brands=("HALDOL",), depots=("HALOPERIDOL DECANOATE",)),
        "olanzapine": _drug("olanzapine", "antipsychotic", "N05AH03", brands=("ZYPREXA",)),
        "fluoxetine": _drug("fluoxetine", "serotonergic", "N06AB03"),
    }
    names = {name: (drug.ingredient,) for drug in drugs.values() for name in (*drug.names, *drug.long_acting_names)}
    rules = NameRules(salts=[], long_acting_salts=[], forms=[], long_acting_words=[])
    combination = {"N06CA03": ("fluoxetine", "olanzapine")}
    codes = {drug.atc: (drug.ingredient,) for drug in drugs.values() if drug.atc}
    table = DrugTable(
        drugs, names | {"SYMBYAX": ("fluoxetine", "olanzapine")}, frozenset(), rules, ingredients_of_atc=codes | combination
    )
    return CohortStudy(
        drugs=table,
        concept_sets=[
            code("nms_diagnosis", "condition", "ICD10CM", "G21.0", required=True),
            code("nms_diagnosis", "condition", "ICD9CM", "333.92", required=True),
            code("nms_diagnosis", "condition", "SNOMED", "15244003", required=True, with_descendants=True),
            code("creatine_kinase", "measurement", "LOINC", "2157-6"),
            code("body_temperature", "measurement", "LOINC", "8310-5"),
            code("electroconvulsive_therapy", "procedure", "CPT4", "90870"),
        ],
        quantities={
            "body_temperature": Quantity(concept_set="body_temperature", unit="Cel", believed_low=25, believed_high=45, note=""),
            "creatine_kinase": Quantity(
                concept_set="creatine_kinase", unit="U/L", default_upper_limit=200, believed_low=1, believed_high=1e6, note=""
            ),
        },
        units=[
            UnitFactor("body_temperature", "Cel", 1, 0),
            UnitFactor("body_temperature", "[degF]", 5 / 9, -160 / 9),
            UnitFactor("creatine_kinase", "U/L", 1, 0),
            UnitFactor("creatine_kinase", "ukat/L", 60, 0),
        ],
        long_acting=[LongActingProduct("haloperidol decanoate", "haloperidol", ("HALOPERIDOL DECANOATE",), 28)],
    )


def code(
    concept_set: str, domain: str, vocabulary_id: str, text: str, *, required: bool = False, with_descendants: bool = False
) -> ConceptCode:
    """One listed code of which only the resolution matters."""
    return ConceptCode(
        concept_set, domain, vocabulary_id, text, with_descendants, concept_set, "core", False, required, "test", ""
    )


def canonical(folder: Path, tables: dict[str, list[dict[str, object]]], of: CohortStudy | None = None) -> Path:
    """Write the canonical tables of these rows, with the vocabulary and (unless stated) person 1; the output folder."""
    write_cohort(write_sources(folder / "sources", vocabulary() | people(1) | tables), folder / "out", of or study(), EXPOSURE)
    return folder / "out"


def left_by_reason(out: Path) -> dict[tuple[str, str], int]:
    """How many left for each reason that had any, by table and reason."""
    rows = pl.read_csv(out / "attrition.csv").filter((pl.col("n_left") != 0) | (pl.col("reason") == "kept"))
    return {(scope.split(":")[1], reason): n for scope, reason, n in rows.select("scope", "reason", "n_left").rows()}


def issues_by_reason(out: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """How many values of a column are not believed for each reason, and the example."""
    rows = pl.read_parquet(out / "value_issues.parquet")
    return {(c, r): (n, e) for c, r, n, e in rows.select("column", "reason", "values", "example").rows()}


def _drug(ingredient: str, role: str, atc: str, brands: tuple[str, ...] = (), depots: tuple[str, ...] = ()) -> Drug:
    return Drug(ingredient, (ingredient.upper(), *brands), depots, "", None, None, None, (role,), atc)
