"""The order of the page, and the sentence that answers each question."""

import pytest

from nms_pv.report.answers import ASKED, answers
from nms_pv.report.chapters import OWN, TITLES
from nms_pv.report.page import LARGEST_PAGE, numbers_shown, with_data
from nms_pv.report.questions.panels import PANELS
from nms_pv.report.questions.read import Topics
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.report.words import FORBIDDEN
from nms_pv.spec.params import load_params
from nms_pv.tables.contract import ContractError
from nms_pv.tables.grid import GRID, GRID_SUMMARY
from nms_pv.tables.measures import CURVES, MEASURE, QUESTION, QUESTION_OF, RESULTS
from nms_pv.tables.why_zero import WHY_ZERO
from tests.lib.declared_rows import rows
from tests.lib.report_fixture import ROOT
from tests.lib.small_study import VERSION

PARAMS = load_params(ROOT / "params.yaml")
SETTING = {
    "reports": {"roles": PARAMS.main.roles, "duplicates": PARAMS.main.duplicates},
    "cohort": {"analysis": PARAMS.cohort.main_analysis},
}


def part(arm: str, *questions: str) -> QuestionsPart:
    """An arm with the number that each of these questions asks for."""
    found = []
    for question in questions:
        asked = ASKED[question][arm]
        found.append(
            SETTING[arm]
            | ({"analysis": asked.column.analysis} if asked.column.analysis else {})
            | {"result_id": question, "arm": arm, "question": QUESTION_OF[asked.column.measure], "measure": asked.column.measure}
            | {"definition": PARAMS.main.definition, "group_kind": asked.kind, "group": asked.group, "suppressed": False}
            | {"reference": asked.column.reference, "stratum": asked.column.stratum, "data_version": VERSION}
        )
    topics = Topics(rows(RESULTS, *found), CURVES.empty(), GRID.empty(), GRID_SUMMARY.empty(), WHY_ZERO.empty(), [])
    return QuestionsPart(arm, topics, PARAMS, RESULTS.empty(), [])


def test_the_questions_come_first_and_in_their_order() -> None:
    assert list(TITLES)[: len(QUESTION)] == list(QUESTION)
    for arm, own in OWN.items():
        assert set(own) <= set(TITLES)
        assert set(PANELS[arm]) <= set(QUESTION)


@pytest.mark.parametrize("arm", ["reports", "cohort"])
def test_each_question_is_answered_by_the_number_it_asks_for(arm: str) -> None:
    asked = [question for question in QUESTION if arm in ASKED[question]]
    found = {name: of_question for name, _, of_question in answers({arm: part(arm, *asked)})}
    assert list(found) == list(QUESTION)
    assert {name: [answer.row and answer.row["result_id"] for answer in of_question] for name, of_question in found.items()} == {
        name: [name] if name in asked else [] for name in QUESTION
    }


def test_a_question_without_its_number_has_an_empty_answer() -> None:
    found = answers({"reports": part("reports", "how_often")})
    rows_of = {name: [answer.row is None for answer in of_question] for name, _, of_question in found}
    assert rows_of == {name: [name != "how_often"] if "reports" in ASKED[name] else [] for name in QUESTION}


def test_settings_that_a_sentence_names_are_those_of_the_study() -> None:
    sentences = {name: found for name, _, found in answers({"cohort": part("cohort", "course")})}
    assert sentences["course"][0].before == f"Within {PARAMS.questions.course.death_days} days"


def test_what_is_said_of_reports_has_none_of_the_words_of_another_kind_of_study() -> None:
    for by_arm in ASKED.values():
        for arm, asked in by_arm.items():
            assert asked.column.measure in MEASURE
            assert arm == "cohort" or not FORBIDDEN.search(asked.before + asked.after)


def test_data_that_make_the_page_too_large_stand_in_files_beside_it() -> None:
    framed = "<body><!-- data of the script --></body>"
    blocks = [("numbers", "n" * LARGEST_PAGE), ("cases-reports", "c"), ("cases-reports-0", "d")]
    page = with_data(framed, blocks)
    assert len(page.html) > LARGEST_PAGE
    assert page.beside == {"cases-reports": 'took("cases-reports","c")\n', "cases-reports-0": 'took("cases-reports-0","d")\n'}
    small = with_data(framed, [("numbers", "n"), ("cases-reports", "c")])
    assert small.beside == {}
    assert '<script type="application/gzip" id="data-cases-reports">c</script>' in small.html


def test_numbers_of_a_page_stand_in_its_order() -> None:
    results = rows(RESULTS, *({"result_id": name, "data_version": VERSION} for name in ("a\u202e/b", "c", "d")))
    assert numbers_shown(["d", "a/b"], results)["result_id"].to_list() == ["d", "a\u202e/b"]


def test_a_page_that_shows_a_number_without_a_result_is_refused() -> None:
    with pytest.raises(ContractError, match="shows 1 numbers that are not in the results, first 'e'"):
        numbers_shown(["c", "e"], rows(RESULTS, {"result_id": "c", "data_version": VERSION}))
