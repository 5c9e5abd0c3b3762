"""Writes ebgm_scores.csv: EBGM and quantiles by numerical integration of prior x Poisson likelihood. Needs mpmath 1.3.

Nothing of conjugacy is used: the posterior is integrated over log lambda. Run here: python ebgm_scores.py
"""

import csv
from pathlib import Path

from mpmath import exp, findroot, gamma, linspace, log, mp, mpf
from mpmath import quad as integral

mp.dps = 22
PRIORS = {
    "dumouchel_1999": ("0.2041", "0.05816", "1.415", "1.838", "0.0969"),
    "narrow": ("3.21", "0.61", "161.8", "178.0", "0.0209"),
    "wide": ("0.824", "0.278", "9.37", "10.97", "0.121"),
}
PAIRS = [
    (0, "0.5"),
    (0, "40"),
    (1, "0.00001"),
    (1, "0.019"),
    (2, "1"),
    (3, "0.019"),
    (3, "3"),
    (3, "60"),
    (12, "9.8"),
    (94, "13.9298"),
    (2000, "900"),
    (20000, "15000"),
]
TAILS = ("0.05", "0.5", "0.95")


def quad(function, ends):
    """The integral over a short piece."""
    return integral(function, ends, method="gauss-legendre", maxdegree=4)


def log_prior(t, prior):
    """Log density of log lambda under the prior."""
    a1, b1, a2, b2, p = prior
    one = p * b1**a1 / gamma(a1) * exp(a1 * t - b1 * exp(t))
    two = (1 - p) * b2**a2 / gamma(a2) * exp(a2 * t - b2 * exp(t))
    return log(one + two)


def integrals(n, e, prior):
    """Points between which the posterior of log lambda is smooth, its integral over each, and its density."""

    def unscaled(t):
        return log_prior(t, prior) + n * t - e * exp(t)

    grid = linspace(mpf(-400), mpf(14), 2071)
    heights = [unscaled(t) for t in grid]
    top = max(heights)
    kept = [t for t, height in zip(grid, heights, strict=True) if height > top - 75]
    # Very narrow posteriors need finer pieces than the grid.
    points = linspace(kept[0] - mpf("0.2"), kept[-1] + mpf("0.2"), 120 if len(kept) > 30 else 60)

    def density(t):
        return exp(unscaled(t) - top)

    return points, [quad(density, [a, b]) for a, b in zip(points, points[1:], strict=False)], density


def quantile(tail, points, areas, density):
    """Where the integral of the density reaches a share of the whole; `areas` are the integrals between the points."""
    total = sum(areas)
    number = next(k for k in range(len(areas)) if sum(areas[: k + 1]) >= tail * total)
    start, below = points[number], sum(areas[:number])
    ends = (start, points[number + 1])
    return findroot(lambda t: (below + quad(density, [start, t])) / total - tail, ends, solver="anderson")


def scores(n, e, prior):
    """EBGM and the quantiles."""
    points, areas, density = integrals(n, e, prior)
    mean = sum(quad(lambda t: t * density(t), [a, b]) for a, b in zip(points, points[1:], strict=False)) / sum(areas)
    return [exp(mean), *(exp(quantile(mpf(tail), points, areas, density)) for tail in TAILS)]


with (Path(__file__).parent / "ebgm_scores.csv").open("w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["prior", "n", "e", "ebgm", *(f"q{tail}" for tail in TAILS)])
    for name, texts in PRIORS.items():
        for n, e in PAIRS:
            values = scores(n, mpf(e), tuple(map(mpf, texts)))
            out.writerow([name, n, e, *(mp.nstr(value, 17) for value in values)])
