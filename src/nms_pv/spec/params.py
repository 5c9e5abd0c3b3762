"""`params.yaml`: the settings of a study."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nms_pv.spec.questions import Questions
from nms_pv.spec.strict import Strict, load_yaml


def _from_zero_up(bounds: list[int]) -> list[int]:
    if bounds[0] != 0 or bounds != sorted(set(bounds)):
        raise ValueError("lower bounds start at 0 and go up")
    return bounds


LowerBounds = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1), AfterValidator(_from_zero_up)]
Engine = Literal["polars", "duckdb", "spark"]
Quarter = Annotated[str, Field(pattern=r"^20\d\dQ[1-4]$")]


class Simulation(Strict):
    """Size and seed of the simulated input."""

    seed: int
    cases: int = Field(ge=100)
    quarters: list[Quarter] = Field(min_length=1)


class Duplicates(Strict):
    """How probable duplicates are flagged."""

    rule: Literal["content_or_number", "content", "number", "none"]
    largest_padded_group: int = Field(ge=1)
    largest_age_gap_years: int = Field(ge=0)


class Generations(Strict):
    """How disputed and third-generation antipsychotics are grouped."""

    disputed: Literal["table", "alternative"]
    third: Literal["own", "second"]


class Main(Strict):
    """The setting shown first in the report."""

    definition: str
    roles: Literal["ps", "ps+ss", "any"]
    duplicates: Literal["collapsed", "kept"]


class Agreement(Strict):
    """How case definitions are compared: latent class models, and the differential that is shown."""

    models: dict[str, list[str]]
    nms_definition: str
    serotonin_definition: str
    features: list[str]
    resamples: int = Field(ge=100)
    seed: int


class Reports(Strict):
    """Settings of the reports arm."""

    engine: Engine
    age_bands: LowerBounds
    comparators: list[str]
    ebgm_prior: Literal["fit", "dumouchel_1999"]


class Inputs(Strict):
    """What each arm runs on."""

    reports: Literal["simulated", "faers", "none"]
    cohort: Literal["simulated_cdm", "omop", "none"]

    @model_validator(mode="after")
    def _simulated_or_real(self) -> Self:
        given = [name for name in (self.reports, self.cohort) if name != "none"]
        if not given:
            raise ValueError("at least one arm needs an input")
        if len({name.startswith("simulated") for name in given}) > 1:
            raise ValueError("simulated and real input are never mixed: set the other arm to none, or to real input too")
        return self

    @property
    def simulated(self) -> bool:
        """Whether the study is simulated."""
        return self.reports == "simulated" or self.cohort == "simulated_cdm"


class CohortSimulation(Strict):
    """Size and seed of the simulated cohort."""

    seed: int
    persons: int = Field(ge=100)
    first_year: int = Field(ge=1990, le=2090)
    last_year: int = Field(ge=1990, le=2090)


class Episodes(Strict):
    """Which records belong to one candidate episode."""

    gap_days: int = Field(ge=0)
    finding_days: int = Field(ge=0)
    exposure_days: int = Field(ge=0)


class Exposure(Strict):
    """How drug exposures become eras and states."""

    persistence_gap_days: int = Field(ge=0)
    course_gap_days: int = Field(ge=0)
    longest_course_days: int = Field(ge=1)
    switch_days: int = Field(ge=0)
    withdrawal_days: int = Field(ge=1)


class Periods(Strict):
    """First and last year of the two periods whose rates are compared."""

    early: list[int] = Field(min_length=2, max_length=2)
    late: list[int] = Field(min_length=2, max_length=2)


class Cohort(Strict):
    """Settings of the cohort arm."""

    engine: Engine
    simulation: CohortSimulation
    exposure: Exposure
    episodes: Episodes
    analyses: list[str] = Field(min_length=1)
    age_bands: LowerBounds
    since_start_days: LowerBounds
    standard: str
    periods: Periods
    bootstraps: int = Field(ge=100)

    @property
    def main_analysis(self) -> str:
        """The time-at-risk setting shown first."""
        return self.analyses[0]


# Inputs that anybody may see case by case: published, or of nobody.
OPEN_TO_ALL = ("faers", "simulated", "simulated_cdm")


class Leaving(Strict):
    """What of the numbers the report shows."""

    build: Literal["auto", "internal", "shareable"]
    smallest_cell: int = Field(ge=0)


def band_names(bounds: list[int]) -> list[str]:
    """The names of bands with these lower bounds: `0-7`, ..., `366+`."""
    return [f"{low}-{high - 1}" for low, high in zip(bounds, bounds[1:], strict=False)] + [f"{bounds[-1]}+"]


class Params(Strict):
    """All settings of a study."""

    inputs: Inputs
    simulation: Simulation
    duplicates: Duplicates
    generations: Generations
    definitions: list[str] = Field(min_length=1)
    main: Main
    agreement: Agreement
    reports: Reports
    cohort: Cohort
    leaving: Leaving
    questions: Questions
    level: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _main_is_counted(self) -> Self:
        if self.main.definition not in self.definitions:
            raise ValueError(f"main.definition {self.main.definition!r} is not among definitions {self.definitions}")
        return self

    def is_internal(self, arm: str) -> bool:
        """Whether the report shows exact numbers of an arm, and its cases."""
        if self.leaving.build == "auto":
            return getattr(self.inputs, arm) in OPEN_TO_ALL
        return self.leaving.build == "internal"

    def smallest_cell(self, arm: str) -> int:
        """Counts of an arm from 1 up to below this are hidden in the report; 0 hides nothing."""
        return 0 if self.is_internal(arm) else self.leaving.smallest_cell


def load_params(path: Path) -> Params:
    """Read `params.yaml`."""
    return load_yaml(path, Params)
