"""What the questions are asked with, from the files of the study."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.measures.onset.published import PublishedOnset, load_published
from nms_pv.measures.presentation.published import PublishedOrder, load_published_order
from nms_pv.measures.presentation.write import Asked
from nms_pv.spec.controls import Control, load_controls
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.exposure_volumes import ExposureVolume, load_exposure_volumes
from nms_pv.spec.indications import load_indications
from nms_pv.spec.own_control import OwnControl, load_own_control
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.triggers import load_triggers


@dataclass(frozen=True)
class QuestionStudy:
    """Settings, drugs, groups of indications, controls, published times, windows within persons, volumes of use."""

    params: Params
    drugs: DrugTable
    indications: list[str]
    controls: list[Control]
    onset: list[PublishedOnset]
    own_control: OwnControl
    volumes: list[ExposureVolume]
    presentation: Asked
    order_of_signs: list[PublishedOrder]
    therapy_gap_days: int


def load_question_study(root: Path) -> QuestionStudy:
    """Read `params.yaml` and the files of `study` below `root`.

    Raises
    ------
    StudyError
        When one of them is not as declared.

    """
    study = root / "study"
    drugs, params = load_drugs(study), load_params(root / "params.yaml")
    definitions = [*load_definitions(study), *load_differential(study)]
    elements = sorted({term.element for term in load_elements(study)})
    return QuestionStudy(
        params=params,
        drugs=drugs,
        indications=list(load_indications(study)),
        controls=load_controls(study, drugs),
        onset=load_published(study),
        own_control=load_own_control(study),
        volumes=load_exposure_volumes(study, drugs),
        presentation=Asked(definitions, elements, params),
        order_of_signs=load_published_order(study),
        therapy_gap_days=load_triggers(study).windows.gap_days,
    )
