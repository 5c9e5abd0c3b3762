"""`study/own_control.yaml`: the windows in which persons are compared with themselves."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from nms_pv.spec.strict import Strict, load_yaml


def _rising(bounds: list[int]) -> list[int]:
    if bounds != sorted(set(bounds)):
        raise ValueError("numbers go up, each once")
    return bounds


def _first_to_last(days: list[int]) -> list[int]:
    if days[0] > days[1]:
        raise ValueError("first day, then last day, both counted back from the episode: [1, 30]")
    return days


Bounds = Annotated[list[int], Field(min_length=1), AfterValidator(_rising)]
BoundsFromZero = Annotated[Bounds, AfterValidator(lambda bounds: _starts_with(bounds, 0))]
BoundsFromOne = Annotated[Bounds, AfterValidator(lambda bounds: _starts_with(bounds, 1))]
DaysBefore = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2), AfterValidator(_first_to_last)]


def _starts_with(bounds: list[int], first: int) -> list[int]:
    if bounds[0] != first:
        raise ValueError(f"the first lower bound is {first}")
    return bounds


class Series(Strict):
    """Windows of the self-controlled case series."""

    before_start_days: int = Field(ge=1)
    since_start_days: Annotated[BoundsFromZero, Field(min_length=2)]
    washout_days: int = Field(ge=1)
    since_stop_days: BoundsFromOne
    last_day_since_stop: int
    age_bands: BoundsFromZero
    clean_days: int = Field(ge=0)
    fewest_episodes: int = Field(ge=1)
    death_days: Annotated[Bounds, Field(min_length=1)]

    @model_validator(mode="after")
    def _last_window_has_days(self) -> Self:
        if self.last_day_since_stop < self.since_stop_days[-1]:
            raise ValueError(
                f"last_day_since_stop is {self.last_day_since_stop}; it must be at least the last of since_stop_days, "
                f"{self.since_stop_days[-1]}"
            )
        return self


class Crossover(Strict):
    """Windows of the case-crossover."""

    risk_days: DaysBefore
    reference_days: list[DaysBefore] = Field(min_length=1)

    @model_validator(mode="after")
    def _windows_apart(self) -> Self:
        windows = sorted([self.risk_days, *self.reference_days])
        if windows[0] != self.risk_days or any(here[1] >= there[0] for here, there in zip(windows, windows[1:], strict=False)):
            raise ValueError(f"windows share no day, and the risk window lies next to the episode; found {windows}")
        return self


class Around(Strict):
    """Days around the episode that the checks look at."""

    days: int = Field(ge=1)
    step_days: int = Field(ge=1)


class OwnControl(Strict):
    """All settings of the comparison of persons with themselves."""

    series: Series
    crossover: Crossover
    around: Around


def load_own_control(study: Path) -> OwnControl:
    """Read the settings.

    Raises
    ------
    StudyError
        When the file is not as declared.

    """
    return load_yaml(study / "own_control.yaml", OwnControl)
