"""`study/causality.yaml`: items, weights and bands of the Naranjo scale, and what of the evidence can answer each item."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from nms_pv.spec.strict import Strict, load_yaml

AnsweredBy = Literal["previous_reports", "timing", "dechallenge", "rechallenge", "other_causes", "objective_evidence", "nothing"]
Status = Literal["found", "memory"]


class Item(Strict):
    """One item: its points for yes and for no; unknown and not applicable give none."""

    item: str = Field(pattern=r"^q([1-9]|10)$")
    asks: str
    if_yes: int
    if_no: int
    answered_by: AnsweredBy


class Bands(Strict):
    """The lowest score of each band; below possible is doubtful."""

    possible: int
    probable: int
    definite: int


class Naranjo(Strict):
    """The scale."""

    status: Status
    citation: str
    items: list[Item]
    bands: Bands

    @model_validator(mode="after")
    def _ten_items_and_bands_that_rise(self) -> Self:
        if [one.item for one in self.items] != [f"q{n}" for n in range(1, 11)]:
            raise ValueError("items are q1 to q10, each once and in this order")
        if not self.bands.possible < self.bands.probable < self.bands.definite:
            raise ValueError("bands rise from possible to definite")
        return self


class ObjectiveEvidence(Strict):
    """Findings that confirm the event."""

    present: list[str]
    beyond_limit: list[str]


class WhoUmc(Strict):
    """The highest category that a source can support."""

    status: Status
    citation: str
    highest: Literal["possible", "probable", "certain"]


class CausalitySettings(Strict):
    """How the causality of one drug in one subject is judged."""

    naranjo: Naranjo
    previous_reports: list[Literal["antagonist", "depleter", "withdrawal"]]
    other_causes: list[str]
    objective_evidence: ObjectiveEvidence
    who_umc: WhoUmc


def load_causality(study: Path) -> CausalitySettings:
    """Read `study/causality.yaml`.

    Raises
    ------
    StudyError
        When the file is not as declared, an item is missing, or the bands do not rise.

    """
    return load_yaml(study / "causality.yaml", CausalitySettings)
