"""Writes layer 6: reads labels and exposure one part after the other, and keeps only tallies."""

from pathlib import Path

import polars as pl

from nms_pv.measures.reports.counting import count_grid, count_outcomes, count_years
from nms_pv.measures.reports.results import grid_results, outcome_results, year_results
from nms_pv.measures.reports.tally import Tally, add_up, tally_part
from nms_pv.measures.rows import write_results
from nms_pv.spec.drug_groups import Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed
from nms_pv.tables.parts import common_parts


def write_measures(labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str) -> None:
    """Read `labels/verdicts` and `exposure`, write `results.parquet` below `out`, computed from the data `version`.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    groups = drug_groups(drugs, params.generations)
    parts = common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"))
    tally = add_up([_tally(labels, exposure, part, groups, params.definitions) for part in parts])
    results = [
        grid_results(count_grid(tally, groups), params.level),
        year_results(count_years(tally, groups, params.main), params.level),
        outcome_results(count_outcomes(tally, groups, params.main), params.level),
    ]
    write_results(pl.concat(results), out / "results.parquet", version)


def _tally(labels: Path, exposure: Path, part: str, groups: Groups, definitions: list[str]) -> Tally:
    return tally_part(
        UNIVERSE.scan(exposure / "universe" / part).collect(),
        REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
        VERDICTS.scan(labels / "verdicts" / part)
        .filter(pl.col("definition").is_in(definitions))
        .select("subject_id", "definition", "verdict")
        .collect(),
        groups,
    )
