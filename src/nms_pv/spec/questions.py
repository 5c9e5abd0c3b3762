"""`params.yaml`: the settings of the questions that a study answers."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from nms_pv.spec.strict import Strict

Days = Annotated[int, Field(ge=0)]


class AdjustedSettings(Strict):
    """Strengths of the ridge to choose from (each 1 / C), folds of the cross-validation, and the seed that deals them."""

    strengths: list[Annotated[float, Field(gt=0)]] = Field(min_length=1)
    folds: int = Field(ge=2)
    seed: int


class TrendSettings(Strict):
    """How joinpoints are tested: permutations of each test, and their seed."""

    permutations: int = Field(ge=19)
    seed: int


class OnsetSettings(Strict):
    """Longest time looked at in a cohort; permutations of the test between generations, and samples of the test of fit."""

    window_days: int = Field(ge=1)
    permutations: int = Field(ge=19)
    bootstraps: int = Field(ge=1)
    seed: int


class CourseSettings(Strict):
    """Which days are told, and when an episode counts as over."""

    death_days: Days
    sign_free_days: Days
    recovery_days: list[Days] = Field(min_length=1)
    curve_days: Days


class AfterSettings(Strict):
    """When a restart is early, and how long a recurrence is looked for."""

    early_days: Days
    long_gap_days: Days
    recurrence_days: Days
    leftover_days: Days
    after_stop_days: Days
    curve_days: Days


CORE_SIGNS = ("mental_status", "rigidity", "fever", "autonomic", "ck")


class PresentationSettings(Strict):
    """What is looked at in cases, and how clusters of them are sought."""

    core_signs: dict[str, str]
    elements: list[str] = Field(min_length=1)
    not_clustered: list[str]
    resamples: int = Field(ge=1)
    noises: int = Field(ge=1)
    noise_resamples: int = Field(ge=1)
    fewest_cases: int = Field(ge=2)
    fewest_patterns: int = Field(ge=2)
    seed: int

    @property
    def clustered(self) -> list[str]:
        """The features that cases are clustered by, sorted: the order of the settings changes nothing."""
        return sorted(set(self.elements) - set(self.not_clustered))

    @field_validator("core_signs")
    @classmethod
    def _names_the_core_signs(cls, written: dict[str, str]) -> dict[str, str]:
        if set(written) != set(CORE_SIGNS):
            raise ValueError(f"core_signs names {list(written)}; it must name {list(CORE_SIGNS)}")
        return {sign: written[sign] for sign in CORE_SIGNS}

    @model_validator(mode="after")
    def _core_signs_are_clustered(self) -> Self:
        strangers = sorted(set(self.core_signs.values()) - set(self.clustered))
        if strangers:
            raise ValueError(f"core_signs holds {strangers}, which must stand in elements and not in not_clustered")
        return self


class BiasScenario(Strict):
    """What is believed of a definition: each prior is four shares of a trapezoid, or two numbers of a beta distribution."""

    sensitivity: list[float]
    specificity: list[float]
    ppv: list[float]
    reference_sensitivity: list[float] | None = None
    reference_ppv: list[float] | None = None


class BiasSettings(Strict):
    """Scenarios of misclassification by name, and how often each is drawn."""

    draws: int = Field(ge=100)
    seed: int
    scenarios: dict[str, BiasScenario]


class Questions(Strict):
    """Settings of each question."""

    adjusted: AdjustedSettings
    trend: TrendSettings
    presentation: PresentationSettings
    onset: OnsetSettings
    course: CourseSettings
    after: AfterSettings
    bias: BiasSettings
