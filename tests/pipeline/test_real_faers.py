"""The seven real quarters in one load: added as a user adds them, run, and counted again by hand."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.lib.study import LAYERS, copy_study, dvc, nms_pv, run_stages, start_repository

pytestmark = pytest.mark.shared
QUARTERS = ["2004Q1", "2012Q4", "2017Q2", "2020Q3", "2024Q1", "2025Q4", "2026Q2"]
CASE = "faers:26127610"


@pytest.fixture(scope="module")
def study(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study on all real files, from `nms-pv add` to the report."""
    folder = copy_study(tmp_path_factory.mktemp("real") / "study")
    start_repository(folder)
    done = nms_pv(folder, "add", "faers", *map(str, sorted((shared / "data" / "faers").iterdir())))
    assert done.returncode == 0, done.stderr
    assert "2024Q1: no OUTC table" in done.stderr
    run_stages(folder, ["0_environment", *LAYERS])
    return folder


def read(study: Path, table: str) -> pl.DataFrame:
    path = study / "data" / table
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path)


def raw_rows(folder: Path, table: str, quarter: str) -> list[list[str]]:
    """Rows of a raw file split at `$`, read with nothing of the package."""
    (path,) = (p for p in folder.rglob("*") if p.name.lower() == f"{table}{quarter[2:]}.txt".lower())
    return [line.rstrip("\r\n").split("$") for line in path.read_text(encoding="utf-8-sig").splitlines()][1:]


def test_adding_switches_the_study_to_real_files(study: Path) -> None:
    assert yaml.safe_load((study / "params.yaml").read_text(encoding="utf-8"))["inputs"]["reports"] == "faers"
    assert sorted(p.name for p in (study / "data" / "1_sources" / "faers").iterdir() if p.is_dir()) == QUARTERS
    assert (study / "data" / "1_sources" / "faers.dvc").exists()
    assert read(study, "1_sources/files.parquet")["quarter"].unique().sort().to_list() == QUARTERS


def test_dvc_runs_the_real_study_without_simulating(study: Path) -> None:
    dry = dvc(study, "repro", "--dry", "measures")
    assert "1_sources.py" in dry
    assert "0_simulate.py" not in dry


def test_every_line_of_every_file_is_accounted_for(study: Path) -> None:
    files = read(study, "1_sources/files.parquet")
    attrition = pl.concat([pl.read_csv(path) for path in sorted((study / "data").glob("*/attrition.csv"))])
    assert attrition.filter(pl.col("n_in") - pl.col("n_left") != pl.col("n_kept")).is_empty()
    lines = {f"{quarter}:{table}": count for quarter, table, count in files.select("quarter", "table", "line_count").iter_rows()}
    first = attrition.filter((pl.col("layer") == "sources") & (pl.col("step") == 1))
    assert dict(first.select("scope", "n_in").iter_rows()) == lines


def test_copies_of_rows_are_those_counted_by_hand(study: Path) -> None:
    attrition = pl.read_csv(study / "data" / "1_sources" / "attrition.csv").filter(pl.col("reason") == "exact_copy_of_a_row")
    found = dict(attrition.select("scope", "n_left").iter_rows())
    for table in ("DRUG", "REAC", "THER", "INDI"):
        rows = raw_rows(study / "data" / "1_sources" / "faers" / "2025Q4", table, "2025Q4")
        assert found[f"2025Q4:{table}"] == len(rows) - len({tuple(row) for row in rows})


def test_the_one_report_of_nms_is_found(study: Path) -> None:
    met = read(study, "4_labels/verdicts").filter((pl.col("definition") == "pt_only") & (pl.col("verdict") == "met"))
    assert met["subject_id"].to_list() == [CASE]


def test_reports_that_count_are_those_counted_by_hand(study: Path) -> None:
    """2025Q4 alone: cases with a suspect drug and a reaction; drug_seq repeats, so rows must not be counted."""
    folder = study / "data" / "1_sources" / "faers" / "2025Q4"
    suspect = {row[0] for row in raw_rows(folder, "DRUG", "2025Q4") if row[3] in ("PS", "SS")}
    reaction = {row[0] for row in raw_rows(folder, "REAC", "2025Q4") if row[2]}
    risperidone = {row[0] for row in raw_rows(folder, "DRUG", "2025Q4") if "RISPERIDONE" in row[5] and row[3] in ("PS", "SS")}
    universe = pl.read_parquet(study / "data" / "5_exposure" / "universe" / "2025Q4.parquet")
    named = pl.read_parquet(study / "data" / "5_exposure" / "report_ingredients" / "2025Q4.parquet")
    assert universe.height == len(suspect & reaction)
    exposed = named.filter((pl.col("ingredient") == "risperidone") & pl.col("role").is_in(["PS", "SS"]))
    assert exposed["subject_id"].n_unique() == len(risperidone & reaction)


def test_the_report_of_nms_is_explained_to_its_rows(study: Path) -> None:
    done = nms_pv(study, "explain", CASE)
    assert done.returncode == 0, done.stderr
    for fact in (
        "faers:2025Q4:REAC line 3741",
        "primaryid=261276101; pt=Neuroleptic malignant",
        "padded",
        "aripiprazole",
        "fluphenazine",
        "pt_only",
        "iec_2011",
        "levenson_1985",
        "indeterminate",
    ):
        assert fact in done.stdout


def test_an_unknown_case_is_told_in_one_sentence(study: Path) -> None:
    done = nms_pv(study, "explain", "faers:999")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "faers:999" in done.stderr


def test_the_page_says_that_it_is_real(study: Path) -> None:
    page = (study / "reports" / "index.html").read_text(encoding="utf-8")
    assert "SIMULATED" not in page
    assert "REAL" in page.upper()
