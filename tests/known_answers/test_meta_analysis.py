"""Is the number right? Against brute force, glm and metafor in R, and against planted studies.

R: recipes/meta_analysis.R (R 4.2.2, metafor 3.8-1) wrote recipes/meta_analysis.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from nms_pv.measures.meta_analysis.pooled import likelihood_ratio_test, pooled_proportion, wald_test
from nms_pv.measures.meta_analysis.slopes import size_slope, small_study_slope, year_slope

R = {(row[0], row[1]): row[2] for row in pl.read_csv(Path(__file__).parent / "recipes" / "meta_analysis.csv").iter_rows()}
PEOPLE = [500, 82, 1250, 679, 1470, 9792, 2695, 223, 564, 297647]
STUDIES = {
    "pritz": ([16, 10, 4, 43, 10, 25, 13, 12, 22, 4, 5, 18, 58, 6], [17, 12, 8, 58, 10, 42, 14, 12, 41, 5, 6, 23, 68, 10]),
    "nms": ([7, 2, 5, 6, 1, 12, 4, 5, 10, 328], PEOPLE),
    "rare": ([0, 3, 1, 0, 9, 2], [400, 900, 150, 60, 1200, 3000]),
    "alike": ([5, 10, 20, 5], [100, 200, 400, 100]),
}
YEARS = [1986, 1986, 1986, 1987, 1988, 1990, 1991, 1992, 1994, 2020]


@pytest.mark.parametrize("name", STUDIES)
def test_mean_and_variance_are_those_of_brute_force(name: str) -> None:
    found = pooled_proportion(*STUDIES[name], 0.95)
    np.testing.assert_allclose(found.pooled[0], expit(R[name, "mean"]), rtol=1e-6)
    theirs = [R[name, f"tau2{end}"] for end in ("", "_low", "_high")]
    np.testing.assert_allclose(found.tau2, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["pritz", "nms"])
@pytest.mark.parametrize("what", ["pooled", "predicted"])
def test_limits_over_tau_are_those_of_brute_force(name: str, what: str) -> None:
    """Ours take the mean as normal given tau; R sums over the mean too. They differ by less than 1 % of the odds."""
    ours = np.array(getattr(pooled_proportion(*STUDIES[name], 0.95), what)[1:])
    theirs = np.array([R[name, f"{what}_low"], R[name, f"{what}_high"]])
    np.testing.assert_allclose(ours / (1 - ours), theirs / (1 - theirs), rtol=0.01)


@pytest.mark.parametrize("name", STUDIES)
def test_likelihood_ratio_test_is_the_deviance_of_glm(name: str) -> None:
    np.testing.assert_allclose(likelihood_ratio_test(*STUDIES[name]).statistic, R[name, "lrt"], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["nms", "alike"])
def test_q_is_that_of_inverse_variances(name: str) -> None:
    np.testing.assert_allclose(wald_test(*STUDIES[name]).statistic, R[name, "wald"], rtol=1e-8, atol=1e-12)


def test_i2_is_that_of_metafor() -> None:
    """Metafor maximises with 7 quadrature points, so its tau^2 differs a little."""
    np.testing.assert_allclose(pooled_proportion(*STUDIES["pritz"], 0.95).i2, R["pritz", "i2_metafor"], rtol=1e-4)


def test_metafor_prints_its_example() -> None:
    """rma.glmm(measure = "PLO", xi, ni, data = dat.pritz1997): 1.3766, tau^2 0.5893, I^2 67.79 %, LRT 42.2324, 13 df."""
    found, test = pooled_proportion(*STUDIES["pritz"], 0.95), likelihood_ratio_test(*STUDIES["pritz"])
    printed = f"{np.log(found.pooled[0] / (1 - found.pooled[0])):.4f} {found.tau2[0]:.4f} {100 * found.i2:.2f}"
    assert printed == "1.3766 0.5893 67.79"
    assert f"{test.statistic:.4f} {test.degrees_of_freedom}" == "42.2324 13"


def test_slopes_are_those_of_brute_force() -> None:
    events, people = STUDIES["nms"]
    found = {
        "year": year_slope(events, people, YEARS, 0.95),
        "size": size_slope(events, people, 0.95),
        "small": small_study_slope(events, people, 0.95),
    }
    for name, slope in found.items():
        np.testing.assert_allclose(slope.estimate, R["nms", f"slope_{name}"], rtol=1e-6)


@pytest.mark.proof
@pytest.mark.parametrize("chosen", [range(10), [0, 5, 8, 9], [2, 5, 6]], ids=["ten", "four", "three"])
@pytest.mark.parametrize("tau", [0.0, 0.5, 1.2])
def test_limits_cover_planted_studies(chosen: list[int], tau: float) -> None:
    """The sizes are those of the literature, of which one study is 30 times as large as the next."""
    random, runs, mean = np.random.default_rng(17), 60, -4.0
    people = np.array(PEOPLE)[list(chosen)]
    covered = np.zeros(4)
    for _ in range(runs):
        events = random.binomial(people, expit(mean + tau * random.standard_normal(people.size)))
        new = expit(mean + tau * random.standard_normal())
        found = pooled_proportion(events, people, 0.95)
        truth = [(found.pooled, expit(mean)), (found.predicted, new), (found.predicted_usual, new), (found.tau2, tau**2)]
        covered += [limits[1] <= true <= limits[2] for limits, true in truth]
    print(f"k {people.size}, tau {tau}: pooled, predicted, usual, tau^2 cover {covered / runs}")  # noqa: T201
    least = 0.95 - 0.03 - 2.5 * np.sqrt(0.95 * 0.05 / runs)
    assert (covered[:2] / runs >= least).all(), covered / runs


@pytest.mark.proof
@pytest.mark.parametrize("true", [1.0, 0.5])
def test_limits_cover_a_planted_slope(true: float) -> None:
    random, runs, people = np.random.default_rng(18), 80, np.array(PEOPLE)
    size, covered = np.log10(people), 0
    for _ in range(runs):
        log_odds = -4.5 + np.log(true) * (size - size.mean()) + 0.5 * random.standard_normal(people.size)
        found = size_slope(random.binomial(people, expit(log_odds)), people, 0.95)
        covered += found.undefined_reason is None and found.low <= true <= found.high
    print(f"slope {true}: covered {covered / runs:.3f}")  # noqa: T201
    assert covered / runs >= 0.95 - 0.03 - 2.5 * np.sqrt(0.95 * 0.05 / runs)
