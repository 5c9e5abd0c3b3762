"""A small simulated study from files to report: it reruns nothing, gives the same bytes anywhere, and travels with its remote."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.lib.study import STAGES, copy_study, digests, dvc, git, run_stages, stages_run, start_repository

ARM = ["sources", "canonical", "evidence", "labels", "exposure", "measures", "definitions", "questions", "quality"]
EVERY_STAGE = ["environment", "simulate", "simulate_cohort", *ARM, *(f"cohort_{layer}" for layer in ARM), "literature", "report"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study after `dvc repro`, with everything committed and pushed to a remote beside it."""
    folder = tmp_path_factory.mktemp("run") / "study"
    copy_study(folder)
    start_repository(folder)
    assert sorted(stages_run(dvc(folder, "repro"))) == sorted(EVERY_STAGE)
    dvc(folder, "remote", "add", "--default", "store", str(folder.parent / "store"))
    dvc(folder, "push")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "run")
    return folder


def test_a_second_run_writes_only_the_library_versions(study: Path) -> None:
    assert stages_run(dvc(study, "repro")) == ["environment"]
    status = subprocess.run(["git", "status", "--porcelain"], cwd=study, capture_output=True, text=True, check=True)
    assert status.stdout == ""


@pytest.mark.proof
@pytest.mark.parametrize(
    "setting", [{"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "1"}, {"POLARS_MAX_THREADS": "3", "TZ": "Asia/Tokyo"}]
)
def test_the_bytes_do_not_depend_on_threads_hash_seed_or_time_zone(study: Path, tmp_path: Path, setting: dict[str, str]) -> None:
    copy_study(tmp_path)
    run_stages(tmp_path, STAGES, **setting)
    assert digests(tmp_path) == digests(study)


def test_a_fresh_clone_with_the_remote_runs_nothing_again(study: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(study), str(clone))
    assert stages_run(dvc(clone, "repro", "--pull", "--allow-missing")) == ["environment"]
    dvc(clone, "pull")
    assert digests(clone) == digests(study)


@pytest.mark.proof
def test_a_changed_setting_reruns_what_depends_on_it(study: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(study), str(clone))
    params = yaml.safe_load((clone / "params.yaml").read_text(encoding="utf-8"))
    params["level"] = 0.9
    (clone / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    # Fetched first: DVC asked to fetch while it runs takes four times as long.
    dvc(clone, "pull", "--allow-missing")
    of_both_arms = [f"{arm}{stage}" for arm in ("", "cohort_") for stage in ("measures", "definitions", "questions")]
    assert sorted(stages_run(dvc(clone, "repro"))) == sorted(["environment", *of_both_arms, "literature", "report"])


def test_every_stage_writes_exactly_what_it_declares(study: Path) -> None:
    declared = []
    for file in (study / "dvc.yaml", study / "data" / "1_sources" / "dvc.yaml"):
        for stage in yaml.safe_load(file.read_text(encoding="utf-8"))["stages"].values():
            declared += [out if isinstance(out, str) else next(iter(out)) for out in (*stage["outs"], *stage.get("metrics", []))]
    strangers = [path for path in digests(study) if not any(path == out or path.startswith(f"{out}/") for out in declared)]
    assert not strangers
    assert all((study / out).exists() for out in declared)
