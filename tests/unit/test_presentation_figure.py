"""The figure of elements by generation."""

from nms_pv.report.figures.presentation import element_shares

Row = dict[str, object]


def shown(generation: str, estimate: float | None) -> Row:
    limits = (None, None) if estimate is None else (estimate / 2, (1 + estimate) / 2)
    return {
        "result_id": f"element_documented_proportion/pt_only/generation/{generation}/element=iec_2011:fever",
        "measure": "element_documented_proportion",
        "estimate": estimate,
        "low": limits[0],
        "high": limits[1],
        "suppressed": False,
    }


def test_every_element_is_named_and_what_is_undefined_is_said() -> None:
    rows = {"FGA": shown("FGA", 0.7), "SGA": shown("SGA", None)}
    drawn = str(element_shares([("iec_2011:altered_mental_status", rows)], "reports", simulated=True))
    for text in ("altered mental status", "First generation", "undefined", "not computed", "SIMULATED DATA", "lower bound"):
        assert text in drawn


def test_an_element_that_no_generation_has_says_so_once() -> None:
    drawn = str(element_shares([("clonus", {"FGA": shown("FGA", None)}), ("mutism", {})], "cohort", simulated=False))
    assert drawn.count("undefined") == 1
    assert drawn.count("not computed") == 1
    assert "SIMULATED" not in drawn
