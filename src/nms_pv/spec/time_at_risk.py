"""`study/time_at_risk/*.yaml`: from which day to which day an exposed person is at risk, and which episodes count."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from nms_pv.spec.strict import Strict, StudyError, load_yaml

EPOCH = date(1970, 1, 1)


class Anchor(Strict):
    """One end of the time at risk: so many days from the start or the end of the era."""

    anchor: Literal["era_start", "era_end"]
    offset_days: int


class StudyWindow(Strict):
    """First and last day of the study; empty: no limit."""

    first: date | None
    last: date | None

    @property
    def first_day(self) -> int | None:
        """The first day as days since 1970-01-01."""
        return None if self.first is None else (self.first - EPOCH).days

    @property
    def last_day(self) -> int | None:
        """The last day as days since 1970-01-01."""
        return None if self.last is None else (self.last - EPOCH).days


class TimeAtRisk(Strict):
    """One setting. What each key means stands in `docs/time_at_risk.md`."""

    name: str
    title: str
    notes: list[str]
    start: Anchor
    end: Anchor
    cap_at_era_end: bool
    windows_that_overlap: Literal["merge", "keep"]
    observation: Literal["of_era_start", "any"]
    study_window: StudyWindow
    windows_that_start_early: Literal["clip", "drop"]
    prior_observation_days: int = Field(ge=0)
    new_user_washout_days: int = Field(ge=0)
    clean_window_days: int | Literal["all_history"]
    outcomes_that_overlap: Literal["union", "latest"]
    repeated_events: bool
    unknown_sex_or_birth: Literal["keep", "drop"]
    age: Literal["birthday", "calendar_year"]
    calendar: Literal["split", "window_start"]
    rounding: Literal["none", "person_years_3_decimals"]

    @field_validator("clean_window_days")
    @classmethod
    def _not_negative(cls, value: int | str) -> int | str:
        if isinstance(value, int) and value < 0:
            raise ValueError("so many days, 0 or more, or all_history")
        return value


def load_time_at_risk(study: Path) -> dict[str, TimeAtRisk]:
    """Read every setting by name.

    Raises
    ------
    StudyError
        When a file is not as declared, or its name is not that of the setting.

    """
    settings = {}
    for path in sorted((study / "time_at_risk").glob("*.yaml")):
        setting = load_yaml(path, TimeAtRisk)
        if setting.name != path.stem:
            raise StudyError(f"{path}: name is {setting.name!r}; it must be that of the file, {path.stem!r}")
        settings[setting.name] = setting
    return settings
