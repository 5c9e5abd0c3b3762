"""What of the layers before the measures a build of the report may show; with a smallest cell of 0 everything."""

from dataclasses import replace

import polars as pl

from nms_pv.report.attrition.flows import PART
from nms_pv.report.cohort.inputs import CohortInputs
from nms_pv.report.cohort.results import CohortResults
from nms_pv.report.inputs import Inputs
from nms_pv.report.questions.leaving import numbers_to_leave
from nms_pv.report.results import Results
from nms_pv.report.rounding import to_nearest

# What counts people with the syndrome: the results say how many count, and the difference would say how many do not.
OF_EPISODES = "episode|subject"
OF_PEOPLE = ("person", "report")


def reports_to_leave(inputs: Inputs, smallest: int) -> Inputs:
    """The inputs of the reports arm: small counts are not listed, others rounded; no value as it was reported."""
    if smallest == 0:
        return inputs
    return replace(
        inputs,
        results=Results(numbers_to_leave(inputs.results.frame, inputs.results.frame, smallest)),
        attrition=attrition_to_leave(inputs.attrition, smallest),
        quarantine_reasons=_listed(inputs.quarantine_reasons, "lines", smallest),
        value_issues=_listed(inputs.value_issues.with_columns(example=pl.lit(None, pl.String)), "values", smallest),
        coding_coverage=_listed(inputs.coding_coverage, "rows", smallest),
        uncoded_names=_listed(inputs.uncoded_names, "rows", smallest),
        duplicates=_listed(_listed(inputs.duplicates, "left_out", smallest), "reports", smallest),
    )


def cohort_to_leave(inputs: CohortInputs, smallest: int) -> CohortInputs:
    """The inputs of the cohort arm; rates are hidden by what their measures marked, and shown where nothing is hidden."""
    if smallest == 0:
        return replace(inputs, results=CohortResults(inputs.results.frame.with_columns(suppressed=pl.lit(False))))
    return replace(
        inputs,
        attrition=attrition_to_leave(inputs.attrition, smallest),
        quarantine_reasons=_listed(inputs.quarantine_reasons, "lines", smallest),
        value_issues=_listed(inputs.value_issues.with_columns(example=pl.lit(None, pl.String)), "values", smallest),
        concepts=_concepts_to_leave(inputs.concepts, smallest),
    )


def attrition_to_leave(attrition: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Attrition (rows of `attrition`) without what counts episodes, and what counts people and has a small count in any part."""
    is_small = pl.any_horizontal(pl.col("n_left", "n_kept").is_between(1, smallest - 1)) & pl.col("unit").is_in(OF_PEOPLE)
    gives_away = is_small.any().over("layer", pl.col("scope").str.replace(PART, ""))
    return attrition.filter(~gives_away, ~pl.col("unit").str.contains(OF_EPISODES))


def _concepts_to_leave(concepts: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Resolved concepts without the counts of records of sets that have a small one."""
    is_small = pl.col("records").is_between(1, smallest - 1).any().over("domain", "concept_set")
    return concepts.with_columns(pl.when(~is_small).then(to_nearest(pl.col("records"), smallest)))


def _listed(table: pl.DataFrame, count: str, smallest: int) -> pl.DataFrame:
    """The rows whose count is not small, rounded."""
    return table.filter(~pl.col(count).is_between(1, smallest - 1)).with_columns(to_nearest(pl.col(count), smallest))
