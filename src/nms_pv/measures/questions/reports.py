"""The topics of the reports arm."""

from pathlib import Path

from nms_pv.measures.adjusted.write import write_adjusted
from nms_pv.measures.after.write import write_after_of_reports
from nms_pv.measures.bias.write import bias_analysis, write_bias
from nms_pv.measures.calibration.write import write_calibration
from nms_pv.measures.comparison.compared import Settings
from nms_pv.measures.comparison.write import write_comparison
from nms_pv.measures.course.write import write_course_of_reports
from nms_pv.measures.ebgm.write import write_ebgm
from nms_pv.measures.grid.write import write_report_grid
from nms_pv.measures.interaction.write import write_interaction
from nms_pv.measures.onset.write import OnsetStudy, write_onset
from nms_pv.measures.presentation.write import write_presentation_of_reports
from nms_pv.measures.questions.study import QuestionStudy
from nms_pv.measures.reporting_rate.write import write_reporting_rate
from nms_pv.measures.reporting_trend.write import write_reporting_trend
from nms_pv.measures.why_zero.write import write_report_zeros


def answer_questions(data: Path, out: Path, study: QuestionStudy, version: str) -> None:
    """Read layers 3 to 5 below `data` and `out/results.parquet`; write one folder a topic below `out`."""
    evidence, labels, exposure = (data / layer for layer in ("3_evidence", "4_labels", "5_exposure"))
    drugs, params = study.drugs, study.params
    asked = params.questions
    compared = Settings(params.reports.comparators, study.indications)
    onset = OnsetStudy(drugs, params, asked.onset, study.onset, version)

    write_comparison(labels, exposure, out, drugs, params, compared, version)
    write_ebgm(labels, exposure, out, drugs, params, version)
    write_adjusted(labels, exposure, out, drugs, params, asked.adjusted, version)
    write_interaction(labels, exposure, out, drugs, params, version)
    write_calibration(labels, exposure, out / "results.parquet", out, study.controls, params, version)
    write_reporting_trend(labels, exposure, out, drugs, params, version, asked.trend)
    write_presentation_of_reports(evidence, labels, exposure, out, drugs, study.presentation, version)
    write_onset(evidence, labels, exposure, out, onset, study.therapy_gap_days)
    write_course_of_reports(evidence, labels, exposure, out, drugs, params, asked.course, version)
    write_after_of_reports(evidence, labels, exposure, out, drugs, params, version)
    write_report_grid(labels, exposure, out, drugs, params, version)
    write_report_zeros(labels, evidence, exposure, out, drugs, params)
    write_reporting_rate(labels, exposure, out, study.volumes, drugs, params, version)
    ratios = [out / name / "results.parquet" for name in (".", "adjusted", "calibration", "comparison")]
    write_bias(ratios, out, bias_analysis(asked.bias), "reports", params, version)
