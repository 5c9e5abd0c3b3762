import numpy as np
import pytest

from nms_pv.measures.logistic.climb import NOT_CONVERGED, Slope, fitted
from nms_pv.measures.logistic.firth import firth, penalised_likelihood
from nms_pv.measures.logistic.patterns import COLLINEAR, NO_FAILURE, NO_SUBJECT, NO_SUCCESS, patterns, separated
from nms_pv.measures.logistic.ridge import SEPARATED, ridge
from nms_pv.measures.logistic.strength import cross_validated_strength

TWO = np.array([[1.0, 1.0], [1.0, 0.0]])
NO_PENALTY = np.zeros(2)


@pytest.mark.parametrize(
    ("successes", "trials", "reason"),
    [([0, 0], [0, 0], NO_SUBJECT), ([0, 0], [5, 5], NO_SUCCESS), ([5, 5], [5, 5], NO_FAILURE)],
)
def test_counts_that_say_nothing_give_a_reason(successes: list[int], trials: list[int], reason: str) -> None:
    for (fit,) in (firth(TWO, successes, trials, [1], 0.95), ridge(TWO, successes, trials, [1], NO_PENALTY, 0.95)):
        assert (np.isnan(fit.estimate), np.isnan(fit.low), np.isnan(fit.high), fit.undefined_reason) == (True, True, True, reason)


def test_a_column_in_the_span_of_the_others_gives_a_reason_and_another_column_its_ratio() -> None:
    design = np.array([[1.0, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1], [1, 0, 0, 1]])
    counts = [3, 4, 5, 6], [20, 30, 20, 30]
    same, other = firth(design, *counts, [1, 3], 0.95)
    assert (same.undefined_reason, other.undefined_reason) == (COLLINEAR, None)
    assert ridge(design, *counts, [1], np.array([0.0, 0, 1, 1]), 0.95)[0].undefined_reason == COLLINEAR


def test_a_group_that_nobody_is_in_cannot_be_told_apart() -> None:
    assert firth(TWO, [0, 5], [0, 50], [1], 0.95)[0].undefined_reason == COLLINEAR


@pytest.mark.parametrize(("successes", "trials"), [([0, 5], [9, 50]), ([4, 0], [9, 50]), ([9, 5], [9, 50]), ([4, 50], [9, 50])])
def test_separation_is_named_and_firth_is_finite(successes: list[int], trials: list[int]) -> None:
    assert ridge(TWO, successes, trials, [1], NO_PENALTY, 0.95)[0].undefined_reason == SEPARATED
    assert separated(TWO, successes, trials, [1]).all()
    (fit,) = firth(TWO, successes, trials, [1], 0.95)
    assert 0 < fit.low < fit.estimate < fit.high < np.inf


def test_separation_by_several_columns_together() -> None:
    """Neither column alone orders the outcome; their sum does."""
    design = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 2, 2], [1, 3, 1], [1, 1, 3]])
    assert separated(design, [0, 0, 0, 1, 1, 1], [1] * 6, [1, 2]).all()
    assert not separated(design, [0, 1, 0, 1, 0, 1], [2] * 6, [1, 2]).any()


def test_a_fit_that_goes_nowhere_is_a_reason() -> None:
    uphill = lambda at: Slope(at, float(at.sum()), np.ones(1), np.eye(1))  # noqa: E731
    assert fitted(uphill, 1, 1, 0.95)[0].undefined_reason == NOT_CONVERGED


def test_information_of_nothing_is_a_reason() -> None:
    flat = lambda at: Slope(at, 0.0, np.ones(1), np.zeros((1, 1)))  # noqa: E731
    assert fitted(flat, 1, 1, 0.95)[0].undefined_reason == NOT_CONVERGED


def test_coefficients_beyond_all_numbers_are_worth_less_than_any() -> None:
    at = penalised_likelihood(patterns(TWO, [5, 3], [5, 40]))
    assert at(np.array([0.0, 5000.0])).value == -np.inf
    assert at(np.array([0.0, 60.0])).value > -np.inf


def test_limits_far_out_are_found() -> None:
    (fit,) = firth(TWO, [5, 3], [5, 40], [1], 1 - 1e-12)
    assert 1e10 < fit.high < np.inf


def test_steps_that_never_climb_are_a_reason() -> None:
    peak = lambda at: Slope(at, 0.0 if at[0] == 0 else -np.inf, np.ones(1), np.eye(1))  # noqa: E731
    assert fitted(peak, 1, 1, 0.95)[0].undefined_reason == NOT_CONVERGED


def test_a_profile_that_never_falls_is_a_reason() -> None:
    def bounded(at: np.ndarray) -> Slope:
        return Slope(at, float(-1e-3 * np.tanh(at[0]) ** 2), np.array([-1e-9 * at[0]]), np.eye(1))

    assert fitted(bounded, 1, 1, 0.95)[0].undefined_reason == NOT_CONVERGED


def test_a_penalty_on_what_is_wanted_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be penalised"):
        ridge(TWO, [1, 2], [9, 9], [1], np.ones(2), 0.95)


@pytest.mark.parametrize(
    ("successes", "trials", "said"),
    [([1], [2, 3], "must be patterns x columns"), ([3, 0], [2, 3], "between 0 and trials"), ([-1, 0], [2, 3], "between 0 and")],
)
def test_counts_that_do_not_fit_are_refused(successes: list[int], trials: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        firth(TWO, successes, trials, [1], 0.95)


def test_a_covariate_that_matters_is_penalised_little_and_noise_much() -> None:
    rng = np.random.default_rng(1)
    design = rng.integers(0, 2, (400, 6)).astype(float)
    trials = np.full(400, 5)
    strong = rng.binomial(trials, 1 / (1 + np.exp(3 - 4 * design[:, 0])))
    noise = rng.binomial(trials, np.full(400, 0.1))
    grid = [0.01, 1.0, 100.0, 10_000.0]
    chosen = [cross_validated_strength(design, counts, trials, grid, 4, 7) for counts in (strong, noise)]
    assert chosen[0] <= 1
    assert chosen[1] >= 100


def test_the_strength_is_the_same_every_time() -> None:
    arguments = (TWO, [3, 20], [40, 400], [0.1, 1.0, 10.0], 3, 5)
    assert cross_validated_strength(*arguments) == cross_validated_strength(*arguments)


def test_one_case_is_too_few_to_choose_a_strength() -> None:
    with pytest.raises(ValueError, match="at least two subjects"):
        cross_validated_strength(TWO, [1, 0], [9, 9], [1.0], 2, 1)
