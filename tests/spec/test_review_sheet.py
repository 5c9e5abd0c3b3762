"""What a reviewer is shown of a case."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.review.export import Exported, export_sheet
from nms_pv.review.words import RELATION_WORDS, drugs_in_words, findings_in_words
from nms_pv.spec.adjudications import Adjudication, write_adjudications
from nms_pv.tables.evidence import EXPOSURES, FINDINGS, RELATION
from tests.lib.declared_rows import rows
from tests.lib.review_study import MARCH_1, course, finding, write_review_study


def sheet(project: Path, name: str = "sheet.csv", top: int | None = None, *, with_verdicts: bool = False) -> pl.DataFrame:
    export_sheet(project, project / name, top, with_verdicts=with_verdicts)
    return pl.read_csv(project / name, infer_schema=False)


def test_a_blinded_reviewer_sees_the_case_and_nobodys_verdict(tmp_path: Path) -> None:
    cases = sheet(write_review_study(tmp_path))
    assert cases.columns == ["subject_id", "input", "findings", "drugs", "verdict", "reviewer", "date", "comment", "case_hash"]
    assert set(cases["input"]) == {"SIMULATED"}
    assert cases["subject_id"].to_list() == ["faers:1", "faers:2", "omop:7#1"], "the most informative first, the unknown last"
    assert cases["findings"][0] == "PYREXIA, 2024-03-01; documented as absent: RHABDOMYOLYSIS"
    assert cases["drugs"].to_list() == [
        "haloperidol (blocks dopamine receptors, primary suspect), the drug has no start date",
        "none recorded",
        "none recorded",
    ]
    assert cases["verdict"].to_list() == [""] * 3


def test_on_request_the_sheet_shows_probability_and_verdicts(tmp_path: Path) -> None:
    cases = sheet(write_review_study(tmp_path), with_verdicts=True)
    assert cases.select("probability", "probability_of", "definitions").rows() == [
        ("0.4", "being coded as NMS, not of being NMS", "met: levenson_1985; not_met: pt_only; indeterminate: iec_2011"),
        ("0.97", "being coded as NMS, not of being NMS", "met: pt_only"),
        (None, "nothing: too few to learn from", "met: pt_only"),
    ]


def test_no_cell_acts_as_a_formula_or_breaks_a_line(tmp_path: Path) -> None:
    assert sheet(write_review_study(tmp_path))["findings"][1] == "'=NEUROLEPTIC MALIGNANT SYNDROME"


def test_only_so_many_cases_and_none_that_was_judged_as_it_stands(tmp_path: Path) -> None:
    project = write_review_study(tmp_path)
    first = sheet(project, "first.csv", top=1)
    assert first["subject_id"].to_list() == ["faers:1"]
    hash_now = first["case_hash"].item()
    known = [
        Adjudication("faers:1", "nms", "AB", "2026-03-31", "", hash_now),
        Adjudication("faers:2", "nms", "AB", "2026-03-31", "", "case-of-an-earlier-state"),
        Adjudication("faers:9", "nms", "AB", "2026-03-31", "", "case-of-a-subject-that-left"),
    ]
    write_adjudications(known, project / "study")
    done = export_sheet(project, project / "second.csv", 1, with_verdicts=False)
    assert done == Exported(cases=1, already_judged=1, remaining=1)
    assert pl.read_csv(project / "second.csv")["subject_id"].to_list() == ["faers:2"]


@pytest.mark.parametrize(
    ("day", "precision", "shown"),
    [
        (MARCH_1, "day", "FEVER, 2024-03-01"),
        (MARCH_1, "month", "FEVER, 2024-03"),
        (MARCH_1, "year", "FEVER, 2024"),
        (MARCH_1, "padded", "FEVER, 2024-03-01 (day perhaps filled in)"),
        (None, "none", "FEVER"),
    ],
)
def test_a_date_is_told_as_exactly_as_it_is_known(day: int | None, precision: str, shown: str) -> None:
    told = findings_in_words(rows(FINDINGS, finding("faers:1", 1, "FEVER", day=day, day_precision=precision)))
    assert told["findings"].item() == shown


def test_a_measured_value_and_a_term_of_two_elements() -> None:
    found = rows(
        FINDINGS,
        finding("faers:1", 1, "RHABDOMYOLYSIS", element="muscle_injury"),
        finding("faers:1", 2, "RHABDOMYOLYSIS", element="ck_elevation"),
        finding("faers:1", 3, "creatine kinase, 24 x upper limit of 200 U/L", state="measured", value=4800.0, unit="U/L"),
        finding("faers:1", 4, "pH", state="measured", value=7.1),
    )
    told = findings_in_words(found)["findings"].item()
    assert told == "RHABDOMYOLYSIS; creatine kinase, 24 x upper limit of 200 U/L: 4800 U/L; pH: 7.1"


def test_a_course_is_told_once_with_its_days_and_without_the_claim_that_it_was_a_treatment() -> None:
    days = {
        "start_day": MARCH_1, "start_day_precision": "day", "end_day": MARCH_1 + 10, "end_day_precision": "day",
        "onset_minus_start": 12, "onset_minus_end": 2, "timing": "known",
    }  # fmt: skip
    exposed = rows(
        EXPOSURES,
        course("omop:7#1", 1, "bromocriptine", relation="treatment", role="unknown", **days),
        course("omop:7#1", 1, "bromocriptine", relation="withdrawal", role="unknown", **days),
        course("omop:7#1", 2, "haloperidol", formulation="long_acting", role="unknown", onset_minus_end=-3, timing="known"),
    )
    assert drugs_in_words(exposed)["drugs"].item() == (
        "bromocriptine (dopaminergic, possible treatment), from 2024-03-01, to 2024-03-11, event 12 days after start, "
        "event 2 days after end; haloperidol, long-acting (blocks dopamine receptors), event 3 days before end"
    )


def test_every_relation_has_words() -> None:
    assert RELATION_WORDS.keys() == RELATION.keys()
