from pathlib import Path

import polars as pl
import pytest

from nms_pv.exposure.reports.write import ReportStudy, write_exposure
from nms_pv.spec.controls import Control
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_INDICATIONS, REPORT_OUTCOMES, REPORTS
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS, REPORT_INGREDIENTS, UNIVERSE
from tests.lib.declared_rows import rows

STUDY = ReportStudy(
    indications={"schizophrenia": ("SCHIZOPHRENIA",)},
    controls=[Control("ibuprofen", ("IBUPROFEN",), "negative", False, "no relation", "memory")],
    age_bands=[0, 65],
)


def write_part(canonical: Path, part: str, *reports: tuple[str, str]) -> None:
    """One part of (subject, role of its only drug)."""
    subjects = [{"subject_id": subject} for subject, _ in reports]
    drugs = [{"subject_id": subject, "ingredient": "haloperidol", "role": role} for subject, role in reports]
    REPORTS.write(rows(REPORTS, *subjects), canonical / "reports" / part)
    REPORT_EVENTS.write(rows(REPORT_EVENTS, *subjects), canonical / "report_events" / part)
    REPORT_DRUGS.write(rows(REPORT_DRUGS, *drugs), canonical / "report_drugs" / part)
    stated = [subject | {"indication_no": 1, "term_key": "SCHIZOPHRENIA"} for subject in subjects]
    REPORT_INDICATIONS.write(rows(REPORT_INDICATIONS, *stated), canonical / "report_indications" / part)
    REPORT_OUTCOMES.write(rows(REPORT_OUTCOMES), canonical / "report_outcomes" / part)


@pytest.fixture
def canonical(tmp_path: Path) -> Path:
    folder = tmp_path / "canonical"
    write_part(folder, "2025Q3.parquet", ("faers:1", "PS"), ("faers:2", "C"))
    write_part(folder, "2025Q4.parquet", ("faers:3", "SS"))
    return folder


def test_each_part_of_the_reports_becomes_a_part_of_the_exposure(canonical: Path, tmp_path: Path) -> None:
    write_exposure(canonical, tmp_path / "out", STUDY)
    tables = {
        "universe": UNIVERSE,
        "report_ingredients": REPORT_INGREDIENTS,
        "report_indications": REPORT_INDICATION_GROUPS,
    }
    for folder, table in tables.items():
        for part, subjects in [("2025Q3.parquet", ["faers:1"]), ("2025Q4.parquet", ["faers:3"])]:
            written = table.scan(tmp_path / "out" / folder / part).collect()
            assert written["subject_id"].to_list() == subjects


def test_attrition_closes_every_scope(canonical: Path, tmp_path: Path) -> None:
    write_exposure(canonical, tmp_path / "out", STUDY)
    attrition = pl.read_csv(tmp_path / "out" / "attrition.csv")
    kept = attrition.filter(pl.col("reason") == "kept").select("scope", "n_kept").rows()
    scopes = ("report_drugs", "report_indications", "reports")
    assert kept == [(f"{quarter}:{scope}", 1) for quarter in ("2025Q3", "2025Q4") for scope in scopes]
    assert attrition.filter(pl.col("n_in") - pl.col("n_left") != pl.col("n_kept")).is_empty()


def test_a_part_that_is_gone_from_the_reports_is_gone_from_the_exposure(canonical: Path, tmp_path: Path) -> None:
    write_exposure(canonical, tmp_path / "out", STUDY)
    (canonical / "reports" / "2025Q3.parquet").unlink()
    write_exposure(canonical, tmp_path / "out", STUDY)
    for folder in ("universe", "report_ingredients", "report_indications"):
        assert [path.name for path in (tmp_path / "out" / folder).iterdir()] == ["2025Q4.parquet"]


def test_no_reports_at_all_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"canonical/reports: no part file in .*Run `dvc repro`"):
        write_exposure(tmp_path, tmp_path / "out", STUDY)
