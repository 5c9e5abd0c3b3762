"""The chapter of one arm on the quality of its data, and the table beside it; only numbers that may leave get this far."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

from nms_pv.report.figures.quality import MOST_PERIODS, checks_by_period
from nms_pv.report.numbers import Row
from nms_pv.report.quality import chosen
from nms_pv.report.quality.leaving import to_leave
from nms_pv.report.quality.read import Exact
from nms_pv.report.rounding import SmallCells
from nms_pv.spec.params import Params
from nms_pv.tables.quality import CHECKS, DIMENSION

FILE = {"reports": "quality", "cohort": "cohort_quality"}


@dataclass(frozen=True)
class QualityPart:
    """The quality of the data of one arm of one report."""

    arm: str
    exact: Exact
    params: Params

    @cached_property
    def cells(self) -> SmallCells:
        """How numbers leave."""
        return SmallCells(self.params.smallest_cell(self.arm))

    @cached_property
    def leaving(self) -> pl.DataFrame:
        """The checks as they may leave the study."""
        return to_leave(self.exact.quality, self.cells)

    @cached_property
    def rows(self) -> list[Row]:
        """The same, row by row."""
        return self.leaving.rows(named=True)

    @property
    def files(self) -> dict[str, pl.DataFrame]:
        """The table beside the page, by file name."""
        return {FILE[self.arm]: self.leaving}

    def dimensions(self) -> list[dict[str, Any]]:
        """What each of the four headings is given."""
        return [
            {
                "name": name,
                "meaning": meaning,
                "matrix": chosen.matrix(self.rows, self.arm, name),
                "once": chosen.without_period(self.rows, self.arm, name),
            }
            for name, meaning in DIMENSION.items()
        ]

    def figure(self) -> list[Markup]:
        """The heat grid of the shares, where any is made for each period."""
        found = [(name, chosen.matrix(self.rows, self.arm, name)) for name in DIMENSION]
        shares = [(name, _shares(one)) for name, one in found]
        drawn = [(name, one) for name, one in shares if one.columns]
        return [checks_by_period(drawn, self.arm, simulated=self.params.inputs.simulated)] if drawn else []


def _shares(found: chosen.Matrix) -> chosen.Matrix:
    """The columns of shares, and the last periods that fit into a drawing."""
    kept = [place for place, column in enumerate(found.columns) if column.check.statistic == "share"]
    lines = [(period, [cells[place] for place in kept]) for period, cells in found.lines[-MOST_PERIODS:]]
    return chosen.Matrix([found.columns[place] for place in kept], lines, [])


def render_sources(environment: Environment) -> Markup:
    """Where the headings of the chapter come from, once for both arms."""
    return Markup(environment.get_template("quality/sources.html.j2").render())


def render_quality(part: QualityPart, environment: Environment) -> Markup:
    """What one arm has to say in the chapter."""
    return Markup(
        environment.get_template("quality/arm.html.j2").render(
            arm=part.arm,
            cells=part.cells,
            simulated=part.params.inputs.simulated,
            file=FILE[part.arm],
            rows=part.rows,
            standing_out=chosen.standing_out(part.rows, part.arm),
            not_loaded=chosen.not_loaded(part.rows),
            falls=chosen.sudden_falls(part.rows, part.arm),
            fewest=chosen.FEWEST,
            fall=round(100 * chosen.FALL),
            figures=part.figure(),
            most_periods=MOST_PERIODS,
            dimensions=part.dimensions(),
            elements=chosen.elements(part.leaving).rows(named=True),
            checks=CHECKS[part.arm],
            value=chosen.value,
        )
    )
