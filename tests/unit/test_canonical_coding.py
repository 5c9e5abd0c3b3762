"""Which reported names are coded, to what, and which never are."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.canonical.faers.coding import code_names, uncoded_names
from nms_pv.spec.drugs import load_drugs
from tests.lib.faers import REPOSITORY

DRUGS = load_drugs(Path(REPOSITORY / "study"))


def code(drug_name: str | None, prod_ai: str | None = None) -> list[tuple[str, str | None, str, str]]:
    pairs = pl.DataFrame([(drug_name, prod_ai)], schema={"drug_name": pl.String, "prod_ai": pl.String}, orient="row")
    found = code_names(pairs, DRUGS).select("ingredient_reported", "ingredient", "coding_method", "formulation")
    return found.sort("ingredient_reported").rows()


@pytest.mark.parametrize(
    ("name", "ingredient"),
    [
        ("QUETIAPINE.", "quetiapine"),
        ("  haloperidol ", "haloperidol"),
        ("QUETIAPINE FUMARATE", "quetiapine"),
        ("Seroquel XR 300 mg", "quetiapine"),
        ("ZYPREXA 10 MG FILM-COATED TABLET", "olanzapine"),
        ("RISPERDAL (RISPERIDONE)", "risperidone"),
        ("HALOPERIDOL                          /00587301/", "haloperidol"),
        ("LITHIUM CARBONATE", "lithium"),
        ("Primperan", "metoclopramide"),
        ("^HALDOL^", "haloperidol"),
        ("ST JOHN^S WORT", "hypericum perforatum"),
    ],
)
def test_a_name_equal_to_a_listed_one_after_cleaning_is_coded(name: str, ingredient: str) -> None:
    [(_, found, method, form)] = code(name)
    assert (found, method, form) == (ingredient, "drug_name", "other")


@pytest.mark.parametrize(
    "name", ["OLANZAPIN", "FLUPHENAZIN", "CHLORPROPAMIDE", "CLONAZEPINE", "HALOPERIDOL DECANOAT", "ASPIRIN", "RISPERIDONA"]
)
def test_a_name_that_only_resembles_a_listed_one_is_not(name: str) -> None:
    [(_, found, method, _)] = code(name)
    assert (found, method) == (None, "uncoded")


def test_the_active_ingredient_decides_before_the_name() -> None:
    assert code("HALDOL", "QUETIAPINE FUMARATE") == [("QUETIAPINE FUMARATE", "quetiapine", "active_ingredient", "other")]


def test_the_name_decides_where_no_active_ingredient_is_listed() -> None:
    assert code("HALDOL", "UNKNOWN SUBSTANCE") == [("HALDOL", "haloperidol", "drug_name", "other")]


def test_combinations_are_split() -> None:
    assert code("X", "OLANZAPINE\\SAMIDORPHAN L-MALATE") == [
        ("OLANZAPINE", "olanzapine", "active_ingredient", "other"),
        ("SAMIDORPHAN L-MALATE", None, "uncoded", "other"),
    ]
    assert code("SYMBYAX") == [
        ("FLUOXETINE", "fluoxetine", "drug_name", "other"),
        ("OLANZAPINE", "olanzapine", "drug_name", "other"),
    ]
    assert [row[1] for row in code("haloperidol/biperiden")] == ["biperiden", "haloperidol"]


def test_a_pseudo_combination_is_one_ingredient_twice_reported() -> None:
    assert [row[1] for row in code("X", "ZOLPIDEM\\ZOLPIDEM TARTRATE")] == ["zolpidem", "zolpidem"]


@pytest.mark.parametrize(
    ("name", "prod_ai"),
    [
        ("HALDOL DECANOATE 50MG/ML", None),
        ("HALDOL", "HALOPERIDOL DECANOATE"),
        ("INVEGA SUSTENNA", "PALIPERIDONE PALMITATE"),
        ("Risperdal Consta", "RISPERIDONE"),
        ("Abilify Maintena", "ARIPIPRAZOLE"),
        ("ZYPREXA RELPREVV", None),
        ("HALOPERIDOL DEPOT INJECTION", None),
        ("ABILIFY PROLONGED RELEASE INJECTION", None),
    ],
)
def test_long_acting_by_salt_brand_or_word(name: str, prod_ai: str | None) -> None:
    [(_, _, _, form)] = code(name, prod_ai)
    assert form == "long_acting"


def test_a_pamoate_taken_by_mouth_is_not_long_acting() -> None:
    assert code("HYDROXYZINE PAMOATE") == [("HYDROXYZINE PAMOATE", "hydroxyzine", "drug_name", "other")]


def test_a_drug_without_a_name_is_kept() -> None:
    assert code(None) == [("(NOT STATED)", None, "uncoded", "other")]


def test_uncoded_names_near_an_antipsychotic_are_listed_for_review() -> None:
    counts = pl.DataFrame({"name": ["OLANZAPIN", "ASPIRIN"], "rows": [1, 9]}, schema={"name": pl.String, "rows": pl.Int64})
    found = uncoded_names(counts, DRUGS)
    assert found.select("name", "near").rows() == [("ASPIRIN", None), ("OLANZAPIN", "OLANZAPINE")]
