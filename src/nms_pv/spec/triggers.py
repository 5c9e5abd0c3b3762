"""`study/triggers.yaml`: the windows and words by which a course is trigger, treatment or neither."""

from pathlib import Path

from pydantic import Field

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.strict import Strict, load_yaml

# Ingredients that are a treatment of their own, and the roles of study/drugs.csv that make the others one.
OWN_TREATMENTS = ("dantrolene", "bromocriptine", "amantadine")
TREATMENT_OF_ROLE = {"tx_dopaminergic": "other_dopaminergic", "tx_benzodiazepine": "benzodiazepine"}


class Windows(Strict):
    """How many days lie between a drug and an event that it can have triggered."""

    taken_days: int = Field(ge=0)
    long_acting_days: int = Field(ge=0)
    withdrawal_days: int = Field(ge=0)
    gap_days: int = Field(ge=0)
    stopped_days: int = Field(ge=0)


class Procedure(Strict):
    """A procedure that is found by an element and words of its terms."""

    element: str
    words: list[str] = Field(min_length=1)


class TriggerSettings(Strict):
    """How a course is judged."""

    windows: Windows
    withdrawal_terms: list[str]
    electroconvulsive_therapy: Procedure


def load_triggers(study: Path) -> TriggerSettings:
    """Read `study/triggers.yaml`.

    Raises
    ------
    StudyError
        When the file is not as declared.

    """
    return load_yaml(study / "triggers.yaml", TriggerSettings)


def treatments_of(table: DrugTable) -> dict[str, str]:
    """The treatment that each ingredient is, for those that are one."""
    return {
        drug.ingredient: drug.ingredient if drug.ingredient in OWN_TREATMENTS else TREATMENT_OF_ROLE[role]
        for drug in table.drugs.values()
        for role in drug.roles
        if role in TREATMENT_OF_ROLE or drug.ingredient in OWN_TREATMENTS
    }
