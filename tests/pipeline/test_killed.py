"""A stage killed at any moment leaves nothing that is taken as good: the next run completes and equals a clean one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nms_pv.audit.lock import mend_locks
from tests.lib.study import copy_study, digests, dvc, environment, stages_run, start_repository

ARM = ["sources", "canonical", "evidence", "labels", "exposure", "measures", "definitions", "questions", "quality"]
# In the order in which DVC runs them.
STAGES = ["simulate", *ARM, "literature", "simulate_cohort", *(f"cohort_{layer}" for layer in ARM), "report"]
# Seconds after the stage began: while Python starts, and in the middle of the work.
MOMENTS = [0.05, 0.6]


def start_and_kill(study: Path, stage: str, moment: float) -> None:
    """Start `dvc repro`, wait until it runs the stage, and kill both without warning; fail where it does not run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro"],
        cwd=study,
        env=environment(study, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if stages_run(line) == [stage]:
            time.sleep(moment)
            break
    else:
        pytest.fail(f"{stage} did not run")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run without a break."""
    study = copy_study(tmp_path_factory.mktemp("clean"))
    start_repository(study)
    dvc(study, "repro")
    return study


@pytest.mark.proof
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_stage_the_next_run_equals_a_clean_one(clean: Path, tmp_path: Path, moment: float) -> None:
    study = copy_study(tmp_path / "killed")
    start_repository(study)
    for stage in STAGES:
        mend_locks(study)
        start_and_kill(study, stage, moment)
    # DVC itself may be killed while it rewrites its lock; `make report` mends that first, as here.
    mend_locks(study)
    dvc(study, "repro")
    assert digests(study) == digests(clean)
    assert (study / "dvc.lock").read_bytes() == (clean / "dvc.lock").read_bytes()
    assert not list(study.rglob("*.partial"))
