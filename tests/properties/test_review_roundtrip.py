"""Whatever stands in the cells: a verdict comes back as it was given, and nothing comes back as a formula."""

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.review.export import export_sheet
from nms_pv.review.sheet import read_sheet, write_sheet
from nms_pv.review.take import import_sheet
from nms_pv.spec.adjudications import load_adjudications
from nms_pv.tables.export import FORMULA_START
from nms_pv.tables.review import REVIEW_VERDICT
from tests.lib.review_study import answer, course, finding, ranked, verdict, write_review_study

HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+x",
    "-x",
    'a"b',
    "a,b",
    "a;b",
    "line\nbreak",
    "\ttab",
    "＝1",
    "'",
    "null",
    "NA",
    "ß",
    "<b>",
    "1e5",
]
text = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
said = text.filter(lambda word: word.strip() != "")
SUBJECTS = [f"faers:{n}" for n in (1, 2, 3)]


@settings(max_examples=6, deadline=None)
@given(
    verdicts=st.lists(st.sampled_from(list(REVIEW_VERDICT)), min_size=3, max_size=3),
    reviewer=said, comment=text, term=said, kind=st.sampled_from(["csv", "xlsx"]),
)  # fmt: skip
def test_a_sheet_that_goes_out_comes_back_with_the_same_verdicts(
    verdicts: list[str], reviewer: str, comment: str, term: str, kind: str
) -> None:
    tables = {
        "findings": [finding(subject, 1, term) for subject in SUBJECTS],
        "exposures": [course(subject, 1, term) for subject in SUBJECTS],
        "verdicts": [verdict(subject, "pt_only", "met") for subject in SUBJECTS],
        "ranking": [ranked(subject, 0.5, 0.5) for subject in SUBJECTS],
    }
    with tempfile.TemporaryDirectory() as folder:
        project = write_review_study(Path(folder), tables, cohort=None)
        path = project / f"out.{kind}"
        export_sheet(project, path, None, with_verdicts=True)
        sheet = read_sheet(path)
        shared = {"reviewer": [reviewer] * 3, "date": ["2026-03-31"] * 3, "comment": [comment] * 3}
        write_sheet(answer(sheet, verdict=verdicts, **shared), project / f"back.{kind}")
        assert import_sheet(project, project / f"back.{kind}", date(2026, 4, 1)).added == 3
        taken = load_adjudications(project / "study")
    assert [(a.subject_id, a.verdict) for a in taken] == list(zip(SUBJECTS, verdicts, strict=True))
    cells = pl.Series([cell for a in taken for cell in (a.reviewer, a.comment)])
    assert not cells.str.contains(FORMULA_START).any()
