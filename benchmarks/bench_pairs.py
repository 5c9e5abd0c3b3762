"""How long the measures of 150,000 pairs take: ROR, PRR and IC, and EBGM with its fit. Run: python benchmarks/bench_pairs.py."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import polars as pl
import scipy.optimize  # noqa: F401 (so that its import is not timed)

from nms_pv.measures.gamma_mixture.fit import fit_prior
from nms_pv.measures.gamma_mixture.margins import margins
from nms_pv.measures.gamma_mixture.prior import Prior
from nms_pv.measures.gamma_mixture.score import ebgm
from nms_pv.measures.gamma_mixture.squash import squash
from nms_pv.measures.reports.disproportionality import ic, prr, ror

PAIRS = 150_000
REPORTS = 20_000_000
ROUNDS = 15
SIDE = 500
REPORTS_OF_TABLE = 1_100_000
# Most ratios near 1, some near 5: as fitted to reports of medicines.
PRIOR = Prior(3.2, 0.6, 160.0, 176.0, 0.02)


def pairs() -> list[np.ndarray]:
    """Cells of 2x2 tables with few reports in most pairs and many in some, as in a real source."""
    random = np.random.default_rng(20260101)
    group, cases = (np.exp(random.uniform(2, 13, PAIRS)).astype(np.int64) for _ in range(2))
    a = np.minimum(random.poisson(group * cases / REPORTS) + random.geometric(0.3, PAIRS), np.minimum(group, cases))
    return [a, group - a, cases - a, REPORTS - group - cases + a]


def table() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Pairs, drugs, terms and strata of a table of 500 drugs and 500 terms, about 150,000 of whose cells have reports."""
    random = np.random.default_rng(20260101)
    drugs, terms = (np.exp(random.normal(0, 1.2, SIDE)) for _ in range(2))
    expected = np.outer(drugs / drugs.sum(), terms / terms.sum()) * REPORTS_OF_TABLE
    first, second = (random.gamma(PRIOR[place], 1 / PRIOR[place + 1], expected.shape) for place in (0, 2))
    counts = random.poisson(np.where(random.random(expected.shape) < PRIOR.weight, first, second) * expected)
    drug, term = np.nonzero(counts)
    found = pl.DataFrame({"drug": drug, "term": term, "reports": counts[drug, term]}).cast({"drug": pl.String, "term": pl.String})
    stratum = pl.lit(0).alias("stratum_no")
    of_drugs, of_terms = (found.group_by(name=side).agg(stratum, pl.col("reports").sum()) for side in ("drug", "term"))
    return found, of_drugs, of_terms, found.select(stratum, pl.col("reports").sum())


def ratios(cells: list[np.ndarray]) -> None:
    """ROR, PRR and IC with their intervals."""
    for measure in (ror, prr, ic):
        measure(*cells, 0.95)


def shrunk(found: pl.DataFrame, of_drugs: pl.DataFrame, of_terms: pl.DataFrame, strata: pl.DataFrame) -> None:
    """Expected reports, squashing, the fit from every start, EBGM, EB05 and EB95."""
    squashed = squash(found, margins(of_drugs, of_terms, strata))
    ebgm(found["reports"].to_numpy(), squashed.expected, fit_prior(squashed.cells).prior)


def timed(name: str, work: Callable[[], None]) -> None:
    """Print the median time."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name}: median {statistics.median(seconds):.3f} s of {ROUNDS} rounds, slowest {max(seconds):.3f} s")


def main() -> None:
    """Time both."""
    cells, whole_table = pairs(), table()
    timed(f"ROR, PRR and IC of {PAIRS:,} pairs", lambda: ratios(cells))
    timed(f"EBGM with fit, EB05 and EB95 of {whole_table[0].height:,} pairs", lambda: shrunk(*whole_table))


if __name__ == "__main__":
    main()
