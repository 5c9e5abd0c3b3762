"""Is the number right? Against R, and against planted classes.

R: recipes/latent_class.R (R 4.2.2) wrote recipes/latent_class_patterns.csv and recipes/latent_class.csv, by brute force.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.definitions.accuracy import Model, accuracy_of, model
from nms_pv.measures.definitions.latent_class import fit
from nms_pv.measures.definitions.latent_class_limits import information, limits
from nms_pv.measures.definitions.misclassification import Accuracy, rogan_gladen
from nms_pv.measures.definitions.patterns import Patterns, collapsed
from tests.lib.verdict_patterns import drawn_patterns

RECIPES = Path(__file__).parent / "recipes"
COUNTS = pl.read_csv(RECIPES / "latent_class_patterns.csv")
R = pl.read_csv(RECIPES / "latent_class.csv")
# R stops where the likelihood no longer changes in its 15th digit, and takes derivatives numerically.
ABSOLUTE_TOLERANCE = 1e-4
PLANTED = {"share": 0.3, "sensitivity": [0.9, 0.8, 0.7, 0.6, 0.85], "specificity": [0.95, 0.9, 0.85, 0.98, 0.8]}


def patterns_of(name: str) -> Patterns:
    rows = COUNTS.filter(name=name)
    states = np.array([[int(state) for state in pattern.split()] for pattern in rows["pattern"]], np.int8)
    return collapsed(tuple(f"sign_{j}" for j in range(states.shape[1])), states, rows["n"].to_numpy())


@pytest.mark.parametrize("name", R["name"].unique(maintain_order=True).to_list())
def test_parameters_and_limits_are_those_of_r(name: str) -> None:
    classes = fit(patterns_of(name), seed=1)
    found = limits(classes, information(classes), 0.95)
    expected = R.filter(name=name)
    assert classes.log_likelihood == pytest.approx(expected["log_likelihood"][0], abs=1e-5)
    for column, values in (("estimate", classes.parameters), ("low", found.low), ("high", found.high)):
        np.testing.assert_allclose(values, expected[column].to_numpy(), atol=ABSOLUTE_TOLERANCE, err_msg=column)


def covered(found: Model) -> np.ndarray:
    """Whether each limit holds what was planted: share of class 1, sensitivities, 1 - specificities."""
    assert found.fitted, found.undefined_reason
    truth = np.array([PLANTED["share"], *PLANTED["sensitivity"], *(1 - np.array(PLANTED["specificity"]))])
    return (found.fitted.limits.low <= truth) & (truth <= found.fitted.limits.high)


def simulated(seed: int, missing: float = 0.0, n: int = 1500) -> Model:
    return model(
        "m", "decided", drawn_patterns(np.random.default_rng(seed), n, **PLANTED, missing=missing), 0.95, seed, "subjects"
    )


def test_planted_classes_are_found_again() -> None:
    """Of 8 x 11 limits about 84 should hold; fewer than 77 has a probability below 1 in 1000."""
    assert sum(covered(simulated(seed)).sum() for seed in range(8)) >= 77


def test_with_many_subjects_the_estimates_are_what_was_planted() -> None:
    found = simulated(1, missing=0.3, n=400_000)
    assert found.fitted
    truth = [PLANTED["share"], *PLANTED["sensitivity"], *(1 - np.array(PLANTED["specificity"]))]
    np.testing.assert_allclose(found.fitted.classes.parameters, truth, atol=0.01)
    assert not found.fitted.residuals.is_dependent.all()


@pytest.mark.proof
@pytest.mark.parametrize(("missing", "n"), [(0.0, 1500), (0.25, 1500), (0.0, 150)])
def test_intervals_cover_planted_classes(missing: float, n: int) -> None:
    """The share of class 1, and all accuracies together, within 95 % -/+ two standard errors and 1.5 %, of 100 simulations."""
    held = np.array([covered(simulated(seed, missing, n)) for seed in range(100)])
    assert abs(held.mean() - 0.95) < 0.015 + 2 * np.sqrt(0.95 * 0.05 / held.size), held.mean(axis=0)
    assert held[:, 0].mean() > 0.95 - 0.015 - 2 * np.sqrt(0.95 * 0.05 / 100), held[:, 0].mean()


@pytest.mark.proof
def test_residuals_seldom_cry_wolf_and_see_planted_dependence() -> None:
    """Independent: under 5 % of residuals beyond the critical value. A sign copied from another in 30 %: seen in all runs."""
    false, seen = [], []
    for seed in range(50):
        random = np.random.default_rng(seed)
        independent = drawn_patterns(random, 3000, **PLANTED)
        found = model("m", "decided", independent, 0.95, 1, "subjects")
        assert found.fitted
        false.append(found.fitted.residuals.is_dependent)
        states = np.repeat(independent.states, independent.n, axis=0)
        copied = random.random(len(states)) < 0.3
        states[copied, 2] = states[copied, 1]
        found = model("m", "decided", collapsed(independent.names, states, np.ones(len(states), np.int64)), 0.95, 1, "subjects")
        assert found.fitted
        seen.append(found.fitted.residuals.is_dependent.any())
    assert np.mean(false) < 0.05
    assert np.mean(seen) == 1


def test_rogan_gladen_by_hand() -> None:
    """100 of 1000 met, Se 0.8, Sp 0.95: (0.1 - 0.05) / 0.75 = 1/15; variance of p 0.00009, of Se 0.0016, of Sp 0.0001."""
    accuracy = Accuracy(0.8, 0.95, np.diag([0, 0.0016, 0.0001]))
    corrected = rogan_gladen(100, 1000, accuracy, 0.95)
    variance = (0.00009 + (1 / 15) ** 2 * 0.0016 + (14 / 15) ** 2 * 0.0001) / 0.75**2
    assert corrected.estimate == pytest.approx(1000 / 15)
    assert corrected.high - corrected.estimate == pytest.approx(1000 * 1.959963985 * np.sqrt(variance))


@pytest.mark.proof
def test_corrected_counts_cover_in_other_subjects() -> None:
    """Accuracy from one set of subjects, counts from another of twice the prevalence; 200 simulations."""
    held = []
    for seed in range(200):
        found = simulated(seed)
        assert found.fitted
        accuracy = accuracy_of(found.fitted, 1)
        alone = accuracy.covariance * np.array([[0, 0, 0], [0, 1, 1], [0, 1, 1]])
        random = np.random.default_rng(10_000 + seed)
        cases = random.binomial(1000, 0.6)
        apparent = random.binomial(cases, 0.8) + random.binomial(1000 - cases, 0.1)
        corrected = rogan_gladen(apparent, 1000, accuracy._replace(covariance=alone), 0.95)
        held.append(corrected.low <= 600 <= corrected.high)
    assert abs(np.mean(held) - 0.95) < 0.015 + 2 * np.sqrt(0.95 * 0.05 / 200), np.mean(held)
