import re

import pytest

from nms_pv.report.figures.funnel import WARNING, funnel
from nms_pv.report.figures.meta_forest import meta_forest
from nms_pv.report.figures.published_years import published_years
from nms_pv.report.figures.studies import DrawnStudy
from nms_pv.report.numbers import Row
from nms_pv.tables.contract import ContractError


def row(result_id: str, group: str, estimate: float | None, counts: tuple[int | None, int | None], **stated: object) -> Row:
    limits = {"low": None, "high": None} if estimate is None else {"low": estimate / 2, "high": min(1, estimate * 2)}
    return {
        "result_id": result_id,
        "measure": "published_proportion",
        "arm": "literature",
        "group": group,
        "estimate": estimate,
        **limits,
        "numerator": counts[0],
        "denominator": counts[1],
        "suppressed": False,
        "undefined_reason": None,
        **stated,
    }


STUDIES = [
    DrawnStudy(row("p/b", "Beta 2010", 0.001, (5, 5_000)), 2010, True, False),
    DrawnStudy(row("p/a", "Alpha 1990", 0.02, (10, 500)), 1990, True, True),
    DrawnStudy(row("p/c", "Gamma 2000", 0.0001, (1, 10_000)), 2000, False, False),
    DrawnStudy(row("p/d", "Delta 2005", None, (None, None)), 2005, False, False),
    DrawnStudy(row("p/e", "Epsilon 2005", 0.0, (0, 100), low=0.0, high=0.03), 2005, True, False),
]
POOLED = row("pooled", "overall", 0.004, (16, 15_600))
NEW = row("predicted", "overall", 0.004, (None, None))
OURS = row("ours", "antipsychotic", 0.013, (13, 1_000), arm="cohort", measure="incidence_proportion")
REPORTS = OURS | {"arm": "reports"}


def results_in(svg: str) -> set[str]:
    return set(re.findall(r'data-result="([^"]+)"', svg))


def test_the_forest_has_published_studies_by_year_then_pooled_then_ours() -> None:
    svg = meta_forest(STUDIES, POOLED, NEW, [OURS], "forest", simulated=True)
    assert results_in(svg) == {"p/a", "p/b", "p/c", "p/e", "pooled", "predicted", "ours"}
    words = ["Alpha 1990 *", "Gamma 2000", "Epsilon 2005", "Beta 2010", "pooled", "a new study", "this study, antipsychotic"]
    places = [svg.index(f">{word}<") for word in words]
    assert places == sorted(places)
    assert "SIMULATED DATA" in svg


def test_the_forest_says_what_is_not_there() -> None:
    svg = meta_forest(STUDIES, None, row("predicted", "overall", None, (None, None)), [], "forest", simulated=False)
    assert "not computed" in svg
    assert "undefined" in svg


def test_the_funnel_has_studies_with_an_event_and_the_pooled_line() -> None:
    assert results_in(funnel(STUDIES, POOLED, "funnel", simulated=False)) == {"p/a", "p/b", "p/c", "pooled"}
    assert results_in(funnel(STUDIES, None, "funnel", simulated=False)) == {"p/a", "p/b", "p/c"}
    assert "the standard error of a proportion contains the proportion itself" in WARNING


def test_years_have_studies_and_ours() -> None:
    assert results_in(published_years(STUDIES, OURS, "years", simulated=False)) == {"p/a", "p/b", "p/c", "ours"}
    assert results_in(published_years(STUDIES, None, "years", simulated=False)) == {"p/a", "p/b", "p/c"}


def test_figures_without_any_study_can_be_drawn() -> None:
    assert results_in(funnel([], POOLED, "funnel", simulated=False)) == {"pooled"}
    assert results_in(published_years([], OURS, "years", simulated=False)) == {"ours"}


def test_reports_never_stand_among_published_proportions_of_people() -> None:
    said = r"column 'arm' holds \['reports'\]; only 'cohort' rows stand among published ones"
    with pytest.raises(ContractError, match=said):
        meta_forest(STUDIES, POOLED, NEW, [OURS, REPORTS], "forest", simulated=False)
    with pytest.raises(ContractError, match=said):
        published_years(STUDIES, REPORTS, "years", simulated=False)


def test_the_same_rows_give_the_same_bytes() -> None:
    one, two = (meta_forest(STUDIES, POOLED, NEW, [OURS], "forest", simulated=False) for _ in range(2))
    assert one == two


def test_letters_go_on_after_z() -> None:
    many = [DrawnStudy(row(f"p/{n}", f"S {n}", 0.01, (1, 100)), 1980 + n, True, False) for n in range(27)]
    assert ">AA<" in published_years(many, None, "years", simulated=False)
