"""The chapters of one arm that answer one question each; only numbers that may leave get this far."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.figures.funnel import WARNING
from nms_pv.report.numbers import PERCENT
from nms_pv.report.questions.chosen import MainNumbers
from nms_pv.report.questions.drawn import figures
from nms_pv.report.questions.leaving import curves_to_leave, grid_to_leave, numbers_to_leave, summary_to_leave, zeros_to_leave
from nms_pv.report.questions.panels import PANELS, Matrix
from nms_pv.report.questions.read import Topics
from nms_pv.spec.literature import PublishedProportion
from nms_pv.spec.params import Params
from nms_pv.tables.grid import COMPARATOR, FACTOR
from nms_pv.tables.measures import MEASURE, QUESTION
from nms_pv.tables.why_zero import REASON

SUMMARISED = ("generation", "generation_state")


@dataclass(frozen=True)
class QuestionsPart:
    """The topics of one arm of one report. `exact` never leaves where people are behind it; `rates` are those of the cohort."""

    arm: str
    exact: Topics
    params: Params
    rates: pl.DataFrame
    published: list[PublishedProportion]

    @property
    def _smallest(self) -> int:
        return self.params.smallest_cell(self.arm)

    @property
    def _periods(self) -> dict[str, str]:
        periods = self.params.cohort.periods
        return {era: f"{years[0]}-{years[1]}" for era, years in (("early", periods.early), ("late", periods.late))}

    @cached_property
    def leaving(self) -> Topics:
        """The tables as they may leave the study."""
        exact, smallest = self.exact, self._smallest
        grid = grid_to_leave(exact.grid, self.rates, self._periods, smallest)
        return Topics(
            results=numbers_to_leave(exact.results, self.rates, smallest),
            curves=curves_to_leave(exact.curves, smallest),
            grid=grid,
            grid_summary=summary_to_leave(exact.grid_summary, grid) if smallest else exact.grid_summary,
            zeros=zeros_to_leave(exact.zeros, smallest),
            digests=exact.digests,
        )

    @cached_property
    def numbers(self) -> MainNumbers:
        """The numbers under the main setting, with the rates and ratios that stand beside them."""
        return MainNumbers(pl.concat([self.leaving.results, self.rates_of_arm]), self.arm, self.params)

    @property
    def rates_of_arm(self) -> pl.DataFrame:
        """Rates and ratios of the arm."""
        return self.rates.filter(pl.col("arm") == self.arm)

    @cached_property
    def files(self) -> dict[str, pl.DataFrame]:
        """The tables beside the page, by file name."""
        leaving = self.leaving
        return {
            f"{self.arm}_curves": leaving.curves,
            f"{self.arm}_grid": leaving.grid,
            f"{self.arm}_grid_summary": leaving.grid_summary,
            f"{self.arm}_why_zero": leaving.zeros,
        }

    @cached_property
    def figures(self) -> dict[str, list[Markup]]:
        """Drawings by question, and those of the grid."""
        return figures(self.arm, self.leaving, self.numbers, self.published, self.params)

    def question(self, name: str) -> dict[str, Any]:
        """What the chapter of one question is given."""
        return {
            "name": name,
            "title": QUESTION[name],
            "panels": [self._shown(panel) for panel in PANELS[self.arm][name]],
            "figures": self.figures.get(name, []),
        }

    def _shown(self, panel: Any) -> dict[str, Any]:
        if isinstance(panel, Matrix):
            return {"panel": panel, "lines": self.numbers.lines(panel), "listed": None}
        return {"panel": panel, "lines": None, "listed": self.numbers.listed(panel)}

    def grid_summary(self) -> list[dict[str, Any]]:
        """What the sensitivity grid comes to, generation by generation."""
        return self.leaving.grid_summary.filter(pl.col("group_kind").is_in(SUMMARISED)).sort("group").rows(named=True)

    def zeros(self) -> list[dict[str, Any]]:
        """Why zeros of the main definition are zeros, by reason."""
        main = self.leaving.zeros.filter(pl.col("definition") == self.params.main.definition)
        return (
            main.group_by("reason")
            .agg(zeros=pl.len(), groups=pl.col("group").unique().sort().head(6).str.join(", "), size=pl.col("size").max())
            .sort(["zeros", "reason"], descending=[True, False])
            .rows(named=True)
        )


def render_question(part: QuestionsPart, name: str, environment: Environment) -> Markup:
    """The figures and tables of one question."""
    return Markup(
        environment.get_template("questions/panels.html.j2").render(
            question=part.question(name),
            main=part.params.main,
            smallest=part.params.smallest_cell(part.arm),
            percent=PERCENT,
            funnel_warning=WARNING,
            measure_meaning=MEASURE,
            arm=part.arm,
            simulated=part.params.inputs.simulated,
        )
    )


def render_grid(part: QuestionsPart, environment: Environment) -> Markup:
    """Every combination of choices, and why zeros are zeros."""
    return Markup(
        environment.get_template("questions/grid.html.j2").render(
            grid=part.grid_summary(),
            grid_figures=part.figures["grid"],
            zeros=part.zeros(),
            comparator_meaning=COMPARATOR,
            factor_meaning=FACTOR,
            reason_meaning=REASON,
            arm=part.arm,
            simulated=part.params.inputs.simulated,
        )
    )
