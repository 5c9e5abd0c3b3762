"""The cases of one arm with the sets that its numbers are made of, read from the layers."""

from pathlib import Path

from nms_pv.report.cases.behind import sets_of_episodes, sets_of_reports
from nms_pv.report.cases.embedded import CasesOfArm
from nms_pv.report.cases.read import read_episodes, read_reports
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drug_groups import drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params


def cases_of_arm(data: Path, arm: str, params: Params, drugs: DrugTable, definitions: list[Definition]) -> CasesOfArm:
    """The cases of `reports` or `cohort` that meet a definition of the settings.

    Raises
    ------
    ContractError
        When a layer before has not been run.
    """
    if arm == "cohort":
        episodes = read_episodes(data, params.definitions)
        return CasesOfArm(episodes, sets_of_episodes(episodes))
    reports = read_reports(data, params.definitions)
    return CasesOfArm(reports, sets_of_reports(reports, drug_groups(drugs, params.generations), definitions))
