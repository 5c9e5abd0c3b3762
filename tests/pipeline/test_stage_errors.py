"""What a user can put right is told by a stage in one message, without a trace."""

import subprocess
import sys
from pathlib import Path

from tests.lib.study import copy_study, environment


def test_a_stage_tells_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    study = copy_study(tmp_path)
    done = subprocess.run(
        [sys.executable, "pipelines/1_sources.py"], cwd=study, env=environment(study), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: data/1_sources/simulated: no quarter to read. Add one with `nms-pv add faers PATH`.")
