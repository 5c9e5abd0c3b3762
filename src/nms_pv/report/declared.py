"""What the study declares, as far as the report says it."""

from dataclasses import dataclass

from nms_pv.report.results import Setting
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.source import FaersSpec


@dataclass(frozen=True)
class Study:
    """Settings, drugs, the source of reports, and definitions."""

    params: Params
    drugs: DrugTable
    faers: FaersSpec
    definitions: list[Definition]
    differential: list[Definition]

    @property
    def main(self) -> Setting:
        """The setting that is shown first."""
        return Setting(self.params.main.definition, self.params.main.roles, self.params.main.duplicates)

    @property
    def definitions_main_first(self) -> list[Definition]:
        """The definitions as declared, but for the main one, which leads; then those of something else."""
        return [*sorted(self.definitions, key=lambda d: d.name != self.main.definition), *self.differential]

    @property
    def simulated(self) -> bool:
        """Whether the input is simulated."""
        return self.params.inputs.simulated

    @property
    def has_reports(self) -> bool:
        """Whether the reports arm has an input."""
        return "reports" in self.arms

    @property
    def arms(self) -> list[str]:
        """The arms that have an input, that with a denominator of people first."""
        given = {"cohort": self.params.inputs.cohort, "reports": self.params.inputs.reports}
        return [arm for arm, kind in given.items() if kind != "none"]
