"""`nms-pv add omop`: all of it or nothing, recorded in git, tracked by DVC, and the study's cohort from then on."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from nms_pv.cli import app
from nms_pv.sources.omop import register, take
from nms_pv.sources.omop.register import Taken, add_omop
from nms_pv.sources.omop.source import CdmError
from nms_pv.sources.tracked import RegisterError
from nms_pv.spec.params import Inputs, load_params
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.snapshot import read_snapshot_record
from tests.lib.cdm_files import CDM, write_duckdb, write_parquet
from tests.lib.faers_files import contents, write_study

TODAY = date(2026, 11, 23)
SWITCHED = ["inputs.cohort: simulated_cdm -> omop", "inputs.reports: simulated -> none"]


def played(project: Path, target: Path) -> None:
    (project / target).with_suffix(".dvc").write_text("outs:\n")


@pytest.fixture
def project(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study whose DVC is played by one line; the real one is in `dvc_project`."""
    monkeypatch.setattr(register, "track", played)
    return write_study(repository, tmp_path / "study")


@pytest.fixture
def cdm(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "cdm")


def add(source: Path, project: Path, today: date = TODAY) -> Taken:
    return add_omop(str(source), None, project, today)


def refused(source: Path, project: Path, said: str) -> None:
    before = contents(project)
    with pytest.raises((RegisterError, CdmError), match=said):
        add(source, project)
    assert contents(project) == before


def test_a_snapshot_is_kept_and_recorded(project: Path, cdm: Path) -> None:
    done = add(cdm, project)
    assert not done.unchanged
    kept = read_snapshot_record(project / "data/1_sources/omop")
    recorded = pl.read_csv(project / "study/sources/omop_snapshot.csv", schema_overrides=SNAPSHOT.types)
    assert done.record.equals(kept)
    assert recorded.equals(kept)
    assert not list(project.rglob("*.partial"))


def test_settings_are_switched_and_their_comments_stay(project: Path, cdm: Path) -> None:
    before = (project / "params.yaml").read_text("utf-8").splitlines()
    assert add(cdm, project).switched == SWITCHED
    after = (project / "params.yaml").read_text("utf-8").splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("  reports: simulated  # the default", "  reports: none  # the default"),
        ("  cohort: simulated_cdm", "  cohort: omop"),
    ]


@pytest.mark.parametrize("reports", ["faers", "none"])
def test_real_reports_stay(project: Path, cdm: Path, reports: str) -> None:
    params = project / "params.yaml"
    text = params.read_text("utf-8").replace("reports: simulated", f"reports: {reports}", 1)
    params.write_text(text.replace("cohort: simulated_cdm", "cohort: none" if reports == "faers" else "cohort: omop", 1), "utf-8")
    add(cdm, project)
    assert load_params(params).inputs == Inputs(reports=reports, cohort="omop")  # type: ignore[arg-type]


def test_settings_in_another_form_of_yaml_are_left_to_the_user(project: Path, cdm: Path) -> None:
    params = project / "params.yaml"
    text = params.read_text("utf-8").replace("inputs:\n", "inputs: {reports: simulated, cohort: simulated_cdm}\n")
    params.write_text(text.replace("  reports: simulated  # the default\n  cohort: simulated_cdm\n", ""), "utf-8")
    refused(cdm, project, "found no lines to change below `inputs:`. Set `cohort: omop`, `reports: none` there by hand")


def test_the_same_rows_again_change_nothing(project: Path, cdm: Path, tmp_path: Path) -> None:
    add(cdm, project)
    before = contents(project)
    done = add(write_duckdb(tmp_path / "cdm.duckdb"), project, date(2027, 1, 1))
    assert done.unchanged
    assert not done.switched
    assert set(done.record["retrieved"]) == {"2026-11-23"}
    assert contents(project) == before


def test_what_a_killed_run_left_undone_is_completed(project: Path, cdm: Path) -> None:
    add(cdm, project)
    before = contents(project)
    (project / "data/1_sources/omop.dvc").unlink()
    (project / "study/sources/omop_snapshot.csv").unlink()
    (project / "data/1_sources/omop.partial").mkdir()
    assert add(cdm, project).unchanged
    assert contents(project) == before


def test_other_rows_do_not_replace_a_snapshot_unasked(project: Path, cdm: Path, tmp_path: Path) -> None:
    add(cdm, project)
    other = write_parquet(tmp_path / "other", {**CDM, "death": CDM["death"].head(1)})
    refused(other, project, r"a snapshot with other rows is already in the study \(table death\). To replace it, delete")


def test_a_damaged_snapshot_is_not_taken_for_the_same(project: Path, cdm: Path) -> None:
    add(cdm, project)
    (project / "data/1_sources/omop/snapshot.json").write_text("{")
    refused(cdm, project, "cannot be read as the record of a snapshot.*Or delete data/1_sources/omop, and add it again")


def test_a_folder_that_is_no_dvc_repository_is_refused(project: Path, cdm: Path) -> None:
    (project / ".dvc").rmdir()
    refused(cdm, project, "is no DVC repository.* Run `dvc init`")


@pytest.mark.parametrize("failure", [RegisterError("dvc"), KeyboardInterrupt()])
def test_a_failure_at_the_end_undoes_everything(
    project: Path, cdm: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def half_way(project: Path, target: Path) -> None:
        played(project, target)
        (project / "data/1_sources/.gitignore").write_text("/omop\n")
        raise failure

    before = contents(project)
    monkeypatch.setattr(register, "track", half_way)
    with pytest.raises(type(failure)):
        add(cdm, project)
    assert contents(project) == before


def test_a_full_disk_is_told_and_undone(project: Path, cdm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "snapshot.json")

    monkeypatch.setattr(take, "write_snapshot_record", full)
    refused(cdm, project, "No space left on device. Nothing was added")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["add", "omop", *arguments])


def test_the_command_tells_what_was_seen(project: Path, cdm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = run(str(cdm))
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "person: 3 rows (parquet: cdm/person)" in lines
    assert lines[-3:] == [
        "Common data model v5.4.0, vocabulary v5.0 30-AUG-24.",
        "Added: a snapshot of the rows above. The study now runs on a real cohort: `dvc repro`.",
        f"Changed in params.yaml: {'; '.join(SWITCHED)}. Simulated and real input are never mixed.",
    ]
    assert run(str(cdm)).stdout.splitlines()[-1] == "Already there with the same rows."


def test_the_command_tells_warnings_and_errors(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    bare = write_parquet(tmp_path / "bare", {name: frame for name, frame in CDM.items() if name != "cdm_source"})
    assert run(str(bare)).stderr.startswith("Warning: table cdm_source states no version")
    failed = run("postgresql://me:secret@host/db")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Error: ")
    assert failed.stderr.count("\n") == 1
    assert "secret" not in failed.output


def test_a_snapshot_is_tracked_by_dvc(repository: Path, cdm: Path, tmp_path: Path) -> None:
    project = write_study(repository, tmp_path / "study")
    (project / ".dvc").rmdir()
    for command in (["git", "init", "-q"], [sys.executable, "-m", "dvc", "init", "-q"]):
        subprocess.run(command, cwd=project, check=True)
    add(cdm, project)
    assert "nfiles: 12" in (project / "data/1_sources/omop.dvc").read_text("utf-8")
    assert "/omop" in (project / "data/1_sources/.gitignore").read_text("utf-8")
    status = subprocess.run([sys.executable, "-m", "dvc", "data", "status"], cwd=project, capture_output=True, text=True)
    assert "uncommitted" not in status.stdout.lower(), status.stdout
