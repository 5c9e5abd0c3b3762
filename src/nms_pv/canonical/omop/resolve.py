"""The study's codes and names, and the vocabulary -> what codes the records, and what of it the snapshot holds."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.canonical.omop.coding import CODED, KINDS, Lookup, RecordKind, coded, has_unknown_concept, text_key
from nms_pv.canonical.omop.formulation import FORM, formulations, long_acting_names
from nms_pv.canonical.omop.study import CohortStudy
from nms_pv.canonical.omop.vocabulary import (
    NAMES,
    SET,
    Vocabulary,
    concepts_of_codes,
    concepts_of_drugs,
    described,
    listed_atc,
    listed_codes,
    listed_names,
    scan_vocabulary,
)
from nms_pv.tables.cohort import RESOLVED_CONCEPTS

LISTED = [*SET, "vocabulary_id", "concept_code"]


@dataclass(frozen=True)
class Resolution:
    """How the records of each domain are coded, and the concepts of every set with the records they code."""

    lookups: dict[str, Lookup]
    resolved: pl.DataFrame


def resolve(sources: Path, study: CohortStudy) -> Resolution:
    """Find the concepts of every set, and count the records that each codes."""
    vocabulary = scan_vocabulary(sources)
    rows, texts = candidates(study, vocabulary)
    lookups, counts = {}, []
    for domain, kind in KINDS.items():
        records = kind.table.scan(sources / f"{kind.name}.parquet")
        lookups[domain] = _lookup(domain, rows, texts, _unknown(records, kind, vocabulary))
        counts.append(_records_of_rows(records, kind, lookups[domain]))
    counted = rows.join(pl.concat(counts), on="row", how="left").with_columns(pl.col("records").fill_null(0))
    return Resolution(lookups, RESOLVED_CONCEPTS.check(_told(counted, study)))


def candidates(study: CohortStudy, vocabulary: Vocabulary) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everything that may code a record.

    Returns
    -------
    rows
        Columns of `RESOLVED_CONCEPTS` without records, and `row`: concepts, and (concept_id 0) listed codes that are no concept.
    texts
        Columns domain, text, and `CODED`: what a source value may be.

    """
    codes, atc, names = listed_codes(study.concept_sets), listed_atc(study.drugs), listed_names(study.drugs)
    found = described(pl.concat([concepts_of_codes(codes, vocabulary), concepts_of_drugs(atc, names, vocabulary)]), vocabulary)
    listed = pl.concat([codes.drop("wide"), atc.drop("wide"), names])
    without_concept = listed.join(found, on=LISTED, how="anti").with_columns(
        concept_id=pl.lit(0, pl.Int64), concept_name=pl.lit(""), found_by=pl.lit("source_code")
    )
    rows = pl.concat([found, without_concept], how="diagonal").sort(*LISTED, "concept_id").with_row_index("row")
    formed = _formed(rows, long_acting_names(study))
    texts = (
        listed.join(formed.unique(LISTED, keep="first", maintain_order=True), on=LISTED, maintain_order="left")
        .with_columns(text=text_key(pl.col("concept_code")), term=pl.lit(None, pl.String))
        .unique(["domain", "text", "concept_set"], keep="first", maintain_order=True)
        .select("domain", "text", *CODED)
    )
    return formed, texts


def _formed(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Add formulation and interval to drugs; other domains have neither."""
    is_name = pl.col("vocabulary_id") == NAMES
    drugs = rows.filter(pl.col("domain") == "drug").select(
        "row", "concept_set", pl.when(is_name).then("concept_code").otherwise("concept_name").alias("drug_name")
    )
    known = formulations(drugs, names).select("row", "formulation", "interval_days")
    return rows.join(known, on="row", how="left", maintain_order="left")


def _unknown(records: pl.LazyFrame, kind: RecordKind, vocabulary: Vocabulary) -> list[int]:
    recorded = records.select(pl.col(kind.concept).alias("concept_id")).unique().collect(engine="streaming").lazy()
    known = vocabulary.concept.select("concept_id").join(recorded, on="concept_id", how="semi")
    missing = recorded.join(known, on="concept_id", how="anti").collect(engine="streaming")["concept_id"]
    return missing.drop_nulls().sort().to_list()


def _lookup(domain: str, rows: pl.DataFrame, texts: pl.DataFrame, unknown: list[int]) -> Lookup:
    here = pl.col("domain") == domain
    concepts = rows.filter(here, pl.col("concept_id") != 0).rename({"concept_name": "term"})
    return Lookup(concepts.select("concept_id", *CODED), texts.filter(here).drop("domain"), unknown)


def _records_of_rows(records: pl.LazyFrame, kind: RecordKind, lookup: Lookup) -> pl.DataFrame:
    """How many records each row codes: records that are coded alike are counted first, then coded once."""
    source_value = pl.when(has_unknown_concept(kind, lookup.unknown)).then(kind.source_value).alias(kind.source_value)
    alike = (
        records.group_by(kind.concept, kind.source_concept, source_value)
        .agg(pl.len().cast(pl.Int64).alias("records"))
        .collect(engine="streaming")
    )
    return coded(alike.lazy(), kind, lookup).group_by("row").agg(pl.col("records").sum()).collect()


def _told(counted: pl.DataFrame, study: CohortStudy) -> pl.DataFrame:
    """Listed concepts, whatever codes a record, and what was not found.

    Of a drug's many names only those that code a record are told, and one row where nothing of it was found.
    """
    is_drug, is_code = pl.col("domain") == "drug", pl.col("concept_id") == 0
    shown = counted.filter(
        (pl.col("records") > 0) | pl.col("found_by").is_in(["code", "name"]) | (is_code & ~is_drug)
    ).with_columns(
        found_by=pl.when(is_code & (pl.col("records") == 0)).then(pl.lit("not_found")).otherwise("found_by"),
    )
    told = shown.select(list(RESOLVED_CONCEPTS.types))
    absent = sorted(set(study.drugs.drugs) - set(told.filter(is_drug)["concept_set"]))
    not_found = pl.DataFrame({"concept_set": absent}, schema={"concept_set": pl.String}).select(
        pl.lit("drug").alias("domain"),
        "concept_set",
        pl.lit("RxNorm").alias("vocabulary_id"),
        pl.lit("").alias("concept_code"),
        pl.lit(0, pl.Int64).alias("concept_id"),
        pl.lit("").alias("concept_name"),
        pl.lit("not_found").alias("found_by"),
        pl.lit(None, FORM).alias("formulation"),
        pl.lit(None, pl.Int32).alias("interval_days"),
        pl.lit(0, pl.Int64).alias("records"),
    )
    return pl.concat([told, not_found])
