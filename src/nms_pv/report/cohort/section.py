"""The cohort part of the page: what its sections are given, and the tables beside it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from markupsafe import Markup

from nms_pv.report.cohort.chosen import Chosen, CohortMain, choose
from nms_pv.report.cohort.incidence import incidence_blocks
from nms_pv.report.cohort.inputs import CohortInputs
from nms_pv.report.figures.incidence_forest import incidence_forest
from nms_pv.report.figures.rate_change import change_by_part
from nms_pv.report.figures.rate_years import rate_and_mix_by_year
from nms_pv.report.figures.since_start import by_time_since_start
from nms_pv.report.figures.studies import DrawnStudy
from nms_pv.report.inputs import flat
from nms_pv.report.numbers import Row, is_drawable
from nms_pv.report.results import tidy
from nms_pv.report.style import Look
from nms_pv.report.words import readable
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.measures import MEASURE


@dataclass(frozen=True)
class CohortPart:
    """The cohort arm of one report."""

    inputs: CohortInputs
    params: Params
    drugs: DrugTable
    definitions: list[Definition]
    settings: dict[str, TimeAtRisk]

    @property
    def main(self) -> CohortMain:
        """The setting that is shown first."""
        return CohortMain(self.params.main.definition, self.params.cohort.main_analysis)

    def choose(self) -> Chosen:
        """Pick from the results what is shown."""
        return choose(self.inputs, self.main, self.params, self.drugs, [d.name for d in self.definitions])

    @cached_property
    def files(self) -> dict[str, pl.DataFrame]:
        """The tidy table behind each figure and each table of the cohort part, by file name."""
        inputs, chosen = self.inputs, self.choose()
        return {
            "cohort_generations": tidy(
                row
                for line in chosen.states
                for row in (line.rate, line.proportion, line.standardised, line.ratio, line.adjusted)
            ),
            "cohort_ingredients": tidy(row for _, rows in chosen.ingredients for row in rows),
            "cohort_pooled": tidy(row for row, _ in chosen.pooled),
            "cohort_since_start": tidy(row for _, points in chosen.since_start for _, row in points),
            "cohort_years": tidy([*chosen.years.values(), *chosen.state_years.values()]),
            "cohort_trend": tidy([*chosen.changes, *chosen.trends]),
            "cohort_settings": tidy(row for line in chosen.grid for row in (line.rate, line.proportion)),
            "cohort_published": pl.DataFrame(inputs.published),
            "cohort_snapshot": inputs.snapshot,
            "cohort_attrition": inputs.attrition,
            "cohort_concepts": inputs.concepts,
            "cohort_value_issues": inputs.value_issues,
        }


def shown(part: CohortPart, chosen: Chosen, reports: list[tuple[Look, Row | None]], studies: list[DrawnStudy]) -> dict[str, Any]:
    """What the templates are given.

    Parameters
    ----------
    part, chosen
        The arm, and which of its results are shown.
    reports
        The ratios of the reports arm by generation, none where it has no input.
    studies
        Published proportions.

    """
    params, inputs = part.params, part.inputs
    lines = {line.look.code: line for line in chosen.generations}
    return {
        "simulated": params.inputs.simulated,
        "settings": params.cohort,
        "smallest": params.smallest_cell("cohort"),
        "cohort_main": part.main,
        "chosen": chosen,
        "figures": figures(part, chosen, studies),
        "named": named,
        "time_at_risk": [part.settings[name] for name in params.cohort.analyses],
        "published": inputs.published,
        "snapshot": inputs.snapshot.rows(named=True),
        "concept_sets": _concept_sets(inputs.concepts).rows(named=True),
        "quarantine_reasons": inputs.quarantine_reasons.rows(named=True),
        "issues": inputs.value_issues.rows(named=True),
        "cohort_settings": flat("cohort", params.cohort.model_dump()),
        "measure_meaning": MEASURE,
        "sides": [(look, report, lines[look.code]) for look, report in reports],
    }


def figures(part: CohortPart, chosen: Chosen, studies: list[DrawnStudy]) -> dict[str, list[Markup]]:
    """The figures that have anything to show."""
    simulated, periods = part.params.inputs.simulated, part.params.cohort.periods
    early, late = ("–".join(map(str, years)) for years in (periods.early, periods.late))
    blocks = incidence_blocks(part.inputs.results, part.main, chosen)
    any_since = any(is_drawable(row) for _, points in chosen.since_start for _, row in points)
    any_year = any(is_drawable(row) for row in chosen.years.values())
    return {
        "incidence": [incidence_forest(blocks, studies, simulated=simulated)] if blocks else [],
        "since_start": [by_time_since_start(chosen.since_start, simulated=simulated)] if any_since else [],
        "years": [rate_and_mix_by_year(chosen.years, chosen.state_years, simulated=simulated)] if any_year else [],
        "change": [change_by_part(chosen.changes, early, late, simulated=simulated)] if chosen.changes else [],
    }


def named(rows: list[Row]) -> list[tuple[str, Row]]:
    """Each number with the name of its group."""
    return [(readable(row["group"]), row) for row in rows]


def _concept_sets(concepts: pl.DataFrame) -> pl.DataFrame:
    missing = pl.col("found_by") == "not_found"
    return (
        concepts.group_by("concept_set", "domain")
        .agg(
            (~missing).sum().cast(pl.Int64).alias("concepts"),
            missing.sum().cast(pl.Int64).alias("not_found"),
            records=pl.when(pl.col("records").null_count() == 0).then(pl.col("records").sum()),
        )
        .sort("domain", "concept_set")
    )
