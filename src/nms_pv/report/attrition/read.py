"""Layers 1 to 5 -> what the chapter on attrition shows of each arm."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from nms_pv.report.attrition.arms import cohort_chart, reports_chart
from nms_pv.report.attrition.chart import Box, Step, steps
from nms_pv.report.attrition.flows import Flow, flows
from nms_pv.report.cohort.inputs import CohortInputs
from nms_pv.report.inputs import Inputs
from nms_pv.report.numbers import Row
from nms_pv.report.results import Setting
from nms_pv.spec.params import Params
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.labels import VERDICTS


@dataclass(frozen=True)
class AttritionPart:
    """The attrition of one arm as it may leave the study."""

    arm: str
    flows: list[Flow]
    boxes: list[Box]
    quarantine: list[Row]
    duplicates: list[Row]

    @cached_property
    def steps(self) -> list[Step]:
        """The boxes of the flow diagram, each compared with the next."""
        return steps(self.boxes)

    @property
    def adds_up(self) -> bool:
        """Whether everything that came either stayed or left with a reason, in each step and from box to box."""
        return not any(flow.unaccounted for flow in self.flows) and not any(step.unaccounted for step in self.steps)

    @cached_property
    def files(self) -> dict[str, pl.DataFrame]:
        """The table behind the flow diagram, by file name: one row for each box and reason."""
        columns = ("position", "box", "unit", "n", "reason", "n_left", "unaccounted")
        rows = [
            (position, step.box.title, step.box.unit, step.box.n, reason, n_left, step.unaccounted)
            for position, step in enumerate(self.steps, start=1)
            for reason, n_left in _reasons(step.box)
        ]
        types = dict.fromkeys(columns, pl.Int64) | dict.fromkeys(("box", "unit", "reason"), pl.String)
        return {f"{self.arm}_flow": pl.DataFrame(rows, schema=types, orient="row")}


def _reasons(box: Box) -> Sequence[tuple[str | None, int | None]]:
    """What left after the box; one empty reason, or why there is no number, where nothing did."""
    return box.left or [(box.why_empty or None, None)]


def read_reports_attrition(data: Path, exact: Inputs, inputs: Inputs, params: Params) -> AttritionPart:
    """The attrition of the reports arm, from `inputs` as they may leave the study.

    Raises
    ------
    ContractError
        When the universe or the verdicts are missing, or their columns are not those declared.

    """
    main = params.main
    found = flows(inputs.attrition)
    fates = _fates(data, main.definition)
    counted = inputs.results.one("reports", Setting(main.definition, main.roles, main.duplicates), "all", "all")
    return AttritionPart(
        arm="reports",
        flows=found,
        boxes=reports_chart(
            found,
            _withheld(exact.attrition, found),
            fates.clear() if params.smallest_cell("reports") else fates,
            counted,
            main.definition,
            main.duplicates,
        ),
        quarantine=inputs.quarantine_reasons.rows(named=True),
        duplicates=inputs.duplicates.rows(named=True),
    )


def read_cohort_attrition(exact: CohortInputs, inputs: CohortInputs, params: Params) -> AttritionPart:
    """The attrition of the cohort arm, from `inputs` as they may leave the study."""
    definition, analysis = params.main.definition, params.cohort.main_analysis
    found = flows(inputs.attrition)
    counted = inputs.results.one("incidence_rate", definition, analysis, "antipsychotic", "antipsychotic")
    return AttritionPart(
        arm="cohort",
        flows=found,
        boxes=cohort_chart(found, _withheld(exact.attrition, found), counted, definition, analysis),
        quarantine=inputs.quarantine_reasons.rows(named=True),
        duplicates=[],
    )


def _withheld(exact: pl.DataFrame, found: list[Flow]) -> list[Flow]:
    return [flow for flow in flows(exact) if flow not in found]


def _fates(data: Path, definition: str) -> pl.DataFrame:
    """Columns is_representative, verdict (empty: a report without a finding), n, over the reports of the universe."""
    universe = UNIVERSE.scan(data / "5_exposure" / "universe").select("subject_id", "is_representative")
    verdicts = VERDICTS.scan(data / "4_labels" / "verdicts").filter(pl.col("definition") == definition)
    judged = verdicts.select("subject_id", pl.col("verdict").cast(pl.String))
    return (
        universe.join(judged, on="subject_id", how="left")
        .group_by("is_representative", "verdict")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .sort("is_representative", "verdict")
        .collect(engine="streaming")
    )
