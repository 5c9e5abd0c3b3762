"""Codes and names of the study against the vocabulary and the records of a snapshot."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from nms_pv.canonical.omop.demands import VocabularyError
from nms_pv.canonical.omop.study import CohortStudy
from nms_pv.canonical.omop.write import write_cohort
from tests.lib.cdm_rows import CONCEPTS, EXPOSURE, canonical, day, study, vocabulary, write_sources

Tables = dict[str, list[dict[str, object]]]


def condition(concept: int | None = 0, source_concept: int | None = None, source: str | None = None) -> dict[str, object]:
    return {
        "person_id": 1,
        "condition_start_date": day("2010-01-01"),
        "condition_concept_id": concept,
        "condition_source_concept_id": source_concept,
        "condition_source_value": source,
    }


def drug(concept: int | None = 0, source: str | None = None, source_concept: int | None = None) -> dict[str, object]:
    return {
        "person_id": 1,
        "drug_exposure_start_date": day("2010-01-01"),
        "drug_concept_id": concept,
        "drug_source_concept_id": source_concept,
        "drug_source_value": source,
    }


def coded_conditions(out: Path) -> list[tuple[int, str, str]]:
    rows = pl.read_parquet(out / "conditions" / "persons-0001.parquet")
    return rows.select("condition_occurrence_id", pl.col("coding_method").cast(pl.String), "term").rows()


def coded_drugs(out: Path) -> list[tuple[int, str, str, str]]:
    rows = pl.read_parquet(out / "drug_exposures" / "persons-0001.parquet")
    coded = rows.sort("drug_exposure_id", "ingredient").with_columns(pl.col("coding_method", "formulation").cast(pl.String))
    return coded.select("drug_exposure_id", "ingredient", "coding_method", "formulation").rows()


def resolved(out: Path, concept_set: str) -> list[tuple[str, str, int, str, int]]:
    rows = pl.read_parquet(out / "resolved_concepts.parquet").filter(pl.col("concept_set") == concept_set)
    return rows.select("vocabulary_id", "concept_code", "concept_id", pl.col("found_by").cast(pl.String), "records").rows()


def with_concepts(*more: tuple[int, str, str, str, str]) -> Tables:
    columns = ("concept_id", "concept_name", "vocabulary_id", "concept_class_id", "concept_code")
    return vocabulary() | {"concept": [dict(zip(columns, row, strict=True)) for row in (*CONCEPTS, *more)]}


def test_the_three_ways_into_a_set(tmp_path: Path) -> None:
    records = [
        condition(concept=21),
        condition(concept=22),
        condition(concept=23, source_concept=20),
        condition(concept=0, source="g210"),
        condition(concept=None, source=" 333.92 "),
        condition(concept=777, source="G21.0"),
        # a known concept of another meaning, and codes that only resemble
        condition(concept=23, source="G21.0"),
        condition(concept=0, source="G21.09"),
        condition(concept=0, source=None),
        # both ways lead into the same set: the concept counts
        condition(concept=21, source_concept=20),
        condition(concept=0, source_concept=20, source="G21.0"),
    ]
    out = canonical(tmp_path, {"condition_occurrence": records})
    assert coded_conditions(out) == [
        (1, "concept", "Neuroleptic malignant syndrome"),
        (2, "concept", "Severe neuroleptic malignant syndrome"),
        (3, "source_concept", "Neuroleptic malignant syndrome"),
        (4, "source_code", "g210"),
        (5, "source_code", " 333.92 "),
        (6, "source_code", "G21.0"),
        (10, "concept", "Neuroleptic malignant syndrome"),
        (11, "source_concept", "Neuroleptic malignant syndrome"),
    ]
    assert resolved(out, "nms_diagnosis") == [
        ("ICD10CM", "G21.0", 20, "code", 4),
        ("ICD9CM", "333.92", 0, "source_code", 1),
        ("SNOMED", "15244003", 21, "code", 2),
        ("SNOMED", "999", 22, "descendant", 1),
    ]


def test_a_mapped_concept_codes_records_and_listed_codes_are_told_without_any(tmp_path: Path) -> None:
    only_icd = replace(study(), concept_sets=[code for code in study().concept_sets if code.vocabulary != "SNOMED"])
    out = canonical(tmp_path, {"condition_occurrence": [condition(21), condition(22)]}, only_icd)
    assert resolved(out, "nms_diagnosis") == [
        ("ICD10CM", "G21.0", 20, "code", 0),
        ("ICD9CM", "333.92", 0, "not_found", 0),
        ("SNOMED", "15244003", 21, "maps_to", 1),
    ]
    assert [key for key, _, _ in coded_conditions(out)] == [1]


def test_drugs_by_concept_name_and_atc_code(tmp_path: Path) -> None:
    tables = with_concepts((60, "haloperidol; oral", "ATC", "ATC 5th", "N05AD01"), (61, "tablet", "RxNorm", "Clinical Drug", "t"))
    tables["concept_ancestor"] = [*tables["concept_ancestor"], {"ancestor_concept_id": 60, "descendant_concept_id": 61}]
    records = [
        drug(1),
        drug(2),
        drug(3),
        drug(60),
        drug(61),
        drug(6),
        drug(7),
        drug(0, source="Haldol"),
        drug(None, source="haloperidol decanoate"),
        drug(0, source="N05AH03"),
        drug(0, source="n06ca03"),
        drug(0, source="haldol 5 mg"),
        drug(7, source_concept=1),
    ]
    out = canonical(tmp_path, tables | {"drug_exposure": records})
    assert coded_drugs(out) == [
        (1, "haloperidol", "concept", "other"),
        (2, "haloperidol", "concept", "other"),
        (3, "haloperidol", "concept", "long_acting"),
        (4, "haloperidol", "concept", "other"),
        (5, "haloperidol", "concept", "other"),
        (6, "fluoxetine", "concept", "other"),
        (6, "olanzapine", "concept", "other"),
        (8, "haloperidol", "source_code", "other"),
        (9, "haloperidol", "source_code", "long_acting"),
        (10, "olanzapine", "source_code", "other"),
        (11, "fluoxetine", "source_code", "other"),
        (11, "olanzapine", "source_code", "other"),
        (13, "haloperidol", "source_concept", "other"),
    ]
    assert ("study/drugs.csv", "HALDOL", 0, "source_code", 1) in resolved(out, "haloperidol")
    assert ("ATC", "N06CA03", 0, "source_code", 1) in resolved(out, "olanzapine")


def test_a_product_is_found_by_drug_strength_though_concept_ancestor_is_empty(tmp_path: Path) -> None:
    strength = [{"drug_concept_id": 2, "ingredient_concept_id": 1}]
    out = canonical(tmp_path, {"concept_ancestor": [], "drug_strength": strength, "drug_exposure": [drug(2), drug(3)]})
    assert coded_drugs(out) == [(1, "haloperidol", "concept", "other")]


def test_an_ingredient_is_found_though_concept_ancestor_is_empty(tmp_path: Path) -> None:
    out = canonical(tmp_path, {"concept_ancestor": [], "drug_exposure": [drug(1), drug(2)]})
    assert coded_drugs(out) == [(1, "haloperidol", "concept", "other")]


def test_an_ingredient_without_concept_or_record_is_told_once(tmp_path: Path) -> None:
    kept = [row for row in vocabulary()["concept"] if row["concept_id"] not in (5, 6)]
    out = canonical(tmp_path, {"concept": kept})
    assert resolved(out, "fluoxetine") == [("RxNorm", "", 0, "not_found", 0)]


def refuse(folder: Path, tables: Tables, of: CohortStudy) -> str:
    with pytest.raises(VocabularyError) as error:
        canonical(folder, tables, of)
    assert not (folder / "out").exists()
    return str(error.value)


def test_an_empty_vocabulary_is_refused(tmp_path: Path) -> None:
    said = refuse(tmp_path, {"concept": []}, study())
    assert "sources/concept: the vocabulary is empty" in said


def test_a_required_set_that_is_not_found_is_refused(tmp_path: Path) -> None:
    concepts = [row for row in vocabulary()["concept"] if row["concept_id"] not in (20, 21, 22)]
    said = refuse(tmp_path, {"concept": concepts, "condition_occurrence": [condition(0, source="G21")]}, study())
    for part in (
        "'nms_diagnosis'",
        "ICD10CM G21.0",
        "ICD9CM 333.92",
        "SNOMED 15244003",
        "study/concept_sets.csv",
        "`required` to no",
    ):
        assert part in said


def test_a_required_set_may_be_found_by_source_values_or_be_no_longer_required(tmp_path: Path) -> None:
    concepts = [row for row in vocabulary()["concept"] if row["concept_id"] not in (20, 21, 22)]
    out = canonical(tmp_path / "a", {"concept": concepts, "condition_occurrence": [condition(0, source="G210")]})
    assert [method for _, method, _ in coded_conditions(out)] == ["source_code"]
    free = replace(study(), concept_sets=[replace(code, required=False) for code in study().concept_sets])
    assert coded_conditions(canonical(tmp_path / "b", {"concept": concepts}, free)) == []


def test_a_vocabulary_without_any_dopamine_blocking_drug_is_refused(tmp_path: Path) -> None:
    concepts = [row for row in vocabulary()["concept"] if row["concept_id"] not in (1, 2, 3, 4, 6)]
    said = refuse(tmp_path, {"concept": concepts, "drug_exposure": [drug(5)]}, study())
    assert "none of 2 drugs that block or deplete dopamine (haloperidol, olanzapine, ...)" in said


def test_without_input_every_table_is_written_empty(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources", {}, has_input=False)
    write_cohort(sources, tmp_path / "out", study(), EXPOSURE)
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    folders = ("conditions", "drug_exposures", "measurements", "observation_periods", "persons", "procedures")
    assert written == sorted(
        [
            "attrition.csv",
            "resolved_concepts.parquet",
            "value_issues.parquet",
            *(f"{name}/persons-0001.parquet" for name in folders),
        ]
    )
    assert all(pl.read_parquet(path).is_empty() for path in (tmp_path / "out").rglob("*.parquet"))
