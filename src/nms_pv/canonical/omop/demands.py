"""What a common data model must hold, so that zero cases or zero exposure is never a missing vocabulary."""

import polars as pl

from nms_pv.canonical.omop.study import CohortStudy
from nms_pv.tables.cdm import CONCEPT
from nms_pv.tables.errors import UserError

LIST = "study/concept_sets.csv"


class VocabularyError(UserError):
    """A vocabulary in which the study's codes or drugs are not found."""


def demand_vocabulary(concept: pl.LazyFrame) -> None:
    """Refuse a snapshot without concepts.

    Raises
    ------
    VocabularyError
        When table concept has no rows.

    """
    if concept.select(pl.len()).collect().item() == 0:
        raise VocabularyError(
            f"{CONCEPT.name}: the vocabulary is empty: table concept has no rows, so no code and no drug can be found. Load the "
            "OMOP vocabulary (tables concept, concept_ancestor, concept_relationship) and run `nms-pv add omop SOURCE` again."
        )


def demand_sets(resolved: pl.DataFrame, study: CohortStudy) -> None:
    """Refuse to count zero cases of what cannot be found.

    Raises
    ------
    VocabularyError
        When nothing of a required set is a concept or a source value, or no dopamine-blocking or -depleting drug is found.

    """
    found = resolved.filter(pl.col("found_by") != "not_found")
    sets = found.filter(pl.col("domain") != "drug")["concept_set"].to_list()
    for name in dict.fromkeys(code.concept_set for code in study.concept_sets if code.required):
        if name not in sets:
            tried = [f"{code.vocabulary} {code.code}" for code in study.concept_sets if code.concept_set == name]
            raise VocabularyError(
                f"{LIST}: set {name!r} is required, and none of its codes is a concept of table concept or a source value of a "
                f"record without a concept: {', '.join(tried)}. Load the vocabulary that the records use, add the codes they use "
                f"to {LIST}, or set `required` to no there if zero records are meant."
            )
    wanted = sorted(name for name, drug in study.drugs.drugs.items() if drug.blocks_or_depletes_dopamine)
    if not set(wanted) & set(found.filter(pl.col("domain") == "drug")["concept_set"]):
        raise VocabularyError(
            f"study/drugs.csv: none of {len(wanted)} drugs that block or deplete dopamine ({', '.join(wanted[:5])}, ...) is an "
            "ingredient of vocabulary RxNorm or RxNorm Extension, an ATC code, or a source value of a record without a concept. "
            "Load the vocabulary that the records use, or add the names they use to study/drugs.csv."
        )
