from pathlib import Path

import pytest

from nms_pv.measures.quality.candidates import elements_of
from nms_pv.measures.quality.files import quarters_from
from nms_pv.measures.quality.write import write_report_quality
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.elements import load_elements
from nms_pv.tables.contract import ContractError
from nms_pv.tables.quality import CHECKS, QUALITY
from tests.lib.quality_tables import ELEMENTS, write_cohort, write_reports

STUDY = Path(__file__).parents[2] / "study"


def test_an_arm_without_input_has_no_rows(tmp_path: Path) -> None:
    assert write_reports(tmp_path, files=[]).equals(QUALITY.empty())
    assert write_cohort(tmp_path).equals(QUALITY.empty())


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_reports(tmp_path / name)
        write_cohort(tmp_path / name, format="parquet")
    for arm in (".", "cohort"):
        first, second = ((tmp_path / name / "6_measures" / arm / "quality" / "quality.parquet").read_bytes() for name in "ab")
        assert first == second


def test_every_declared_check_is_made(tmp_path: Path) -> None:
    made = {"reports": write_reports(tmp_path), "cohort": write_cohort(tmp_path, format="parquet")}
    for arm, checks in CHECKS.items():
        assert set(made[arm]["check"].cast(str).unique()) == set(checks)


def test_every_row_has_an_estimate_or_a_reason(tmp_path: Path) -> None:
    for rows in (write_reports(tmp_path), write_cohort(tmp_path, format="parquet")):
        assert (rows["estimate"].is_null() != rows["undefined_reason"].is_null()).all()


def test_a_missing_layer_is_named(tmp_path: Path) -> None:
    write_reports(tmp_path)
    (tmp_path / "3_evidence" / "findings" / "2023Q4.parquet").unlink()
    with pytest.raises(ContractError, match=r"evidence/findings.*2023Q4"):
        write_report_quality(tmp_path, tmp_path / "out", ELEMENTS, "reports:0123456789ab")


def test_quarters_pass_the_turn_of_the_year() -> None:
    assert quarters_from("2023Q3", "2024Q2") == ["2023Q3", "2023Q4", "2024Q1", "2024Q2"]


def test_elements_are_those_that_a_term_or_code_means_or_suggests_without_the_diagnosis() -> None:
    for terms in (load_elements(STUDY), load_concept_sets(STUDY)):
        elements = elements_of(terms)
        assert "fever" in elements
        assert "nms_diagnosis" not in elements
        assert elements == sorted(set(elements))
