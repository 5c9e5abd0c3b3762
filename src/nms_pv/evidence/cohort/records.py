"""canonical -> evidence: coded records of conditions and procedures in one shape, and what the study says of their sets."""

from collections.abc import Collection

import polars as pl

from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.strict import StudyError

RECORD = ["source_id", "source_line", "concept_set"]


def as_records(coded: pl.LazyFrame) -> pl.LazyFrame:
    """Conditions, at their first day, or procedures; no rule is asked of them, so each `meets` it."""
    columns = ["person_id", "concept_set", "day", "term", "source_id", "source_line"]
    return coded.rename({"start_day": "day"}, strict=False).select(*columns, meets=pl.lit(value=True))


def set_facts(sets: list[ConceptCode]) -> pl.DataFrame:
    """What each concept set means: concept_set, element, grade, candidate."""
    rows = {(code.concept_set, code.element, code.grade, code.candidate) for code in sets}
    schema = {"concept_set": pl.String, "element": pl.String, "grade": pl.String, "candidate": pl.Boolean}
    return pl.DataFrame(sorted(rows), schema=schema, orient="row")


def refuse_unlisted(part: str, column: pl.LazyFrame, listed: Collection[str], where: str) -> None:
    """Stop where records are coded to what the study does not list: they would be lost.

    Raises
    ------
    StudyError
        Naming what is not listed.

    """
    used = column.unique().collect(engine="streaming").to_series()
    strangers = sorted(set(used) - set(listed))
    if strangers:
        raise StudyError(f"{part}: records are coded to {strangers}, which {where} does not list; run `dvc repro` again")
