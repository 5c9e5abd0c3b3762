"""Writes EBGM: the prior of the whole table of drugs and terms, and with it every group of drugs under every definition."""

from pathlib import Path

import polars as pl

from nms_pv.measures.ebgm.counts import Counts, add_up, count_part, observed_and_expected
from nms_pv.measures.ebgm.priors import EXPECTED, PairTables, find_priors, prior_rows, start_rows
from nms_pv.measures.ebgm.results import (
    COLUMN,
    EBGM_MEASURE,
    EXPECTED_MEASURE,
    REPORTS,
    ebgm_frame,
    ebgm_method,
    expected_frame,
    expected_method,
)
from nms_pv.measures.gamma_mixture.score import EBGM_LEVEL
from nms_pv.measures.gamma_mixture.squash import BINS_PER_DECADE
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.drug_groups import Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.tables.ebgm import EBGM_FITS, EBGM_PRIORS
from nms_pv.tables.exposure import PAIR_DRUGS, PAIR_STRATA, PAIR_TERMS, PAIRS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed
from nms_pv.tables.parts import common_parts


def write_ebgm(labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str) -> None:
    """Read `labels/verdicts` and `exposure`; write `ebgm/results`, `ebgm/fits` and `ebgm/prior` below `out`.

    Where no prior can be fitted, every EBGM is empty with that reason, and `ebgm/fits` shows where the starts ended.

    Raises
    ------
    ContractError
        When a definition of `params.definitions` has no verdicts, or a table is missing.

    """
    refuse_not_computed(labels, params.definitions)
    groups, choice = drug_groups(drugs, params.generations), params.reports.ebgm_prior
    parts = common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"))
    counts = add_up([_count(labels, exposure, part, groups, params) for part in parts])
    compared = observed_and_expected(counts, groups, params.definitions).with_columns(
        roles=pl.lit(params.main.roles), duplicates=pl.lit(params.main.duplicates)
    )
    tables = PairTables(
        *(
            table.scan(exposure / f"{name}.parquet").collect()
            for table, name in (
                (PAIRS, "pairs"),
                (PAIR_DRUGS, "pair_drugs"),
                (PAIR_TERMS, "pair_terms"),
                (PAIR_STRATA, "pair_strata"),
            )
        )
    )
    priors = find_priors(tables, choice, BINS_PER_DECADE)
    rows = [
        made
        for kind in EXPECTED
        for made in (
            _rows(expected_frame(compared, COLUMN[kind]), EXPECTED_MEASURE[kind], expected_method(kind), None),
            _rows(
                ebgm_frame(compared, COLUMN[kind], priors[kind]), EBGM_MEASURE[kind], ebgm_method(kind, priors[kind]), EBGM_LEVEL
            ),
        )
    ]
    write_results(pl.concat(rows), out / "ebgm" / "results.parquet", version)
    EBGM_FITS.write(pl.DataFrame(start_rows(priors), schema=EBGM_FITS.types), out / "ebgm" / "fits.parquet")
    EBGM_PRIORS.write(prior_rows(priors, tables.pairs.height, choice), out / "ebgm" / "prior.parquet")


def _rows(frame: pl.DataFrame, measure: str, method: str, level: float | None) -> pl.DataFrame:
    return result_rows(frame, measure, arm="reports", unit=REPORTS, method=method, level=level)


def _count(labels: Path, exposure: Path, part: str, groups: Groups, params: Params) -> Counts:
    verdicts = VERDICTS.scan(labels / "verdicts" / part).filter(pl.col("definition").is_in(params.definitions))
    return count_part(
        UNIVERSE.scan(exposure / "universe" / part).collect(),
        REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
        verdicts.select("subject_id", "definition", "verdict").collect(),
        groups,
        params.main,
    )
