"""`params.yaml`: the settings of a study."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from nms_pv.spec.strict import Strict, load_yaml

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


class Params(Strict):
    """All settings of a study."""

    input: Literal["simulated", "faers"]
    simulation: Simulation
    duplicates: Duplicates
    generations: Generations
    main: Main
    level: float = Field(gt=0, lt=1)


def load_params(path: Path) -> Params:
    """Read `params.yaml`."""
    return load_yaml(path, Params)
