"""Everything of the study that subjects are judged by, read together."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.adjudications import Adjudication, load_adjudications
from nms_pv.spec.context import Context, load_context
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.meddra import ABSENT, has_meddra


@dataclass(frozen=True)
class LabelStudy:
    """The definitions that are computed, those that are not with the reason, and what else a subject is judged by."""

    definitions: list[Definition]
    differential: list[Definition]
    left_out: dict[str, str]
    context: Context
    adjudications: list[Adjudication]

    @property
    def computed(self) -> list[Definition]:
        """The case definitions that are computed."""
        return [definition for definition in self.definitions if definition.name not in self.left_out]


def load_label_study(study: Path, arm: str) -> LabelStudy:
    """Read it all for one arm.

    Raises
    ------
    StudyError
        When one of the files is not as declared.

    """
    definitions = load_definitions(study)
    return LabelStudy(
        definitions, load_differential(study), left_out(definitions, study, arm), load_context(study), load_adjudications(study)
    )


def left_out(definitions: list[Definition], study: Path, arm: str) -> dict[str, str]:
    """Why definitions are not computed in this arm of this study, by their names."""
    reasons = {d.name: d.not_in[arm] for d in definitions if arm in d.not_in}
    needing = [] if has_meddra(study) else [d.name for d in definitions if d.needs == "meddra"]
    return dict.fromkeys(needing, ABSENT) | reasons
