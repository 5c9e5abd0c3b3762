"""evidence and labels -> the candidates of one part, what is known of them, and the features of each.

A feature is something recorded of the subject: absent and not recorded are the same to the model. The term that is the
reference, and terms close to it, are never features.
"""

import polars as pl

from nms_pv.spec.measurements import Measurements
from nms_pv.tables.evidence import MEASURED
from nms_pv.tables.review import ADJUDICATED

CODED = "pt_only"
DIAGNOSIS = "nms_diagnosis"
NEVER_FEATURES = [DIAGNOSIS, "related_diagnosis"]


def candidates(verdicts: pl.LazyFrame, findings: pl.LazyFrame) -> pl.DataFrame:
    """The candidates of one part: subjects that a case definition is met by, or with a finding of the term.

    Returns
    -------
    One row a candidate, sorted: `subject_id`; `definitions` and `definitions_met`, the adjudicated one not counted; `is_coded`:
    whether `pt_only` is met, empty when it was not asked; `is_judged_nms`: the reviewers' verdict, empty when there is none or
    it is indeterminate.

    """
    is_met = pl.col("verdict") == "met"
    is_adjudicated = pl.col("definition") == ADJUDICATED
    met = verdicts.filter(is_met, ~is_adjudicated).select("subject_id")
    carries = findings.filter(pl.col("element") == DIAGNOSIS, pl.col("state") == "present").select("subject_id")
    chosen = pl.concat([met, carries]).unique()
    judged = is_adjudicated & (pl.col("verdict") != "indeterminate")
    known = (
        verdicts.join(chosen, on="subject_id", how="semi")
        .group_by("subject_id")
        .agg(
            definitions=(~is_adjudicated).sum().cast(pl.Int32),
            definitions_met=(is_met & ~is_adjudicated).sum().cast(pl.Int32),
            is_coded=is_met.filter(pl.col("definition") == CODED).max(),
            is_judged_nms=is_met.filter(judged).max(),
        )
    )
    return known.collect(engine="streaming").sort("subject_id")


def features(findings: pl.LazyFrame, exposures: pl.LazyFrame, subjects: pl.DataFrame, measurements: Measurements) -> pl.DataFrame:
    """What is recorded of these subjects: one row for each `subject_id` and `feature`, sorted.

    Of findings: `<element>` (a term that means it), `<element>_weak` (a term that suggests it), `<element>_measured` (a value
    that meets the study's own test). Of drugs by their relation to NMS: `<relation>_taken` (begun before the event, as far as is
    known), `_timed` (the days are known), `_stopped` (before the event or on its day), `_after_event` (begun after it).
    """
    chosen = subjects.lazy().select("subject_id")
    found = findings.join(chosen, on="subject_id", how="semi")
    courses = exposures.join(chosen, on="subject_id", how="semi")
    parts = [_of_terms(found), *_of_values(found, measurements), *_of_courses(courses)]
    return pl.concat(parts).unique().collect(engine="streaming").sort("subject_id", "feature")


def _of_terms(findings: pl.LazyFrame) -> pl.LazyFrame:
    speaks = (pl.col("state") == "present") & pl.col("grade").is_in(["core", "weak"])
    is_weak = pl.col("grade") == "weak"
    suffix = pl.when(is_weak).then(pl.lit("_weak")).otherwise(pl.lit(""))
    return findings.filter(speaks, ~pl.col("element").is_in(NEVER_FEATURES)).select(
        "subject_id", feature=pl.col("element") + suffix
    )


def _of_values(findings: pl.LazyFrame, measurements: Measurements) -> list[pl.LazyFrame]:
    values = findings.filter(pl.col("state") == MEASURED)
    return [
        values.filter(pl.col("element") == test.of, test.meets()).select("subject_id", feature=pl.lit(f"{element}_measured"))
        for element in measurements.tests
        for test in measurements.of_element(element)
    ]


def _of_courses(exposures: pl.LazyFrame) -> list[pl.LazyFrame]:
    is_after = pl.col("timing") == "event_before_start"
    kinds = {
        "taken": ~is_after,
        "timed": pl.col("timing") == "known",
        "stopped": ~is_after & (pl.col("onset_minus_end") >= 0),
        "after_event": is_after,
    }
    relation = pl.col("relation").cast(pl.String)
    return [exposures.filter(kind).select("subject_id", feature=relation + f"_{name}") for name, kind in kinds.items()]
