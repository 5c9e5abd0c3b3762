"""The figure of time to onset: what is drawn, whatever is missing."""

import xml.etree.ElementTree as ET

import pytest

from nms_pv.report.figures.onset import PublishedMark, share_with_onset
from nms_pv.report.style import LOOKS

POINTS = [
    {"x": 0.0, "y": 0.1, "low": 0.02, "high": 0.3},
    {"x": 7.0, "y": 0.6, "low": 0.4, "high": 0.8},
    {"x": 20_000.0, "y": 1.0, "low": None, "high": None},
]
MARKS = [PublishedMark(7, 0.66, "A")]


@pytest.mark.parametrize("points", [POINTS, POINTS[:2], []], ids=["beyond the axis", "short", "none"])
def test_curve_and_marks_are_drawn_and_described(points: list[dict[str, float | None]]) -> None:
    svg = share_with_onset([(LOOKS["FGA"], points), (LOOKS["TGA"], [])], MARKS, "reports", simulated=True)
    root = ET.fromstring(svg)  # noqa: S314
    text = " ".join(root.itertext())
    assert root.get("role") == "img"
    assert "SIMULATED DATA" in text
    assert "Third generation: too few cases" in text
    assert "A" in text.split()


def test_the_same_rows_give_the_same_bytes() -> None:
    drawn = [share_with_onset([(LOOKS["SGA"], POINTS)], MARKS, "reports", simulated=False) for _ in range(2)]
    assert drawn[0] == drawn[1]
