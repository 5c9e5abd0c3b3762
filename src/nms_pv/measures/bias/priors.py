"""What is believed of the accuracy of a definition before its numbers are seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betaincinv

from nms_pv.measures.interval import Floats
from nms_pv.spec.strict import StudyError


class Prior(Protocol):
    """A distribution of a share."""

    def quantile(self, probability: Floats) -> Floats:
        """Quantiles, of the shape of `probability`."""


@dataclass(frozen=True)
class Beta:
    """Beta distribution; after a validation study with s of n, s + 1 and n - s + 1."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        if not (self.alpha > 0 and self.beta > 0):
            raise StudyError(f"params.yaml: bias: a beta prior needs two numbers above 0; found {self.alpha}, {self.beta}")

    def quantile(self, probability: Floats) -> Floats:
        """Quantiles, of the shape of `probability`."""
        return np.asarray(betaincinv(self.alpha, self.beta, probability), dtype=np.float64)


@dataclass(frozen=True)
class Trapezoid:
    """Rises from `low` to `mode_low`, level up to `mode_high`, falls to `high`; one number if all four are equal."""

    low: float
    mode_low: float
    mode_high: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution of a share."""
        if not 0 <= self.low <= self.mode_low <= self.mode_high <= self.high <= 1:
            raise StudyError(
                "params.yaml: bias: a trapezoid prior needs four shares from 0 to 1 that do not fall; found "
                f"{self.low}, {self.mode_low}, {self.mode_high}, {self.high}"
            )

    def quantile(self, probability: Floats) -> Floats:
        """Quantiles, of the shape of `probability`."""
        rise, level, fall = self.mode_low - self.low, self.mode_high - self.mode_low, self.high - self.mode_high
        # Twice the area under the trapezoid of height 1.
        area = rise + 2 * level + fall
        left = self.low + np.sqrt(probability * area * rise)
        middle = self.mode_low + (probability * area - rise) / 2
        right = self.high - np.sqrt((1 - probability) * area * fall)
        in_rise, in_fall = probability * area < rise, (1 - probability) * area < fall
        return np.asarray(np.where(in_rise, left, np.where(in_fall, right, middle)), dtype=np.float64)


def prior_of(numbers: Sequence[float]) -> Prior:
    """Four shares of a trapezoid, or two numbers of a beta distribution.

    Raises
    ------
    StudyError
        When there are not as many, or they are no distribution.

    """
    if len(numbers) not in (2, 4):
        raise StudyError(f"params.yaml: bias: a prior has four shares (trapezoid) or two numbers (beta); found {list(numbers)}")
    return Beta(*numbers) if len(numbers) == 2 else Trapezoid(*numbers)  # noqa: PLR2004


@dataclass(frozen=True)
class Scenario:
    """Accuracy of a definition in a group and in its reference.

    Without beliefs of its own the reference has the accuracy of the group, draw by draw: the misclassification is not
    differential. `ppv` is the share of episodes that are true ones, `specificity` the share of people without an episode who
    are found to have none.
    """

    name: str
    sensitivity: Prior
    specificity: Prior
    ppv: Prior
    reference_sensitivity: Prior | None = None
    reference_ppv: Prior | None = None


@dataclass(frozen=True)
class Drawn:
    """Draws from a scenario, each of shape (draws,)."""

    sensitivity: Floats
    specificity: Floats
    ppv: Floats
    reference_sensitivity: Floats
    reference_ppv: Floats


def draw(scenario: Scenario, draws: int, seed: int) -> Drawn:
    """Independent draws of each prior; the same seed gives the same."""
    random = np.random.default_rng(seed)
    uniform = random.random((5, draws))
    sensitivity, specificity, ppv = (
        prior.quantile(u) for prior, u in zip((scenario.sensitivity, scenario.specificity, scenario.ppv), uniform, strict=False)
    )
    other_sensitivity, other_ppv = scenario.reference_sensitivity, scenario.reference_ppv
    return Drawn(
        sensitivity,
        specificity,
        ppv,
        sensitivity if other_sensitivity is None else other_sensitivity.quantile(uniform[3]),
        ppv if other_ppv is None else other_ppv.quantile(uniform[4]),
    )
