"""The chapters of the page in order, each with a part for each arm that has an input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.attrition.read import AttritionPart
from nms_pv.report.attrition.section import render_attrition
from nms_pv.report.baseline.read import BaselinePart
from nms_pv.report.baseline.section import render_baseline
from nms_pv.report.definitions.section import DefinitionsPart, render_definitions
from nms_pv.report.quality.section import QualityPart, render_quality
from nms_pv.report.questions.panels import PANELS
from nms_pv.report.questions.section import QuestionsPart, render_grid, render_question
from nms_pv.spec.params import Params
from nms_pv.tables.measures import QUESTION

TITLES = {
    **QUESTION,
    "sensitivity": "Every other choice",
    "definitions": "What counts as a case",
    "attrition": "Who is counted, and who left",
    "quality": "The quality of the data",
    "limitations": "Limitations",
}
ARM_TITLES = {"cohort": "In people under observation", "reports": "In individual case reports"}
# Templates of an arm's own, `<arm>/<chapter>.html.j2`.
OWN = {
    "reports": ("how_often", "falling", "which_drugs", "course", "sensitivity", "quality", "limitations"),
    "cohort": ("how_often", "falling", "which_drugs", "when", "sensitivity", "quality", "limitations"),
}


@dataclass(frozen=True)
class Arm:
    """One arm: its templates escape and clean as it needs, and are given `shown`."""

    name: str
    environment: Environment
    shown: dict[str, Any]
    params: Params
    definitions: DefinitionsPart
    questions: QuestionsPart
    attrition: AttritionPart
    baseline: BaselinePart
    quality: QualityPart

    def part(self, chapter: str) -> Markup:
        """What the arm has to say in a chapter."""
        return Markup("\n").join(self._pieces(chapter))

    def _pieces(self, chapter: str) -> Iterator[Markup]:
        if chapter == "attrition":
            yield render_attrition(self.attrition, self.params, self.environment)
            yield render_baseline(self.baseline, self.environment)
        if chapter == "quality":
            yield render_quality(self.quality, self.environment)
        if chapter in OWN[self.name]:
            yield Markup(self.environment.get_template(f"{self.name}/{chapter}.html.j2").render(self.shown))
        if chapter in PANELS[self.name]:
            yield render_question(self.questions, chapter, self.environment)
        if chapter == "sensitivity":
            yield render_grid(self.questions, self.environment)
        if chapter == "definitions":
            yield render_definitions(self.definitions, self.environment)


@dataclass(frozen=True)
class Chapter:
    """A chapter: its name, its title, and the part of each arm that has something to say."""

    name: str
    title: str
    parts: list[tuple[str, str, Markup]]


def chapters(arms: list[Arm]) -> list[Chapter]:
    """All chapters, in order; figures are numbered as they are made, so each is made once."""
    return [
        Chapter(
            name,
            title,
            [(arm.name, ARM_TITLES[arm.name], body) for arm in arms for body in [arm.part(name)] if body],
        )
        for name, title in TITLES.items()
    ]
