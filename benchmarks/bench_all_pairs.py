"""How long all 2x2 tables of drugs and terms of 5 million reports take. Run: python benchmarks/bench_all_pairs.py [reports]."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from nms_pv.exposure.engine import open_engine
from nms_pv.exposure.reports.pairs import ReportRows, drug_counts, pair_counts, term_counts, with_margins

REPORTS = 5_000_000
# A quarter of FAERS has about 400,000 reports.
REPORTS_IN_A_PART = 400_000
ROWS_EACH = 3
DRUGS, TERMS, STRATA = 1_500, 4_500, 400
# Some names are common and most are rare: so that 5 million reports have about 6 million different pairs.
SKEW = 2.4
SEED = 20260104
KEYS = (["report_no", "drug_no"], ["report_no", "term_no"], ["report_no"])


def make_input(reports: int, folder: Path) -> None:
    """Write drugs, terms and strata of SIMULATED reports, as integers, below `folder`."""
    random = np.random.default_rng(SEED)
    for number, first in enumerate(range(0, reports, REPORTS_IN_A_PART)):
        n = min(REPORTS_IN_A_PART, reports - first)
        for kind, names in (("drug", DRUGS), ("term", TERMS)):
            rows = {
                "report_no": first + np.sort(random.integers(0, n, ROWS_EACH * n)),
                f"{kind}_no": np.floor(random.random(ROWS_EACH * n) ** SKEW * names),
            }
            pl.DataFrame(rows).cast(pl.Int32).write_parquet(folder / f"{kind}s-{number:03d}.parquet")
        strata = {"report_no": first + np.arange(n), "stratum_no": random.integers(0, STRATA, n)}
        pl.DataFrame(strata).cast(pl.Int32).write_parquet(folder / f"reports-{number:03d}.parquet")


def count(folder: Path) -> None:
    """Count, and print what was found; run in a process of its own, whose memory is measured."""
    start = time.perf_counter()
    files = [sorted(folder.glob(f"{kind}-*.parquet")) for kind in ("drugs", "terms", "reports")]
    with open_engine("polars") as engine:
        parts = [
            ReportRows(*(engine.once(engine.scan([path]).unique(key)) for path, key in zip(paths, KEYS, strict=True)))
            for paths in zip(*files, strict=True)
        ]
        drugs, terms = engine.once(drug_counts(parts, STRATA)), engine.once(term_counts(parts, STRATA))
        tables = engine.collect(with_margins(pair_counts(parts, TERMS), drugs, terms))
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{tables.height:,} tables, sum of a {tables['reports'].sum():,}: {seconds:.1f} s "
        f"({used.ru_utime + used.ru_stime:.1f} s of processor), {used.ru_maxrss / 1024:,.0f} MB"
    )


def main(reports: int) -> None:
    """Make the input and count it."""
    with tempfile.TemporaryDirectory() as name:
        make_input(reports, Path(name))
        print(f"{reports:,} reports, {ROWS_EACH * reports:,} drug rows and as many terms, {os.cpu_count()} cores", flush=True)
        subprocess.run([sys.executable, __file__, "--count", name], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        count(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
