"""evidence -> trigger, treatments and causality of the subjects of one part."""

import polars as pl

from nms_pv.labels.causality import causality, causality_attrition
from nms_pv.labels.courses import judged_courses
from nms_pv.labels.treatments import treatment_attrition, treatments
from nms_pv.labels.triggers import trigger_attrition, triggers
from nms_pv.spec.context import Context
from nms_pv.tables.contract import Table
from nms_pv.tables.labels import CAUSALITY, TREATMENTS, TRIGGERS

Labelled = list[tuple[Table, pl.DataFrame]]


def context_labels(
    part: str, findings: pl.DataFrame, exposures: pl.DataFrame, context: Context
) -> tuple[Labelled, list[pl.DataFrame]]:
    """The rows of each table, and the attrition of each."""
    courses = judged_courses(findings, exposures, context)
    triggered = triggers(findings, courses, context.drugs)
    treated = treatments(findings, courses, context)
    caused = causality(findings, courses, context.causality)
    left_out = [
        trigger_attrition(part, triggered),
        treatment_attrition(part, findings, treated),
        causality_attrition(part, courses, exposures, caused),
    ]
    return [(TRIGGERS, triggered), (TREATMENTS, treated), (CAUSALITY, caused)], left_out
