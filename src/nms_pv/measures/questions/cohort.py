"""The topics of the cohort arm."""

from pathlib import Path

from nms_pv.measures.after.write import write_after_of_cohort
from nms_pv.measures.bias.write import bias_analysis, write_bias
from nms_pv.measures.course.write import write_course_of_cohort
from nms_pv.measures.grid.write import write_cohort_grid
from nms_pv.measures.joinpoint.write import write_joinpoint
from nms_pv.measures.onset.write import OnsetStudy, write_cohort_onset
from nms_pv.measures.own_control.write import write_own_control
from nms_pv.measures.presentation.write import write_presentation_of_cohort
from nms_pv.measures.questions.study import QuestionStudy
from nms_pv.measures.why_zero.write import write_cohort_zeros


def answer_cohort_questions(data: Path, out: Path, study: QuestionStudy, version: str) -> None:
    """Read layers 3 to 5 of the cohort below `data`; write one folder a topic below `out`."""
    evidence, labels, exposure = (data / layer / "cohort" for layer in ("3_evidence", "4_labels", "5_exposure"))
    drugs, params = study.drugs, study.params
    asked = params.questions

    write_joinpoint(exposure, out, params, version, asked.trend)
    write_presentation_of_cohort(evidence, labels, exposure, out, drugs, study.presentation, study.order_of_signs, version)
    write_cohort_onset(evidence, labels, exposure, out, OnsetStudy(drugs, params, asked.onset, study.onset, version))
    write_course_of_cohort(evidence, labels, exposure, out, drugs, params, asked.course, version)
    write_after_of_cohort(evidence, labels, exposure, out, drugs, params, asked.after, version)
    write_own_control(evidence, labels, exposure, out, drugs, params, study.own_control, version)
    write_cohort_grid(exposure, out, drugs, params, version)
    write_cohort_zeros(labels, evidence, exposure, out, drugs, params)
    write_bias([out / "results.parquet"], out, bias_analysis(asked.bias), "cohort", params, version)
