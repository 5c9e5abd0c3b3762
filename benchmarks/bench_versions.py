"""Time and peak memory of deciding versions over as many as the whole of FAERS has (24.8 million), with made-up numbers.

python benchmarks/bench_versions.py
"""

import resource
import time

import numpy as np
import polars as pl

from nms_pv.canonical.faers.versions import decide

VERSIONS, DELETED, FIRST_CASE, LAST_CASE = 24_800_000, 300_000, 3_000_000, 30_000_000
QUARTERS = [f"{2004 + n // 4}Q{n % 4 + 1}" for n in range(90)]
LEGACY_QUARTERS = 35


def made_up(random: np.random.Generator) -> pl.DataFrame:
    """Versions in the shape of `read_versions`."""
    case = random.integers(FIRST_CASE, LAST_CASE, VERSIONS)
    quarter = np.sort(random.integers(0, len(QUARTERS), VERSIONS)).astype("u1")
    return pl.DataFrame(
        {
            "quarter": pl.Series(quarter).replace_strict(range(len(QUARTERS)), QUARTERS, return_dtype=pl.Enum(QUARTERS)),
            "is_current": quarter >= LEGACY_QUARTERS,
            "source_line": np.arange(VERSIONS),
            "record": case * 10 + random.integers(1, 9, VERSIONS),
            "case": case,
            "version_n": random.integers(1, 9, VERSIONS).astype("i4"),
            "received_day": (quarter.astype("i4") * 91 + 12_000),
        }
    )


def main() -> None:
    """Make up, decide, print."""
    random = np.random.default_rng(1)
    versions = made_up(random)
    lists = pl.DataFrame({"caseid": random.integers(FIRST_CASE, LAST_CASE, DELETED), "quarter": ["2020Q1"] * DELETED})
    lists = lists.with_columns(pl.col("quarter").cast(pl.Enum(QUARTERS)))
    started = time.perf_counter()
    decide(versions, lists).partition_by("quarter")
    seconds, peak = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{VERSIONS:,} versions decided: {seconds:.1f} s, peak {peak:.1f} GB, the made-up input included")


if __name__ == "__main__":
    main()
