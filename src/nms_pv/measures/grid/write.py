"""Writes the sensitivity grid of both arms, and what it comes to."""

from pathlib import Path

import polars as pl

from nms_pv.measures.grid import cohort, reports
from nms_pv.measures.grid.estimates import cohort_rows, report_rows, shown_groups
from nms_pv.measures.grid.groups import antipsychotic_groups, antipsychotics
from nms_pv.measures.grid.summary import summary_rows
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.grid import GRID, GRID_FACTORS, GRID_SUMMARY
from nms_pv.tables.labels import VERDICTS, refuse_not_computed, scan_met
from nms_pv.tables.parts import common_parts
from nms_pv.tables.person_time import PERSON_TIME


def write_report_grid(labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str) -> None:
    """Read `labels/verdicts` and `exposure`, write the tables of the grid below `out/grid`.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    groups = antipsychotic_groups(drugs, params.generations)
    tallies = [
        reports.tally_part(
            UNIVERSE.scan(exposure / "universe" / part).select("subject_id", "is_representative", "quarter").collect(),
            REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
            scan_met(labels / "verdicts" / part, params.definitions).collect(),
            groups,
        )
        for part in common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"))
    ]
    cells = reports.specifications(reports.add_up(tallies), groups, params.definitions)
    _write(report_rows(cells, params.main, params.level), out, version)


def write_cohort_grid(exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str) -> None:
    """Read `person_time.parquet` below `exposure`, write the tables of the grid below `out/grid`."""
    person_time = PERSON_TIME.scan(exposure / "person_time.parquet").collect()
    cells = cohort.specifications(person_time, antipsychotics(drugs), params.cohort.periods)
    _write(cohort_rows(cells, params.main.definition, params.cohort.main_analysis, params.level), out, version)


def _write(grid: pl.DataFrame, out: Path, version: str) -> None:
    shown = shown_groups(grid)
    summary, factors = summary_rows(shown)
    GRID.write(shown.with_columns(data_version=pl.lit(version)), out / "grid" / "grid.parquet")
    GRID_SUMMARY.write(summary, out / "grid" / "grid_summary.parquet")
    GRID_FACTORS.write(factors, out / "grid" / "grid_factors.parquet")
