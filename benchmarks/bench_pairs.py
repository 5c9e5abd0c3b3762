"""How long ROR, PRR and IC with their intervals take for 150,000 pairs. Run: python benchmarks/bench_pairs.py."""

import statistics
import time

import numpy as np

from nms_pv.measures.reports.disproportionality import ic, prr, ror

PAIRS = 150_000
REPORTS = 20_000_000
ROUNDS = 15


def pairs() -> list[np.ndarray]:
    """Cells of 2x2 tables with few reports in most pairs and many in some, as in a real source."""
    random = np.random.default_rng(20260101)
    group, cases = (np.exp(random.uniform(2, 13, PAIRS)).astype(np.int64) for _ in range(2))
    a = np.minimum(random.poisson(group * cases / REPORTS) + random.geometric(0.3, PAIRS), np.minimum(group, cases))
    return [a, group - a, cases - a, REPORTS - group - cases + a]


def main() -> None:
    """Print the median time."""
    cells = pairs()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for measure in (ror, prr, ic):
            measure(*cells, 0.95)
        seconds.append(time.perf_counter() - start)
    print(f"{PAIRS:,} pairs: median {statistics.median(seconds):.3f} s of {ROUNDS} rounds, slowest {max(seconds):.3f} s")


if __name__ == "__main__":
    main()
