from nms_pv.report.figures.specification_curve import matrix_levels, shared_limits, specification_curve
from nms_pv.report.style import LOOKS

LIMITS = (0.1, 100.0)


def row(number: int, estimate: float | None, **choices: object) -> dict[str, object]:
    told = {"low": None, "high": None} if estimate is None else {"low": estimate / 2, "high": estimate * 2}
    plain = {"definition": "pt_only", "roles": "ps+ss", "duplicates": "kept", "comparator": "all_other_reports", "era": "all"}
    return {"specification_id": str(number), "arm": "reports", "analysis": None, "is_main": False, "estimate": estimate} | (
        plain | told | choices
    )


ROWS = [row(1, 4.0, is_main=True), row(2, 0.5, roles="any"), row(3, None, era="legacy"), row(4, 500.0, definition="strict")]


def test_the_curve_counts_what_it_cannot_draw_and_marks_the_main_specification() -> None:
    drawn = str(specification_curve(ROWS, LOOKS["FGA"], LIMITS, "reporting odds ratio", simulated=True))
    assert "3 specifications, 1 more are undefined or 0" in drawn
    assert "main 4.00" in drawn
    assert "SIMULATED DATA" in drawn
    assert 'id="specifications-reports-fga-title"' in drawn


def test_a_main_specification_on_the_right_is_labelled_on_its_left() -> None:
    rows = [row(1, 0.5), row(2, 1.0), row(3, 4.0, is_main=True)]
    drawn = str(specification_curve(rows, LOOKS["SGA"], LIMITS, "rate ratio", simulated=False))
    assert "SIMULATED" not in drawn
    assert "3 specifications<" in drawn


def test_nothing_but_undefined_specifications_is_drawn_empty() -> None:
    drawn = str(specification_curve([row(1, None)], LOOKS["TGA"], LIMITS, "rate ratio", simulated=False))
    assert "0 specifications, 1 more are undefined or 0" in drawn


def test_one_line_for_every_level_of_every_choice_that_is_there() -> None:
    levels = matrix_levels(ROWS)
    assert [(level.choice, level.level) for level in levels] == [
        ("definition", "pt_only"),
        ("definition", "strict"),
        ("roles", "any"),
        ("roles", "ps+ss"),
        ("duplicates", "kept"),
        ("comparator", "all_other_reports"),
        ("era", "all"),
        ("era", "legacy"),
    ]
    assert [level.down for level in levels] == sorted(level.down for level in levels)


def test_limits_hold_all_estimates_and_one() -> None:
    low, high = shared_limits(ROWS)
    assert low <= 0.25
    assert high >= 1000
