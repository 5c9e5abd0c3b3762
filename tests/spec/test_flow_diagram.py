"""What the flow diagram means: from what came in to what counts, nobody leaves without a reason."""

import pytest

from nms_pv.report.attrition.arms import cohort_chart, reports_chart
from nms_pv.report.attrition.chart import Box, steps
from nms_pv.report.attrition.flows import flows
from tests.lib.flow_rows import cohort_attrition, counted, fates, reports_attrition


def told(boxes: list[Box]) -> list[tuple[str, str, list[tuple[str, int]]]]:
    return [(box.unit, box.text, box.left) for box in boxes]


def test_lines_become_versions_reports_and_cases() -> None:
    boxes = reports_chart(flows(reports_attrition()), [], fates(), counted(6, 76), "pt_only", "collapsed")
    assert told(boxes) == [
        ("lines", "100", [("quarantined", 4)]),
        ("versions", "96", [("later version", 10)]),
        ("reports", "86", [("no reaction", 6)]),
        ("reports", "80", [("further copy of a report that stays", 4)]),
        (
            "reports",
            "76",
            [
                ("no finding that the definitions know", 30),
                ("pt_only: not met", 30),
                ("pt_only: cannot be decided, too little documented", 10),
            ],
        ),
        ("reports", "6", []),
    ]
    assert [step.unaccounted for step in steps(boxes)] == [0, 0, 0, 0, 0, None]


def test_where_duplicates_are_kept_no_copy_leaves() -> None:
    boxes = reports_chart(flows(reports_attrition()), [], fates(), counted(6, 80), "pt_only", "kept")
    assert [box.text for box in boxes] == ["100", "96", "86", "80", "6"]
    assert boxes[3].left[0] == ("no finding that the definitions know", 34)
    assert not any(step.unaccounted for step in steps(boxes))


@pytest.mark.parametrize(("cases", "alarm"), [(5, "1 unaccounted for"), (6, ""), (8, "2 more than came")])
def test_what_is_missing_between_two_boxes_is_told(cases: int, alarm: str) -> None:
    boxes = reports_chart(flows(reports_attrition()), [], fates(), counted(cases, 76), "pt_only", "collapsed")
    assert [step.alarm for step in steps(boxes)] == ["", "", "", "", alarm, ""]


def test_records_become_persons_and_episodes() -> None:
    boxes = cohort_chart(flows(cohort_attrition()), [], counted(28, 9_999), "pt_only", "exact")
    assert told(boxes) == [
        ("records", "900", [("further ingredient of the record", -20)]),
        ("record × ingredient", "920", []),
        ("persons", "400", [("no believed observation period", 10)]),
        ("persons", "390", [("unknown sex or birth", 20)]),
        ("persons", "370", []),
        ("records", "50", [("chained to an earlier record", 10)]),
        ("episodes", "40", [("not met", 8), ("indeterminate", 2)]),
        ("episodes", "30", [("outside time at risk", 2)]),
        ("episodes", "28", []),
    ]
    # Where another thing is counted from there on, nothing has to add up.
    assert [step.unaccounted for step in steps(boxes)] == [0, None, 0, 0, None, 0, 0, 0, None]


def test_what_is_not_recorded_or_hidden_has_words_in_place_of_a_number() -> None:
    withheld = [flow for flow in flows(cohort_attrition()) if flow.layer == "exposure"]
    boxes = cohort_chart([], withheld, counted(28, 9_999, suppressed=True), "pt_only", "exact")
    hidden = "not shown: stays inside the study"
    recorded = ["not recorded"] * 3
    assert [box.text for box in boxes] == [*recorded, hidden, hidden, *recorded[:2], hidden, "hidden, small cell"]
    assert [step.unaccounted for step in steps(boxes)] == [None] * len(boxes)
