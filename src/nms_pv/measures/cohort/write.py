"""Writes layer 6 of the cohort arm: person-time -> results, with those marked that may not leave the study."""

from pathlib import Path

import polars as pl

from nms_pv.measures.cohort.compared import adjusted_results, cells_of_age_sex_year, crude_results, pairs
from nms_pv.measures.cohort.families import sums_of_groups
from nms_pv.measures.cohort.made_of import made_of
from nms_pv.measures.cohort.results import margins, period_margins, proportion_results, rate_results
from nms_pv.measures.cohort.standard import pooled_results, standardised_results
from nms_pv.measures.cohort.suppression import suppress
from nms_pv.measures.cohort.trend import annual_results, change_results
from nms_pv.measures.rows import write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.standards import Standards, band_weights
from nms_pv.spec.time_at_risk import TimeAtRisk
from nms_pv.tables.contract import ContractError
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import PERSON_TIME

ALWAYS_SHOWN = ["antipsychotic", "formulation", "generation", "generation_state"]


def write_cohort_measures(
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    params: Params,
    settings: dict[str, TimeAtRisk],
    standards: Standards,
    version: str,
) -> None:
    """Read `person_time.parquet` below `exposure`, write `results.parquet` below `out`, computed from the data `version`.

    Raises
    ------
    StudyError
        When the standard population is unknown or does not fit into the age bands.
    ContractError
        When person-time has a setting of time at risk that study/time_at_risk does not have.

    """
    person_time = PERSON_TIME.scan(exposure / "person_time.parquet").collect()
    unknown = sorted(set(person_time["analysis"].unique()) - set(settings))
    if unknown:
        raise ContractError(
            f"{PERSON_TIME.name}: column 'analysis' holds {unknown}; study/time_at_risk has {sorted(settings)}. Run `dvc repro`"
        )
    write_results(cohort_results(person_time, drugs, params, settings, standards), out / "results.parquet", version)


def cohort_results(
    person_time: pl.DataFrame, drugs: DrugTable, params: Params, settings: dict[str, TimeAtRisk], standards: Standards
) -> pl.DataFrame:
    """Rows of `measures/results`: every margin under every setting, and what is compared under the main one."""
    weights = band_weights(standards, params.cohort.standard, params.cohort.age_bands)
    sums = sums_of_groups(drugs, params.generations)
    person_time = _exposed(person_time).with_columns(pl.col("group_kind").cast(RESULTS.types["group_kind"]))
    counts = margins(person_time)
    periods = params.cohort.periods
    by_period = period_margins(counts, periods)
    by_time = pl.concat([counts, by_period], how="diagonal")
    direct = pl.concat([rate_results(by_time, settings, params.level), proportion_results(counts, params.level)])
    is_main = pl.col("analysis") == params.cohort.main_analysis
    main = counts.filter(is_main)
    overall = main.filter(pl.col("stratum").is_null()).drop("stratum")
    cells = cells_of_age_sex_year(person_time.filter(is_main))
    compared = pairs(overall, drugs)
    derived = pl.concat(
        [
            crude_results(compared, params.level),
            adjusted_results(compared, cells, params.level),
            standardised_results(main, weights, params.cohort.standard, params.level),
            annual_results(cells, params.level),
            change_results(main, periods, params.level, params.cohort.bootstraps),
            pooled_results(overall, sums, params.level),
        ]
    )
    parts = made_of(derived, direct, sums)
    return suppress(pl.concat([direct, derived]), parts, sums, params.leaving.smallest_cell)


def _exposed(person_time: pl.DataFrame) -> pl.DataFrame:
    """Without the listed drugs and classes that nobody took under any setting; the wider groups always stay."""
    group = ["group_kind", "group"]
    taken = person_time.filter(pl.col("person_days") > 0).select(group).unique()
    wider = person_time.filter(pl.col("group_kind").is_in(ALWAYS_SHOWN)).select(group).unique()
    return person_time.join(pl.concat([taken, wider]).unique(), on=group, how="semi")
