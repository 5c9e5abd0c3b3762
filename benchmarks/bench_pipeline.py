"""Time and peak memory of every layer on simulated quarters, as a Markdown table for the README.

python benchmarks/bench_pipeline.py                 one quarter of 100,000 cases
python benchmarks/bench_pipeline.py 2000000 20      two million cases over 20 quarters
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import yaml

PROJECT = Path(__file__).parents[1]
SCRIPTS = [
    "0_environment",
    "0_simulate",
    "1_sources",
    "2_canonical",
    "3_evidence",
    "4_labels",
    "5_exposure",
    "6_measures",
]
# The pipeline that is timed begins at the raw files and ends at the numbers.
TIMED = [name for name in SCRIPTS if name[0] in "123456"]


def quarters(count: int) -> list[str]:
    """The last `count` quarters that end with 2024Q4."""
    return [f"{2024 - n // 4}Q{4 - n % 4}" for n in reversed(range(count))]


def run(script: str, project: Path) -> tuple[float, float]:
    """Run one stage script as its own process: seconds of wall time, peak memory in MB."""
    started = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, str(PROJECT / "pipelines" / f"{script}.py")], os.environ)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{script} failed in {project}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main(cases: int, count: int) -> None:
    """Simulate, run, print."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(PROJECT / "study", project / "study")
        params = yaml.safe_load((PROJECT / "params.yaml").read_text(encoding="utf-8"))
        params["inputs"] = {"reports": "simulated", "cohort": "none"}
        params["simulation"] |= {"cases": cases, "quarters": quarters(count)}
        (project / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        os.chdir(project)
        figures = {script: run(script, project) for script in SCRIPTS}
        files = pl.read_parquet(project / "data" / "1_sources" / "files.parquet")
    lines = dict(files.group_by("table").agg(pl.col("line_count").sum()).iter_rows())
    size = files["bytes"].sum() / 1e9
    print(f"{cases:,} cases, {count} quarter(s), {size:.2f} GB of text, {os.cpu_count()} cores")
    print(f"{lines['DEMO']:,} versions, {lines['DRUG']:,} drug rows, {lines['REAC']:,} reaction rows\n")
    print("| stage | seconds | peak MB |\n| --- | ---: | ---: |")
    for script, (seconds, memory) in figures.items():
        print(f"| {script} | {seconds:.1f} | {memory:.0f} |")
    total, peak = sum(figures[s][0] for s in TIMED), max(figures[s][1] for s in TIMED)
    print(f"| **files to measures** | **{total:.1f}** | **{peak:.0f}** |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
