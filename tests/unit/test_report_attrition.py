"""The chapter on attrition as it is read, drawn and written."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from nms_pv.report.attrition.arms import cohort_chart, reports_chart
from nms_pv.report.attrition.chart import Box, Step, steps
from nms_pv.report.attrition.flows import Flow, flows
from nms_pv.report.attrition.read import AttritionPart, read_cohort_attrition, read_reports_attrition
from nms_pv.report.attrition.section import render_attrition, sentence
from nms_pv.report.cohort.inputs import CohortInputs
from nms_pv.report.cohort.results import CohortResults
from nms_pv.report.environment import environment, figure_numbers
from nms_pv.report.figures.draw import WIDTH
from nms_pv.report.figures.flow import BESIDE, COLUMN, LEFT_OUT, STAYED, flow_diagram
from nms_pv.report.inputs import Inputs
from nms_pv.report.leaving import cohort_to_leave
from nms_pv.report.results import Results
from nms_pv.report.svg import house_style, keeping_drawings
from nms_pv.report.words import clean, visible
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cohort import RESOLVED_CONCEPTS
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.flow_rows import cohort_attrition, counted, fates, reports_attrition
from tests.lib.report_page import parse

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>\u202e " + "w" * 90
PARAMS = load_params(ROOT / "params.yaml")


def reports_part(counted_cases: int = 6) -> AttritionPart:
    found = flows(reports_attrition())
    boxes = reports_chart(found, [], fates(), counted(counted_cases, 76), "pt_only", "collapsed")
    copies = [{"rule": None, "reports": 70, "left_out": 0}, {"rule": "both", "reports": 10, "left_out": 4}]
    return AttritionPart("reports", found, boxes, [{"reason": "too_few_fields", "lines": 4}], copies)


def cohort_part() -> AttritionPart:
    found = flows(cohort_attrition())
    return AttritionPart("cohort", found, cohort_chart(found, [], counted(28, 9_999), "pt_only", "exact"), [], [])


def rendered(part: AttritionPart, params: Params = PARAMS) -> Markup:
    templates = environment(visible if part.arm == "cohort" else clean, figure_numbers())
    return render_attrition(part, params, templates)


def test_analyses_are_not_summed() -> None:
    persons = [flow for flow in flows(cohort_attrition()) if flow.what.endswith(":persons")]
    assert [(flow.what, flow.n_in, flow.n_kept) for flow in persons] == [
        ("cohort_incidence:persons", 390, 365),
        ("exact:persons", 390, 370),
    ]


def test_a_flow_that_does_not_add_up_is_told_on_the_page() -> None:
    wrong = replace(reports_part(), flows=[Flow("sources", "DEMO", "record", 10, [("quarantined", 2)], 7)])
    assert not wrong.adds_up
    html = rendered(wrong)
    assert "no: 1 unaccounted for" in html
    assert "Not every step below adds up" in html


def test_a_difference_between_two_boxes_is_framed_and_said_in_words() -> None:
    part = reports_part(counted_cases=5)
    assert not part.adds_up
    drawn = flow_diagram(part.steps, "reports", "From lines", simulated=False)
    assert "! Does not add up: 1 unaccounted for" in drawn
    assert "var(--alarm" in drawn
    assert "SIMULATED" not in drawn
    assert "var(--alarm" not in flow_diagram(reports_part().steps, "reports", "From lines", simulated=False)


def test_numbers_of_the_results_carry_their_address() -> None:
    page = parse(rendered(reports_part()))
    shown = [e for e in page.elements if e.attributes.get("data-result") == "reports/pt_only/ps+ss/collapsed/all/all"]
    assert sorted((e.attributes["data-field"], e.text.strip()) for e in shown if e.tag == "span") == [
        ("denominator", "76"),
        ("numerator", "6"),
    ]
    assert {e.attributes["data-field"] for e in shown if e.tag != "span"} == {"denominator", "numerator"}


@pytest.mark.parametrize("part", [reports_part(), cohort_part()], ids=["reports", "cohort"])
def test_the_chapter_names_every_step_and_says_that_data_are_simulated(part: AttritionPart) -> None:
    html = rendered(part)
    page = parse(html)
    assert [step.box.title for step in part.steps if step.box.title not in html] == []
    assert "SIMULATED DATA" in page.all("svg")[0].text
    assert "Simulated data." in page.all("figcaption")[0].text
    assert "Every step below adds up." in html
    assert ("Duplicates" in html) == (part.arm == "reports")


def test_a_hidden_step_is_drawn_with_its_reason() -> None:
    boxes = cohort_chart([], flows(cohort_attrition())[:4], None, "pt_only", "exact")
    drawn = flow_diagram(steps(boxes), "cohort", "From records", simulated=False)
    assert "not shown: stays inside the study" in drawn
    assert "not recorded" in drawn


def test_reports_are_told_of_without_words_of_another_kind_of_study() -> None:
    assert "risk" not in rendered(reports_part()).lower()


def test_hostile_and_long_words_stay_text_inside_their_box() -> None:
    hostile = [
        Step(Box(HOSTILE, "reports", 10, [(HOSTILE, 1)] * 3), 2),
        Step(Box(HOSTILE, "reports", 5, [], starts_anew=True), None),
    ]
    with keeping_drawings() as kept:
        svg = flow_diagram(hostile, "reports", "From lines", simulated=True)
    assert "<script" not in svg
    assert "\u202e" not in svg
    with house_style("test"):
        ends = _ends(kept[0].figure)
    beyond = [text for text, start, end in ends if start < LEFT_OUT and end > STAYED + COLUMN and "unaccounted" not in text]
    assert beyond == []
    assert [text for text, _, end in ends if end > LEFT_OUT + BESIDE or end > WIDTH] == []


def _ends(figure: Figure) -> list[tuple[str, float, float]]:
    """Each text with where it starts and ends, in inches."""
    # At few dots an inch, letters are moved to whole dots.
    figure.set_dpi(600)
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in figure.findobj(Text) if t.get_text()]
    return [(text, box.x0 / figure.dpi, box.x1 / figure.dpi) for text, box in boxes]


def test_the_table_beside_the_figure_has_one_row_for_each_reason() -> None:
    (name, frame), *_ = reports_part().files.items()
    assert name == "reports_flow"
    assert frame.filter(pl.col("position") == 5).select("n", "reason", "n_left").rows() == [
        (76, "no finding that the definitions know", 30),
        (76, "pt_only: not met", 30),
        (76, "pt_only: cannot be decided, too little documented", 10),
    ]
    assert frame.row(-1, named=True)["reason"] is None
    boxes = cohort_chart([], flows(cohort_attrition())[:4], None, "pt_only", "exact")
    hidden = AttritionPart("cohort", [], boxes, [], []).files["cohort_flow"]
    assert set(hidden["reason"]) == {"not recorded", "not shown: stays inside the study"}


def test_a_sentence_for_a_paper() -> None:
    flow = Flow("exposure", "exact:persons", "person", 1_390, [("unknown_sex_or_birth", 20), ("never_exposed", 0)], 1_370)
    assert sentence(flow) == "exposure, exact:persons: of 1,390 (person), 20 left: unknown sex or birth (20); 1,370 were kept."
    assert "none left" in sentence(replace(flow, left=[], n_kept=1_390))


def test_reports_are_read_with_their_verdicts(tmp_path: Path) -> None:
    reports = [("faers:1", True, "met"), ("faers:2", True, None), ("faers:3", False, "met"), ("faers:4", True, "indeterminate")]
    universe = [_filled(UNIVERSE.types) | {"subject_id": s, "is_representative": r, "quarter": "2024Q1"} for s, r, _ in reports]
    judged = [
        _filled(VERDICTS.types) | {"subject_id": s, "definition": d, "verdict": v}
        for s, _, v in reports
        if v
        for d in ("pt_only", "iec_2011")
    ]
    for table, rows, path in ((UNIVERSE, universe, "5_exposure/universe"), (VERDICTS, judged, "4_labels/verdicts")):
        (tmp_path / path).mkdir(parents=True)
        pl.DataFrame(rows, schema=table.types).write_parquet(tmp_path / path / "2024Q1.parquet")
    nothing = pl.DataFrame(schema=RESULTS.types)
    inputs = Inputs(
        files=nothing,
        quarantine_reasons=pl.DataFrame({"reason": ["x"], "lines": [1]}),
        attrition=reports_attrition(),
        value_issues=nothing,
        coding_coverage=nothing,
        uncoded_names=nothing,
        duplicates=pl.DataFrame({"rule": ["both"], "reports": [4], "left_out": [1]}),
        results=Results(nothing),
        published=[],
        environment=[],
        digests=[],
    )
    part = read_reports_attrition(tmp_path, inputs, inputs, PARAMS)
    assert part.boxes[3].left == [("further copy of a report that stays", 1)]
    assert part.boxes[-1].text == "not recorded"
    with_count = replace(inputs, results=Results(pl.DataFrame([_counted()], schema=RESULTS.types)))
    counted_box = read_reports_attrition(tmp_path, with_count, with_count, PARAMS).boxes[4]
    assert (counted_box.n, counted_box.left) == (
        3,
        [("no finding that the definitions know", 1), ("pt_only: cannot be decided, too little documented", 1)],
    )
    shared = PARAMS.model_copy(update={"leaving": PARAMS.leaving.model_copy(update={"build": "shareable"})})
    rounded = read_reports_attrition(tmp_path, with_count, with_count, shared)
    assert (rounded.boxes[4].n, rounded.boxes[4].left, rounded.boxes[4].starts_anew) == (3, [], True)


def _counted() -> dict[str, object]:
    main = {"definition": "pt_only", "roles": "ps+ss", "duplicates": "collapsed", "group_kind": "all", "group": "all"}
    counts = {"result_id": "r", "arm": "reports", "measure": "reports", "numerator": 1, "denominator": 3, "suppressed": False}
    return _filled(RESULTS.types) | main | counts


def _filled(types: dict[str, object]) -> dict[str, object]:
    return dict.fromkeys(types)


def test_of_a_cohort_only_what_may_leave_is_read() -> None:
    empty = pl.DataFrame()
    inputs = CohortInputs(
        results=CohortResults(pl.DataFrame(schema=RESULTS.types)),
        snapshot=empty,
        quarantine_reasons=pl.DataFrame(schema={"reason": pl.String, "lines": pl.Int64}),
        value_issues=VALUE_ISSUES.empty(),
        concepts=RESOLVED_CONCEPTS.empty(),
        attrition=cohort_attrition(),
        published=[],
        digests=[],
    )
    internal = read_cohort_attrition(inputs, cohort_to_leave(inputs, 0), PARAMS)
    shareable = read_cohort_attrition(inputs, cohort_to_leave(inputs, 5), PARAMS)
    assert [box.n for box in shareable.boxes] == [900, 920, 400, 390, 370, None, None, None, None]
    assert [box.why_empty for box in shareable.boxes[5:]] == ["not shown: stays inside the study"] * 3 + ["not recorded"]
    assert [box.n for box in internal.boxes] == [900, 920, 400, 390, 370, 50, 40, 30, None]
    assert "episodes" not in " ".join(flow.what for flow in shareable.flows)


def test_the_last_box_is_compared_with_nothing() -> None:
    assert steps([Box("only", "reports", 3, [])]) == [Step(Box("only", "reports", 3, []), None)]
