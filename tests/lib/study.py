"""A study in a folder of its own, run stage by stage or by DVC, as a user would."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from nms_pv.sources.faers.record import write_record

ROOT = Path(__file__).parents[2]
LAYERS = [
    "1_sources",
    "2_canonical",
    "3_evidence",
    "4_labels",
    "5_exposure",
    "6_measures",
    "6_definitions",
    "6_questions",
    "6_quality",
    "6_literature",
    "7_report",
]
COHORT = [
    "0_simulate_cohort",
    "1_cohort_sources",
    "2_cohort_canonical",
    "3_cohort_evidence",
    "4_cohort_labels",
    "5_cohort_exposure",
    "6_cohort_measures",
    "6_cohort_definitions",
    "6_cohort_questions",
    "6_cohort_quality",
]
STAGES = ["0_environment", "0_simulate", *LAYERS[:-1], *COHORT, LAYERS[-1]]
SMALL = {"seed": 7, "cases": 3000, "quarters": ["2012Q3", "2012Q4", "2021Q4"]}


def copy_study(folder: Path, simulation: dict[str, object] | None = None) -> Path:
    """What git tracks or would track, without outputs, and simulated input of the given size."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.endswith("dvc.lock"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params |= {"simulation": simulation or SMALL}
    params["inputs"] = {"reports": "simulated", "cohort": "simulated_cdm"}
    params["questions"]["trend"] |= {"permutations": 19}
    params["questions"]["onset"] |= {"permutations": 19, "bootstraps": 3}
    params["questions"]["presentation"] |= {"resamples": 2, "noises": 2, "noise_resamples": 2}
    params["questions"]["bias"] |= {"draws": 200}
    params["cohort"] |= {"bootstraps": 100, "simulation": params["cohort"]["simulation"] | {"persons": 1000}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    write_record([], folder / "study" / "sources" / "faers_files.csv")
    return folder


def environment(folder: Path, **changes: str) -> dict[str, str]:
    """The stage commands must find this Python, and the code of the copied study."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": str(folder / "src"), "DVC_NO_ANALYTICS": "true", **changes}


def run_stages(folder: Path, stages: list[str], **changes: str) -> None:
    """Run stage scripts without DVC."""
    for stage in stages:
        subprocess.run([sys.executable, f"pipelines/{stage}.py"], cwd=folder, env=environment(folder, **changes), check=True)


def nms_pv(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in the study's folder."""
    command = [sys.executable, "-c", "from nms_pv.cli import app; app()", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)


def dvc(folder: Path, *arguments: str) -> str:
    """Run DVC in the study's folder; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"dvc {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


def git(folder: Path, *arguments: str) -> None:
    """Run git in the study's folder."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def start_repository(folder: Path) -> None:
    """Make the copied study a git repository with one commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "study")


def stages_run(output: str) -> list[str]:
    """The stages that `dvc repro` ran, by its own words."""
    return re.findall(r"Running stage '(?:.*:)?(\w+)'", output)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that the stages write."""
    roots = [folder / "data", folder / "reports"]
    files = (path for root in roots for path in sorted(root.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name not in ("dvc.lock", "dvc.yaml", ".gitignore", "README.md")
    }
