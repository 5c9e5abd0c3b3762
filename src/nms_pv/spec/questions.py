"""`params.yaml`: the settings of the questions that a study answers."""

from typing import Annotated

from pydantic import Field

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


class Questions(Strict):
    """Settings of each question."""

    adjusted: AdjustedSettings
    trend: TrendSettings
    onset: OnsetSettings
    course: CourseSettings
    after: AfterSettings
