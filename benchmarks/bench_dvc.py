"""DVC's own overhead for a study of 90 quarters: a whole `dvc repro` against the same stage scripts without DVC.

python benchmarks/bench_dvc.py
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[1]
QUARTERS = [f"{2004 + n // 4}Q{n % 4 + 1}" for n in range(90)]
CASES = 18_000


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of a command that must succeed."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Clone, run, print."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "study"
        subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(folder)], check=True)
        params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
        params["inputs"] = {"reports": "simulated", "cohort": "none"}
        params["simulation"] |= {"cases": CASES, "quarters": QUARTERS}
        (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        dvc = [sys.executable, "-m", "dvc", "repro"]
        whole, nothing = seconds(dvc, folder), seconds(dvc, folder)
        scripts = sorted(path for path in (folder / "pipelines").glob("*.py") if path.stem != "0_simulate_cohort")
        alone = sum(seconds([sys.executable, str(script)], folder) for script in scripts)
    print(f"{len(QUARTERS)} quarters, {CASES:,} cases, {os.cpu_count()} cores\n")
    print("| what | seconds |\n| --- | ---: |")
    print(f"| `dvc repro`, everything runs | {whole:.1f} |")
    print(f"| the stage scripts without DVC | {alone:.1f} |")
    print(f"| **DVC's own overhead** | **{whole - alone:.1f}** |")
    print(f"| `dvc repro`, nothing changed | {nothing:.1f} |")


if __name__ == "__main__":
    main()
