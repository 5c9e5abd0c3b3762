"""The cases of one arm with the sets that its numbers are made of, read from the layers."""

from pathlib import Path

from nms_pv.report.cases.behind_episodes import sets_of_episodes
from nms_pv.report.cases.behind_reports import sets_of_reports
from nms_pv.report.cases.documented import elements_of
from nms_pv.report.cases.embedded import CasesOfArm
from nms_pv.report.cases.read import observed_until, read_episodes, read_reports, read_treatments
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params


def cases_of_arm(data: Path, arm: str, params: Params, drugs: DrugTable, definitions: list[Definition]) -> CasesOfArm:
    """The cases of `reports` or `cohort` that meet a definition of the settings.

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    elements = elements_of(definitions, params.questions.presentation.elements)
    if arm == "cohort":
        episodes = read_episodes(data, params.definitions)
        observed = observed_until(data / "5_exposure" / "cohort", episodes)
        treatments = read_treatments(data / "4_labels" / "cohort", episodes)
        return CasesOfArm(episodes, sets_of_episodes(episodes, observed, treatments, drugs, params, elements))
    reports = read_reports(data, params.definitions)
    treatments = read_treatments(data / "4_labels", reports)
    return CasesOfArm(reports, sets_of_reports(reports, treatments, drugs, params.generations, elements))
