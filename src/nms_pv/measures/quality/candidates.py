"""Findings of candidates -> which elements are documented."""

from collections.abc import Sequence

import polars as pl

from nms_pv.measures.quality.rows import counted
from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.elements import ElementTerm

NMS = "nms_diagnosis"
# A background term says that something is around the element, not that it was looked at.
BACKGROUND = "context"


def elements_of(terms: Sequence[ElementTerm] | Sequence[ConceptCode]) -> list[str]:
    """The elements that a term or code of the study means or suggests, but for the diagnosis itself."""
    return sorted({term.element for term in terms if term.grade != BACKGROUND} - {NMS})


def carrying_the_term(findings: pl.LazyFrame) -> pl.LazyFrame:
    """The reports that carry the NMS term: column subject_id."""
    return findings.filter(pl.col("element") == NMS).select("subject_id").unique()


def elements_documented(
    findings: pl.LazyFrame, candidates: pl.LazyFrame, elements: Sequence[str], source: str | None, period: str
) -> pl.DataFrame:
    """For each element the candidates that document it, as present, absent or a value: columns of `rows.COUNTED`.

    Parameters
    ----------
    findings
        Rows of `evidence/findings`.
    candidates
        Column subject_id.
    elements
        The elements that are told, also those that nobody documents.
    source, period
        Of the candidates.

    """
    told = pl.DataFrame({"item": elements}, schema={"item": pl.String})
    documented = (
        findings.filter(pl.col("grade") != BACKGROUND)
        .join(candidates, on="subject_id", how="semi")
        .group_by(item="element")
        .agg(numerator=pl.col("subject_id").n_unique().cast(pl.Int64))
    )
    whole, found = pl.collect_all([candidates.select(pl.len().cast(pl.Int64)), documented], engine="streaming")
    rows = told.join(found, on="item", how="left", maintain_order="left").with_columns(
        pl.col("numerator").fill_null(0), denominator=pl.lit(whole.item()), check=pl.lit("candidate_element")
    )
    return counted(rows, source, period)


def timing_known(exposures: pl.LazyFrame, candidates: pl.LazyFrame, period: str) -> pl.DataFrame:
    """Candidates with at least one dopamine antagonist whose start, and the event, are known to the day."""
    dated = exposures.filter(pl.col("relation") == "antagonist", pl.col("timing") == "known").select("subject_id").unique()
    n = pl.len().cast(pl.Int64)
    part, whole = pl.collect_all([candidates.join(dated, on="subject_id", how="semi").select(n), candidates.select(n)])
    return counted(
        pl.DataFrame({"check": ["candidate_timing_known"], "numerator": part.to_series(), "denominator": whole.to_series()}),
        period=period,
    )
