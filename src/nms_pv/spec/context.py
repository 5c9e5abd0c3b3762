"""What triggers, treatments and causality are judged by, read together."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.causality import CausalitySettings, load_causality
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.triggers import TriggerSettings, load_triggers


@dataclass(frozen=True)
class Context:
    """The drug table, and the settings of `study/triggers.yaml` and `study/causality.yaml`."""

    drugs: DrugTable
    triggers: TriggerSettings
    causality: CausalitySettings


def load_context(study: Path) -> Context:
    """Read all three from the study folder.

    Raises
    ------
    StudyError
        When one of the files is not as declared.

    """
    return Context(load_drugs(study), load_triggers(study), load_causality(study))
