"""Records of a common data model -> the concept sets (for drugs: the ingredients) that they are coded to."""

from dataclasses import dataclass

import polars as pl

from nms_pv.tables.cdm import CONDITION_OCCURRENCE, DRUG_EXPOSURE, MEASUREMENT, PROCEDURE_OCCURRENCE
from nms_pv.tables.cohort import CODING
from nms_pv.tables.contract import Table

METHOD = pl.Enum(list(CODING))
CODED = ["concept_set", "row", "term", "formulation", "interval_days"]


@dataclass(frozen=True)
class RecordKind:
    """One table of records, and how its columns are called."""

    table: Table
    key: str
    concept: str
    source_concept: str
    source_value: str
    start: str

    @property
    def name(self) -> str:
        """Name of the table in the common data model."""
        return self.table.name.removeprefix("sources/")

    @property
    def source_id(self) -> str:
        """Name of the table as a source of rows."""
        return f"omop:{self.name}"


def _kind(table: Table, stem: str, start: str) -> RecordKind:
    return RecordKind(table, table.key[0], f"{stem}_concept_id", f"{stem}_source_concept_id", f"{stem}_source_value", start)


KINDS = {
    "drug": _kind(DRUG_EXPOSURE, "drug", "drug_exposure_start_date"),
    "condition": _kind(CONDITION_OCCURRENCE, "condition", "condition_start_date"),
    "measurement": _kind(MEASUREMENT, "measurement", "measurement_date"),
    "procedure": _kind(PROCEDURE_OCCURRENCE, "procedure", "procedure_date"),
}


@dataclass(frozen=True)
class Lookup:
    """What codes the records of one domain.

    Attributes
    ----------
    by_concept
        Columns concept_id and `CODED`.
    by_text
        Columns text (as `text_key` makes it) and `CODED`.
    unknown
        The concepts that records have and the vocabulary lacks.

    """

    by_concept: pl.DataFrame
    by_text: pl.DataFrame
    unknown: list[int]


def text_key(text: pl.Expr) -> pl.Expr:
    """A code or name as it is compared: upper case, without dots and blanks."""
    return text.str.to_uppercase().str.replace_all(r"[.\s]", "")


def has_unknown_concept(kind: RecordKind, unknown: list[int]) -> pl.Expr:
    """Does the record have no concept, concept 0, or one that the vocabulary lacks?"""
    return pl.col(kind.concept).is_null() | pl.col(kind.concept).is_in([0, *unknown])


def may_be_coded(kind: RecordKind, lookup: Lookup) -> pl.Expr:
    """Is there a way for the record into a set? A sieve before `coded`, so that other records are never held in memory."""
    concepts = lookup.by_concept["concept_id"].unique().to_list()
    listed = pl.col(kind.concept).is_in(concepts) | pl.col(kind.source_concept).is_in(concepts)
    return listed.fill_null(False) | has_unknown_concept(kind, lookup.unknown)


def coded(records: pl.LazyFrame, kind: RecordKind, lookup: Lookup) -> pl.LazyFrame:
    """Records x the sets they are coded to, with coding_method; of several ways into one set the first counts.

    The ways are: the concept; the concept of the source value; the source value, where the concept is unknown.
    """
    by_concept = lookup.by_concept.lazy()
    own = by_concept.select(pl.col("concept_id").alias(kind.concept), "concept_set")
    of_source = by_concept.select(pl.col("concept_id").alias(kind.source_concept), "concept_set")
    concept = records.join(by_concept, left_on=kind.concept, right_on="concept_id")
    source_concept = records.join(by_concept, left_on=kind.source_concept, right_on="concept_id").join(
        own, on=[kind.concept, "concept_set"], how="anti"
    )
    source_code = (
        records.filter(has_unknown_concept(kind, lookup.unknown))
        .with_columns(text=text_key(pl.col(kind.source_value)))
        .join(lookup.by_text.lazy(), on="text")
        .drop("text")
        .join(of_source, on=[kind.source_concept, "concept_set"], how="anti")
    )
    ways = {"concept": concept, "source_concept": source_concept, "source_code": source_code}
    return pl.concat(way.with_columns(coding_method=pl.lit(method, METHOD)) for method, way in ways.items())
