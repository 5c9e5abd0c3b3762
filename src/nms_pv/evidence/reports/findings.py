"""canonical -> evidence: each reported term that speaks of a clinical element becomes a finding."""

import polars as pl

from nms_pv.spec.elements import ElementTerm
from nms_pv.tables import attrition
from nms_pv.tables.evidence import FINDINGS, OF_VALUES


def findings(events: pl.LazyFrame, reports: pl.LazyFrame, elements: list[ElementTerm]) -> pl.DataFrame:
    """The findings of reported terms: whole terms only, one row for each element a term speaks of.

    A report lists what happened and never what did not, so every finding is `present`.
    """
    terms = pl.LazyFrame(
        [(e.element, e.term.upper(), e.grade) for e in elements],
        schema={"element": pl.String, "term_key": pl.String, "grade": pl.String},
        orient="row",
    )
    days = reports.select("subject_id", day="event_day", day_precision="event_day_precision")
    return (
        events.select("subject_id", "event_no", "term", "term_key", "source_id", "source_line")
        .join(terms, on="term_key", how="inner")
        .join(days, on="subject_id", how="left")
        .sort("subject_id", "element", "source_line", "event_no")
        .with_columns(
            finding_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("subject_id"),
            state=pl.lit("present"),
            **{name: pl.lit(None, FINDINGS.types[name]) for name in OF_VALUES},
        )
        .select(list(FINDINGS.types))
        .collect()
    )


def term_rows(events: pl.LazyFrame) -> pl.DataFrame:
    """How many rows each reported term has: `term_key`, `rows`."""
    return events.group_by("term_key").agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")


def term_coverage(rows: list[pl.DataFrame], elements: list[ElementTerm]) -> pl.DataFrame:
    """How often each listed term was reported in all parts; 0 is a term that this data does not know."""
    listed = pl.DataFrame(
        [(e.element, e.term, e.grade, e.term.upper()) for e in elements],
        schema={"element": pl.String, "term": pl.String, "grade": pl.String, "term_key": pl.String},
        orient="row",
    )
    counted = pl.concat(rows).group_by("term_key").agg(pl.col("rows").sum())
    return listed.join(counted, on="term_key", how="left").with_columns(pl.col("rows").fill_null(0)).drop("term_key")


def finding_attrition(part: str, events: pl.LazyFrame, elements: list[ElementTerm], found: pl.DataFrame) -> pl.DataFrame:
    """Where the reported terms went."""
    listed = pl.col("term_key").is_in({e.term.upper() for e in elements})
    n_terms, n_speaking = events.select(pl.len(), listed.sum().alias("speaking")).collect().row(0)
    left = {
        "no_element_lists_the_term": n_terms - n_speaking,
        "further_element_of_the_term": n_speaking - found.height,
    }
    return attrition.steps("evidence", f"{part}:findings", "reported term, then finding", n_terms, left)
