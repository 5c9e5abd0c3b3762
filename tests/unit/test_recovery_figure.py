"""The figure of recovery and death."""

import pytest

from nms_pv.report.figures.recovery import recovery
from nms_pv.report.style import LOOKS

Point = dict[str, object]


def curve(name: str, *values: tuple[float, float | None]) -> list[Point]:
    """Points of shares with a limit on both sides, if they have any."""
    limits = [(None, None) if half is None else (y - half, y + half) for y, half in values]
    return [
        {"curve": name, "x": float(day), "y": values[day][0], "low": low, "high": high} for day, (low, high) in enumerate(limits)
    ]


def test_each_group_has_a_line_for_recovery_and_one_for_death_and_the_published_days_are_named() -> None:
    rows = curve("recovered", (0.0, 0.0), (0.5, 0.1), (0.9, 0.05)) + curve("died", (0.0, None), (0.05, 0.02))
    drawn = str(recovery([(LOOKS["FGA"], rows), (LOOKS["SGA"], rows)], (2, 14), simulated=True))
    for text in ("First generation: recovered", "Second generation: died before", "published: 2 to 14 days", "SIMULATED DATA"):
        assert text in drawn


@pytest.mark.parametrize("simulated", [True, False])
def test_nothing_to_draw_is_an_empty_figure(simulated: bool) -> None:
    drawn = str(recovery([], None, simulated=simulated))
    assert "published" not in drawn
    assert ("SIMULATED DATA" in drawn) == simulated


def test_the_same_rows_in_another_order_draw_the_same() -> None:
    rows = curve("recovered", (0.0, 0.0), (0.5, 0.1)) + curve("died", (0.0, 0.0), (0.1, 0.1))
    drawn = [recovery([(LOOKS["TGA"], list(order))], (2, 14), simulated=False) for order in (rows, reversed(rows))]
    assert drawn[0] == drawn[1]
