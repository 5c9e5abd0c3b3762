"""A user's own MedDRA files. The codes and terms here are invented, and only the layout is that of the real files."""

from pathlib import Path

import pytest

from nms_pv.spec.elements import ElementTerm
from nms_pv.spec.label_study import left_out
from nms_pv.spec.meddra import ABSENT, FILES, SMQ, has_meddra, load_smq_terms
from nms_pv.spec.strict import StudyError
from tests.lib.harness import CASES

LIST = [f"{SMQ}$Invented query$1$invented$made up$99.9$N$A$Y$", "29999999$Another one$1$invented$made up$99.9$N$A$N$"]
TERMS = {101: "Alpha sign", 102: "Beta sign", 103: "Gamma sign", 104: "Delta sign", 105: "Epsilon sign"}
# Term, level (4 is a preferred term), scope (2 is narrow, 1 broad), category, weight, status.
CONTENT = ["101$4$2$A$0$A", "102$4$1$B$0$A", "103$4$1$C$0$A", "104$4$1$D$0$A"]


def meddra(study: Path, content: list[str], queries: list[str] = LIST, terms: dict[int, str] = TERMS) -> Path:
    """A study with the three files; `content` rows are of the query."""
    (study / "meddra").mkdir(parents=True)
    rows = {
        "smq_list.asc": queries,
        "smq_content.asc": [row if row.count("$") > 6 else f"{SMQ}${row}$99.9$99.9$" for row in content],
        "pt.asc": [f"{code}${name}$$900$" for code, name in terms.items()],
    }
    for name, lines in rows.items():
        (study / "meddra" / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return study


def test_each_term_under_the_element_of_its_category(tmp_path: Path) -> None:
    assert load_smq_terms(meddra(tmp_path, CONTENT)) == [
        ElementTerm("smq_20000044_a", "Alpha sign", "core"),
        ElementTerm("smq_20000044_b", "Beta sign", "core"),
        ElementTerm("smq_20000044_c", "Gamma sign", "core"),
        ElementTerm("smq_20000044_d", "Delta sign", "core"),
    ]


@pytest.mark.parametrize(
    "row", ["105$5$1$B$0$A", "105$4$1$B$0$I", "29999999$105$4$1$B$0$A$99.9$99.9$"], ids=["lower level", "inactive", "other query"]
)
def test_what_is_not_an_active_preferred_term_of_the_query_is_left_out(row: str, tmp_path: Path) -> None:
    assert load_smq_terms(meddra(tmp_path, [*CONTENT, row])) == load_smq_terms(meddra(tmp_path / "without", CONTENT))


def test_a_narrow_term_is_category_a_whatever_letter_it_carries(tmp_path: Path) -> None:
    terms = load_smq_terms(meddra(tmp_path, [*CONTENT, "105$4$2$B$0$A"]))
    assert ElementTerm("smq_20000044_a", "Epsilon sign", "core") in terms


def test_a_term_of_two_categories_stands_under_both(tmp_path: Path) -> None:
    terms = load_smq_terms(meddra(tmp_path, [*CONTENT, "102$4$1$C$0$A"]))
    assert [term.element for term in terms if term.term == "Beta sign"] == ["smq_20000044_b", "smq_20000044_c"]


def test_without_the_files_there_are_no_terms_and_a_plain_reason(tmp_path: Path) -> None:
    assert not has_meddra(tmp_path)
    assert load_smq_terms(tmp_path) == []
    assert all(name in ABSENT for name in FILES)
    assert "your own licensed MedDRA files" in ABSENT


def test_the_queries_are_left_out_with_the_reason_and_never_replaced(tmp_path: Path) -> None:
    queries = ["smq_broad", "smq_narrow"]
    definitions = [CASES[name] for name in (*queries, "pt_only")]
    assert left_out(definitions, tmp_path, "reports") == dict.fromkeys(queries, ABSENT)
    assert left_out(definitions, meddra(tmp_path, CONTENT), "reports") == {}
    assert left_out(definitions, tmp_path, "cohort") == {name: CASES[name].not_in["cohort"] for name in queries}


@pytest.mark.parametrize("name", FILES)
def test_two_files_of_three_are_refused(name: str, tmp_path: Path) -> None:
    (meddra(tmp_path, CONTENT) / "meddra" / name).unlink()
    with pytest.raises(StudyError, match=f"{name} absent; the three files .* belong together"):
        has_meddra(tmp_path)
    with pytest.raises(StudyError, match=f"{name} absent"):
        load_smq_terms(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"queries": LIST[1:]}, "smq_list.asc: query 20000044 is not listed among 1 queries; use a full MedDRA release"),
        ({"content": [*CONTENT, "105$4$1$E$0$A"]}, "line 5: category 'E' of term 105; allowed are A, B, C, D"),
        ({"content": [*CONTENT, "999$4$1$B$0$A"]}, "line 5: term 999 is not in pt.asc; take the three files from one release"),
        ({"content": CONTENT[:3]}, "smq_content.asc: query 20000044 has no active preferred term of category D"),
        ({"content": []}, "has no active preferred term of category A, B, C, D; use a full MedDRA release"),
        ({"queries": ["no dollar"]}, "smq_list.asc, line 1: 1 fields, but at least 2 separated by $ are expected"),
    ],
)
def test_files_that_do_not_fit_are_refused(changes: dict, said: str, tmp_path: Path) -> None:
    study = meddra(tmp_path, **{"content": CONTENT, **changes})
    with pytest.raises(StudyError) as refused:
        load_smq_terms(study)
    assert said in str(refused.value)
    assert str(study / "meddra") in str(refused.value)


def test_a_line_of_the_content_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    study = meddra(tmp_path, CONTENT)
    (study / "meddra" / "smq_content.asc").write_text(f"{SMQ}$101$4$2$A\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"smq_content.asc, line 1: 5 fields, but at least 7 separated by \$ are expected"):
        load_smq_terms(study)
