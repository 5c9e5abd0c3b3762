"""Writes the bias analysis of both arms, from their results."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.measures.bias.priors import Scenario, prior_of
from nms_pv.measures.bias.rows import bias_rows, e_value_rows, main_rows
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.params import Params
from nms_pv.spec.questions import BiasSettings
from nms_pv.tables.measures import RESULTS

UNIT = {
    "e_value": "none (ratio of probabilities)",
    "bias_adjusted_rate": "episodes; person-days at risk",
    "bias_adjusted_rate_ratio": "episodes; person-days at risk",
    "bias_adjusted_proportion": "persons with an episode; persons at risk",
    "impossible_draws": "draws of sensitivity and specificity",
    "ppv_corrected_reports": "distinct reports",
}


@dataclass(frozen=True)
class BiasAnalysis:
    """Settings of the bias analysis: what is believed of the definition, and how often it is drawn from that."""

    scenarios: list[Scenario]
    draws: int
    seed: int


def bias_analysis(settings: BiasSettings) -> BiasAnalysis:
    """The analysis that the settings ask for.

    Raises
    ------
    StudyError
        When the numbers of a prior are no distribution.

    """
    scenarios = []
    for name, believed in settings.scenarios.items():
        priors = {of: prior_of(numbers) for of, numbers in believed.model_dump(exclude_none=True).items()}
        scenarios.append(Scenario(name, **priors))
    return BiasAnalysis(scenarios, settings.draws, settings.seed)


def write_bias(results: list[Path], out: Path, analysis: BiasAnalysis, arm: str, params: Params, version: str) -> None:
    """Read the results of one arm, write `bias/results.parquet` below `out`."""
    rows = pl.concat([RESULTS.scan(path).collect() for path in results])
    found = bias_results(rows.filter(pl.col("arm") == arm), analysis, params)
    write_results(found, out / "bias" / "results.parquet", version)


def bias_results(results: pl.DataFrame, analysis: BiasAnalysis, params: Params) -> pl.DataFrame:
    """Rows of `measures/results` on the main setting, but for the data version."""
    main = params.main
    chosen = main_rows(results, main.definition, params.cohort.main_analysis, main.roles, main.duplicates)
    under = [bias_rows(chosen, scenario, analysis.draws, analysis.seed, params.level) for scenario in analysis.scenarios]
    found = pl.concat([e_value_rows(chosen), *under], how="diagonal_relaxed")
    rows = [RESULTS.empty()]
    for (measure, arm, level), part in sorted(found.partition_by("measure", "arm", "level", as_dict=True).items(), key=str):
        address = {"arm": str(arm), "unit": UNIT[str(measure)], "level": level}
        rows.append(result_rows(part, str(measure), method=pl.col("method"), **address))
    return pl.concat(rows)
