"""labels and exposure -> adjusted reporting odds ratios under the main setting."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from threadpoolctl import threadpool_limits

from nms_pv.measures.adjusted.covariates import YEARS_OF_PERIOD, bits, report_covariates
from nms_pv.measures.adjusted.model import (
    COMPARISONS,
    NO_STRENGTH,
    Comparison,
    chosen_strength,
    firth_odds_ratio,
    ridge_odds_ratio,
)
from nms_pv.measures.adjusted.tally import Tally, add_up, patterns_of, tally_part
from nms_pv.measures.logistic.firth import METHOD as FIRTH_METHOD
from nms_pv.measures.logistic.patterns import Fitted, undefined
from nms_pv.measures.logistic.ridge import METHOD as RIDGE_METHOD
from nms_pv.measures.reports.main_parts import MainPart, main_parts
from nms_pv.measures.reports.results import REPORTS
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.drug_groups import Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.questions import AdjustedSettings

FEWEST_CASES = 3
COVARIATES = f"age band, sex, years of receipt by {YEARS_OF_PERIOD}, reporter, country and co-medication"
RIDGE = "adjusted_ror"
FIRTH = "adjusted_ror_firth"
# Firth's estimate is for few cases and separation; it takes longest.
FEW_CASES = 10
ENOUGH_CASES = f"at least {FEW_CASES} cases on either side: the other adjusted estimate does"
TOO_FEW = f"fewer than {FEWEST_CASES} reports of the group meet the definition"
NO_REFERENCE = "there is no report outside the group"
REGRESSIONS_AT_A_TIME = 2


class _Asked(NamedTuple):
    """One estimate of one group: its address, cells and strength, and the patterns it is made from."""

    about: dict[str, Any]
    patterns: pl.DataFrame


def write_adjusted(
    labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, settings: AdjustedSettings, version: str
) -> None:
    """Read `labels/verdicts` and `exposure`, write `adjusted/results.parquet` below `out`.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or the main definition has no verdicts.
    """
    numbers = adjusted_numbers(labels, exposure, drugs, params, settings)
    write_results(_results(numbers, params.level), out / "adjusted" / "results.parquet", version)


def adjusted_numbers(labels: Path, exposure: Path, drugs: DrugTable, params: Params, settings: AdjustedSettings) -> pl.DataFrame:
    """One row for each group, comparison and measure: its address, the four cells, strength, and the odds ratio or why none."""
    groups = drug_groups(drugs, params.generations)
    wanted = _wanted(groups, drugs)
    tally = add_up([_tally(part, wanted, drugs) for part in main_parts(labels, exposure, params.main)])
    shown = _shown(tally, groups, wanted)
    # In one thread each, so that two regressions at a time keep two cores busy, and the last digits stay the same.
    with threadpool_limits(1), ThreadPoolExecutor(REGRESSIONS_AT_A_TIME) as pool:
        asked = [one for comparison in COMPARISONS for one in _asked(tally, shown, comparison, settings)]
        rows = list(pool.map(lambda one: _answered(one, params.level), asked))
    return (
        pl.DataFrame(rows, infer_schema_length=None)
        .with_columns(pl.col("estimate", "low", "high").fill_nan(None))
        .with_columns(**{name: pl.lit(getattr(params.main, name)) for name in ("definition", "roles", "duplicates")})
    )


def _wanted(groups: Groups, drugs: DrugTable) -> pl.DataFrame:
    """Ingredients of generations, of chemical classes, and antipsychotics by themselves: group_no and ingredient."""
    antipsychotics = [drug.ingredient for drug in drugs.drugs.values() if drug.is_antipsychotic]
    kind = pl.col("group_kind")
    one_antipsychotic = (kind == "ingredient") & pl.col("group").is_in(antipsychotics)
    numbers = groups.names.filter(kind.is_in(["generation", "chemical_class"]) | one_antipsychotic).select("group_no")
    return groups.members.join(numbers, on="group_no").select("group_no", "ingredient").unique()


def _tally(part: MainPart, wanted: pl.DataFrame, drugs: DrugTable) -> Tally:
    covariates = report_covariates(part.reports)
    reports = covariates.join(part.reports.select("subject_id", "is_case"), on="subject_id")
    return tally_part(reports, part.ingredients, wanted, bits(drugs))


def _shown(tally: Tally, groups: Groups, wanted: pl.DataFrame) -> pl.DataFrame:
    """Generations, and the other groups with at least `FEWEST_CASES` cases: group_no, group_kind, group and cases."""
    cases = tally.members.filter("exposed").group_by("group_no").agg(pl.col("cases").sum())
    return (
        groups.names.join(wanted.select("group_no").unique(), on="group_no")
        .join(cases, on="group_no", how="left")
        .with_columns(pl.col("cases").fill_null(0))
        .filter((pl.col("group_kind") == "generation") | (pl.col("cases") >= FEWEST_CASES))
        .sort("group_kind", "group")
    )


def _asked(tally: Tally, shown: pl.DataFrame, comparison: Comparison, settings: AdjustedSettings) -> Iterator[_Asked]:
    """Both estimates of every group in one comparison."""
    everyone = comparison.of(tally.everyone.with_columns(exposed=pl.lit(False)))
    strength = chosen_strength(everyone, settings.strengths, settings.folds, settings.seed)
    for group in shown.iter_rows(named=True):
        patterns = comparison.of(patterns_of(tally, group["group_no"]))
        address = {"group_kind": group["group_kind"], "group": group["group"], "reference": comparison.reference}
        for measure in (RIDGE, FIRTH):
            yield _Asked({**address, **_cells(patterns), "measure": measure, "strength": strength}, patterns)


def _answered(asked: _Asked, level: float) -> dict[str, object]:
    return {**asked.about, **_fit(asked.patterns, asked.about, level)._asdict()}


def _fit(patterns: pl.DataFrame, about: dict[str, Any], level: float) -> Fitted:
    if about["numerator"] < FEWEST_CASES:
        return undefined(TOO_FEW)
    if about["reference_denominator"] == 0:
        return undefined(NO_REFERENCE)
    if about["measure"] == FIRTH:
        few = min(about["numerator"], about["reference_numerator"]) < FEW_CASES
        return firth_odds_ratio(patterns, level) if few else undefined(ENOUGH_CASES)
    return undefined(NO_STRENGTH) if about["strength"] is None else ridge_odds_ratio(patterns, about["strength"], level)


def _cells(patterns: pl.DataFrame) -> dict[str, int]:
    """Cases and reports that name the group, and of the reference."""
    exposed = pl.col("exposed")
    return patterns.select(
        numerator=pl.col("cases").filter(exposed).sum(),
        denominator=pl.col("reports").filter(exposed).sum(),
        reference_numerator=pl.col("cases").filter(~exposed).sum(),
        reference_denominator=pl.col("reports").filter(~exposed).sum(),
    ).row(0, named=True)


def _results(numbers: pl.DataFrame, level: float) -> pl.DataFrame:
    of = pl.lit(f"adjusted for {COVARIATES}")
    chosen = pl.format("strength {} by cross-validation", "strength").fill_null("no strength could be chosen")
    ridge = pl.format("{}; {}; {}", pl.lit(RIDGE_METHOD), of, chosen)
    method = {RIDGE: ridge, FIRTH: pl.format("{}; {}", pl.lit(FIRTH_METHOD), of)}
    return pl.concat(
        result_rows(
            numbers.filter(pl.col("measure") == measure),
            measure,
            arm="reports",
            unit=REPORTS,
            method=method[measure],
            level=level,
        )
        for measure in (RIDGE, FIRTH)
    )
