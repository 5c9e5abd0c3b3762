"""Listed codes and names -> the concepts of the vocabulary that they mean."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.drugs import DrugTable
from nms_pv.tables.cdm import CONCEPT, CONCEPT_ANCESTOR, CONCEPT_RELATIONSHIP, DRUG_STRENGTH

SET = ["domain", "concept_set"]
LISTED = {"domain": pl.String, "concept_set": pl.String, "vocabulary_id": pl.String, "concept_code": pl.String}
# Of several ways to the same concept, the most direct one is told.
DIRECTNESS = pl.Enum(["code", "name", "maps_to", "descendant"])
INGREDIENT = ["Ingredient", "Precise Ingredient"]
RXNORM = ["RxNorm", "RxNorm Extension"]
# Where the codes of RESOLVED_CONCEPTS are names of the drug table.
NAMES = "study/drugs.csv"


@dataclass(frozen=True)
class Vocabulary:
    """The tables of the vocabulary, which may be larger than memory."""

    concept: pl.LazyFrame
    ancestor: pl.LazyFrame
    relationship: pl.LazyFrame


def scan_vocabulary(sources: Path) -> Vocabulary:
    """The vocabulary of a snapshot; a product is narrower than its ingredients, also where only drug_strength says so."""
    pair = ["ancestor_concept_id", "descendant_concept_id"]
    products = DRUG_STRENGTH.scan(sources / "drug_strength.parquet").select(
        ancestor_concept_id="ingredient_concept_id", descendant_concept_id="drug_concept_id"
    )
    return Vocabulary(
        CONCEPT.scan(sources / "concept.parquet"),
        pl.concat([CONCEPT_ANCESTOR.scan(sources / "concept_ancestor.parquet").select(pair), products]),
        CONCEPT_RELATIONSHIP.scan(sources / "concept_relationship.parquet"),
    )


def listed_codes(codes: list[ConceptCode]) -> pl.DataFrame:
    """The codes of the concept sets: columns domain, concept_set, vocabulary_id, concept_code, wide (with descendants)."""
    rows = [(c.domain, c.concept_set, c.vocabulary, c.code, c.with_descendants) for c in codes]
    return pl.DataFrame(rows, schema=LISTED | {"wide": pl.Boolean}, orient="row")


def listed_atc(drugs: DrugTable) -> pl.DataFrame:
    """The ATC codes of the ingredients, as `listed_codes`; a combination's code stands for itself only.

    What lies below a combination's code may hold its other ingredients alone.
    """
    rows = [
        ("drug", ingredient, "ATC", code, drugs.drugs[ingredient].atc == code)
        for code, ingredients in drugs.ingredients_of_atc.items()
        for ingredient in ingredients
    ]
    return pl.DataFrame(rows, schema=LISTED | {"wide": pl.Boolean}, orient="row")


def listed_names(drugs: DrugTable) -> pl.DataFrame:
    """The names of the ingredients in upper case: columns domain, concept_set, vocabulary_id, concept_code (the name)."""
    rows = [("drug", ingredient, NAMES, name) for name, means in drugs.ingredients_of_name.items() for ingredient in means]
    return pl.DataFrame(rows, schema=LISTED, orient="row")


def concepts_of_codes(listed: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """The concepts of the listed codes, the standard concepts they map to, and what is narrower where that is asked for.

    A code may map to a concept that is wider than itself; its records then come in with those of the wider concept.

    Parameters
    ----------
    listed
        As `listed_codes`.

    Returns
    -------
    Columns domain, concept_set, concept_id, found_by; each concept of a set once.

    """
    by_code = _by_code(listed, vocabulary)
    mapped = (
        vocabulary.relationship.filter(pl.col("relationship_id") == "Maps to")
        .join(by_code.lazy(), left_on="concept_id_1", right_on="concept_id")
        .select(*SET, pl.col("concept_id_2").alias("concept_id"), "wide", pl.lit("maps_to").alias("found_by"))
        .collect(engine="streaming")
    )
    return _with_descendants(pl.concat([by_code, mapped]), vocabulary)


def concepts_of_drugs(atc: pl.DataFrame, names: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """The ingredient concepts with a listed name, the ATC concepts with a listed code, and the drugs that hold them.

    An ATC code is not followed through `Maps to`: the code of a combination maps to each of its ingredients.

    Parameters
    ----------
    atc, names
        As `listed_atc` and `listed_names`.

    Returns
    -------
    As `concepts_of_codes`, with the ingredient as concept set; a combination is in the set of each of its ingredients.

    """
    by_name = (
        vocabulary.concept.filter(pl.col("vocabulary_id").is_in(RXNORM), pl.col("concept_class_id").is_in(INGREDIENT))
        .with_columns(name=pl.col("concept_name").str.to_uppercase())
        .join(names.lazy().select(*SET, pl.col("concept_code").alias("name")), on="name")
        .select(*SET, "concept_id", pl.lit(True).alias("wide"), pl.lit("name").alias("found_by"))
        .collect(engine="streaming")
    )
    return _with_descendants(pl.concat([_by_code(atc, vocabulary), by_name]), vocabulary)


def described(found: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Add vocabulary, code and name to concepts (column concept_id); concepts that the vocabulary lacks are left out."""
    told = vocabulary.concept.select("concept_id", "vocabulary_id", "concept_code", "concept_name")
    return told.join(found.lazy(), on="concept_id").collect(engine="streaming")


def _by_code(listed: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    return (
        vocabulary.concept.join(listed.lazy(), on=["vocabulary_id", "concept_code"])
        .select(*SET, "concept_id", "wide", pl.lit("code").alias("found_by"))
        .collect(engine="streaming")
    )


def _with_descendants(found: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    wide = found.filter("wide").select(*SET, "concept_id").unique()
    below = (
        vocabulary.ancestor.join(wide.lazy(), left_on="ancestor_concept_id", right_on="concept_id")
        .select(*SET, pl.col("descendant_concept_id").alias("concept_id"), pl.lit("descendant").alias("found_by"))
        .collect(engine="streaming")
    )
    return (
        pl.concat([found.drop("wide"), below])
        .with_columns(pl.col("found_by").cast(DIRECTNESS))
        .sort(*SET, "concept_id", "found_by")
        .unique([*SET, "concept_id"], keep="first", maintain_order=True)
        .with_columns(pl.col("found_by").cast(pl.String))
    )
