"""Time and peak memory of every stage of layer 6, on what `make report` has left in data/.

python benchmarks/bench_measures.py
"""

import os
from pathlib import Path

from bench_pipeline import run

PROJECT = Path(__file__).parents[1]


def main() -> None:
    """Run each stage again, print."""
    os.chdir(PROJECT)
    scripts = sorted(path.stem for path in (PROJECT / "pipelines").glob("6_*.py"))
    # Topics read the results of the first two.
    first = ["6_measures", "6_cohort_measures"]
    figures = {script: run(script, PROJECT) for script in [*first, *(s for s in scripts if s not in first)]}
    print("| stage | seconds | peak MB |\n| --- | ---: | ---: |")
    for script, (seconds, memory) in figures.items():
        print(f"| {script} | {seconds:.1f} | {memory:.0f} |")
    print(f"| **all** | **{sum(s for s, _ in figures.values()):.1f}** | **{max(m for _, m in figures.values()):.0f}** |")


if __name__ == "__main__":
    main()
