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


def test_elements_that_no_generation_has_are_named_in_one_line() -> None:
    elements = [("clonus", {"FGA": shown("FGA", None)}), ("mutism", {}), ("tremor", {"FGA": shown("FGA", 0.2)})]
    drawn = str(element_shares(elements, "cohort", simulated=False))
    assert "Undefined, or not computed, in every generation: clonus, mutism." in drawn
    assert drawn.count("not computed") == 3
    assert "SIMULATED" not in drawn


def test_a_hidden_element_keeps_its_place() -> None:
    drawn = str(element_shares([("fever", {"FGA": {**shown("FGA", 0.5), "suppressed": True}})], "cohort", simulated=False))
    assert "hidden" in drawn
    assert "in every generation" not in drawn
