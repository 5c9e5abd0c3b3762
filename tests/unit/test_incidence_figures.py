"""The forest of incidence, the change of the rate by what made it, and the overlap with other syndromes."""

import re

import pytest

from nms_pv.report.figures.differential import overlap_with_others
from nms_pv.report.figures.incidence_forest import Block, Line, incidence_forest
from nms_pv.report.figures.rate_change import change_by_part
from nms_pv.report.figures.studies import DrawnStudy
from nms_pv.report.numbers import Row
from nms_pv.report.rounding import SmallCells
from nms_pv.report.style import ANY, LOOKS
from nms_pv.tables.contract import ContractError


def number(result_id: str, measure: str, estimate: float | None, **stated: object) -> Row:
    ends = (None, None) if estimate is None else (estimate - abs(estimate) / 2, estimate + abs(estimate) / 2)
    return {
        "result_id": result_id,
        "arm": "cohort",
        "measure": measure,
        "group": result_id,
        "estimate": estimate,
        "low": ends[0],
        "high": ends[1],
        "numerator": 12,
        "denominator": 1_000,
        "suppressed": False,
        "undefined_reason": None,
        **stated,
    }


def line(group: str, look: str, *, suppressed: bool = False) -> Line:
    rate = number(f"rate/{group}", "incidence_rate", 300.0, suppressed=suppressed)
    return Line(group, LOOKS[look], rate, number(f"share/{group}", "incidence_proportion", 0.01, suppressed=suppressed))


BLOCKS = [
    Block("Generation, alone or not", [line("FGA", "FGA")]),
    Block("Ingredient", [line("haloperidol", "FGA"), line("loxapine", "FGA", suppressed=True)]),
]
STUDY = DrawnStudy(number("published/a", "published_proportion", 0.002, arm="literature", group="Alpha 1990"), 1990, True, False)
CHANGES = [
    number("all", "rate_change", -100.0),
    number("mix", "rate_change_by_mix", -80.0),
    number("within", "rate_change_within", -20.0, suppressed=True),
]
OVERLAPS = [
    {"other_definition": "serotonin_term", "nms_only": 30, "both": 10, "other_only": 60, "undecidable": 0},
    {"other_definition": "malignant_hyperthermia", "nms_only": 40, "both": None, "other_only": 0, "undecidable": 7},
]


def results_in(svg: str) -> set[str]:
    return set(re.findall(r'data-result="([^"]+)"', svg))


def test_rates_and_proportions_stand_by_group_and_published_ones_below() -> None:
    svg = incidence_forest(BLOCKS, [STUDY], simulated=True)
    words = ["Generation, alone or not", "FGA", "Ingredient", "haloperidol", "loxapine", "Published proportions", "Alpha 1990"]
    places = [svg.index(f">{word}<") for word in words]
    assert places == sorted(places)
    assert results_in(svg) == {"rate/FGA", "share/FGA", "rate/haloperidol", "share/haloperidol", "published/a"}
    assert "SIMULATED DATA" in svg


def test_a_hidden_group_keeps_its_line_and_shows_no_number() -> None:
    svg = incidence_forest(BLOCKS, [], simulated=False)
    assert svg.count(">hidden<") == 2
    assert "Published" not in svg


def test_the_forest_refuses_numbers_of_reports() -> None:
    of_reports = Line("FGA", ANY, number("x", "incidence_rate", 1.0, arm="reports"), None)
    with pytest.raises(ContractError, match="only 'cohort' rows"):
        incidence_forest([Block("All", [of_reports])], [], simulated=False)


def test_the_change_has_its_parts_with_intervals_and_hides_what_is_hidden() -> None:
    svg = change_by_part(CHANGES, "2005–2009", "2016–2020", simulated=True)
    assert results_in(svg) == {"all", "mix"}
    assert "2016–2020 less 2005–2009" in svg
    assert svg.count(">hidden<") == 1


def test_a_part_that_was_not_computed_is_said() -> None:
    assert change_by_part(CHANGES[:1], "a", "b", simulated=False).count(">not computed<") == 2


def test_the_overlap_names_every_other_syndrome_with_its_counts() -> None:
    svg = overlap_with_others(OVERLAPS, "pt_only", SmallCells(5), "reports", simulated=True)
    for text in ("serotonin_term", "malignant_hyperthermia", "% of reports that meet pt_only or the other", "&lt;5", "60"):
        assert f">{text}<" in svg


def test_those_that_nobody_meets_have_counts_and_no_bar() -> None:
    nobody = [{"other_definition": "hunter_2003", "nms_only": 0, "both": 0, "other_only": 0, "undecidable": 9}]
    svg = overlap_with_others(nobody, "pt_only", SmallCells(0), "cohort", simulated=False)
    assert svg.count(">0<") == 4
    assert ">9<" in svg
