"""What the questions are asked with, from the files of the study."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.measures.onset.published import PublishedOnset, load_published
from nms_pv.spec.controls import Control, load_controls
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.indications import load_indications
from nms_pv.spec.own_control import OwnControl, load_own_control
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.triggers import load_triggers


@dataclass(frozen=True)
class QuestionStudy:
    """Settings, drugs, groups of indications, controls, published times to onset, and windows within persons."""

    params: Params
    drugs: DrugTable
    indications: list[str]
    controls: list[Control]
    onset: list[PublishedOnset]
    own_control: OwnControl
    therapy_gap_days: int


def load_question_study(root: Path) -> QuestionStudy:
    """Read `params.yaml` and the files of `study` below `root`.

    Raises
    ------
    StudyError
        When one of them is not as declared.

    """
    study = root / "study"
    drugs = load_drugs(study)
    return QuestionStudy(
        params=load_params(root / "params.yaml"),
        drugs=drugs,
        indications=list(load_indications(study)),
        controls=load_controls(study, drugs),
        onset=load_published(study),
        own_control=load_own_control(study),
        therapy_gap_days=load_triggers(study).windows.gap_days,
    )
