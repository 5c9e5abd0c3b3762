"""Controls, labels, exposure and reporting odds ratios -> the empirical null, and calibrated p-values and intervals."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from nms_pv.measures.calibration.counts import add_up, count_part
from nms_pv.measures.calibration.null import calibrated_interval, calibrated_p, null_of_counts, null_of_estimates
from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.reports.disproportionality import ror
from nms_pv.measures.reports.main_parts import main_parts
from nms_pv.measures.reports.results import REPORTS
from nms_pv.measures.rows import result_rows, with_interval, write_results
from nms_pv.spec.controls import Control
from nms_pv.spec.params import Main, Params
from nms_pv.tables.exposure import REPORT_CONTROLS, UNIVERSE
from nms_pv.tables.measures import RESULTS, ROLES_COUNTED
from nms_pv.tables.parts import part_names

CALIBRATED_KINDS = ["generation", "chemical_class", "ingredient"]
ALL_CONTROLS, WITH_ESTIMATE = "negative controls", "negative controls with a case"
COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
_CELLS = dict(zip(("a", "n1", "c", "n0"), COUNTS, strict=True))
NULL_OF_COUNTS = "empirical null, maximum likelihood of binomial counts; profile-likelihood interval"
NULL_OF_ESTIMATES = "empirical null, maximum likelihood of normal log estimates; profile-likelihood interval"
METHOD = {
    "control_ror": "a d / (b c); log-normal (Wald) interval",
    "calibrated_p": "two-sided, against the empirical null of all negative controls (counts), taken as known; no interval",
    "calibrated_ror": (
        "ROR / exp(null mean); normal interval with the variance of the empirical null (counts) added; the systematic error is "
        "taken to be the same whatever the true ratio is"
    ),
}


def write_calibration(
    labels: Path, exposure: Path, results: Path, out: Path, controls: Sequence[Control], params: Params, version: str
) -> None:
    """Read labels, exposure and the reporting odds ratios in `results`, write `calibration/results.parquet` below `out`.

    `exposure/report_controls` holds subject_id, name and role of reports that name a control which the drug table does not
    list, in the parts of the universe.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or the main definition has no verdicts.
    """
    names = part_names(UNIVERSE, exposure / "universe")
    parts = zip(names, main_parts(labels, exposure, params.main), strict=True)
    counts = add_up([count_part(part, _named(exposure, name, params.main), controls) for name, part in parts], controls)
    numbers = calibration_numbers(counts, _odds_ratios(results, params.main), params.level)
    setting = {name: pl.lit(getattr(params.main, name)) for name in ("definition", "roles", "duplicates")}
    rows = [
        result_rows(frame.with_columns(**setting), measure, arm="reports", unit=REPORTS, method=pl.col("how"), level=params.level)
        for measure, frame in numbers.items()
    ]
    write_results(pl.concat(rows), out / "calibration" / "results.parquet", version)


def calibration_numbers(controls: pl.DataFrame, odds_ratios: pl.DataFrame, level: float) -> dict[str, pl.DataFrame]:
    """For each measure, its groups with their counts, estimate and limits, or why there is none, and how it was found.

    Parameters
    ----------
    controls
        Columns kind, name, a, n1, c, n0 (`counts.add_up`).
    odds_ratios
        Columns group_kind, group, the four counts and undefined_reason of the reporting odds ratios to be calibrated.
    """
    negative = controls.filter(pl.col("kind") == "negative", pl.col("n1") > 0).rename(_CELLS)
    a, n1, c, n0 = (negative[name].to_numpy() for name in COUNTS)
    null = null_of_counts(a, n1, c, n0, level)
    log_control, control_error = _log_ror(negative)
    known = np.isfinite(log_control)
    crude_null = null_of_estimates(log_control[known], control_error[known], level)
    log_estimate, error = _log_ror(odds_ratios)
    why = pl.coalesce("undefined_reason", pl.lit(null.undefined_reason, pl.String))
    groups = odds_ratios.with_columns(undefined_reason=why)
    p = calibrated_p(log_estimate, error, null)
    parameters = [(ALL_CONTROLS, null, NULL_OF_COUNTS), (WITH_ESTIMATE, crude_null, NULL_OF_ESTIMATES)]
    return {
        "control_ror": _control_rows(controls, level),
        "null_mean": _null_rows([(group, found.mean, found.undefined_reason, how) for group, found, how in parameters]),
        "null_sd": _null_rows([(group, found.spread, found.undefined_reason, how) for group, found, how in parameters]),
        "calibrated_p": _how(with_interval(groups, Interval(p, p * np.nan, p * np.nan)), "calibrated_p"),
        "calibrated_ror": _how(with_interval(groups, calibrated_interval(log_estimate, error, null, level)), "calibrated_ror"),
    }


def _named(exposure: Path, part: str, main: Main) -> pl.DataFrame:
    counted = pl.col("role").cast(pl.String).is_in(ROLES_COUNTED[main.roles])
    return REPORT_CONTROLS.scan(exposure / "report_controls" / part).select("subject_id", "name", counted=counted).collect()


def _odds_ratios(results: Path, main: Main) -> pl.DataFrame:
    setting = [pl.col(name).cast(pl.String) == getattr(main, name) for name in ("definition", "roles", "duplicates")]
    of_groups = pl.col("group_kind").cast(pl.String).is_in(CALIBRATED_KINDS)
    crude = pl.col("reference").is_null() & pl.col("stratum").is_null()
    return (
        RESULTS.scan(results)
        .filter(pl.col("measure") == "ror", of_groups, crude, *setting)
        .select("group_kind", "group", *COUNTS, "undefined_reason")
        .sort("group_kind", "group")
        .collect()
    )


def _log_ror(counts: pl.DataFrame) -> tuple[Floats, Floats]:
    """Logarithm of the odds ratio and its standard error; not a number where a cell is 0."""
    a, n1, c, n0 = (counts[name].to_numpy().astype(np.float64) for name in COUNTS)
    cells = np.array([a, n1 - a, c, n0 - c])
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where((cells > 0).all(axis=0), np.sqrt((1 / cells).sum(axis=0)), np.nan)
        return np.where(np.isnan(error), np.nan, np.log(cells[0] * cells[3] / (cells[1] * cells[2]))), error


def _control_rows(controls: pl.DataFrame, level: float) -> pl.DataFrame:
    a, n1, c, n0 = (controls[name].to_numpy() for name in ("a", "n1", "c", "n0"))
    reason = (
        pl.when(pl.col("n1") == 0)
        .then(pl.lit("no report names the control"))
        .when(pl.col("a") == 0)
        .then(pl.lit("no report of the control meets the definition"))
        .otherwise(pl.lit("a cell of the 2x2 table is empty"))
    )
    frame = controls.select(
        group_kind=pl.col("kind") + "_control",
        group="name",
        numerator="a",
        denominator="n1",
        reference_numerator="c",
        reference_denominator="n0",
        undefined_reason=reason,
    )
    return _how(with_interval(frame, ror(a, n1 - a, c, n0 - c, level)), "control_ror")


def _null_rows(found: Sequence[tuple[str, Interval, str | None, str]]) -> pl.DataFrame:
    rows = [(group, *map(float, interval), reason, how) for group, interval, reason, how in found]
    schema = {"group": pl.String, "estimate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "undefined_reason": pl.String}
    frame = pl.DataFrame(rows, schema={**schema, "how": pl.String}, orient="row")
    return frame.with_columns(pl.col("estimate", "low", "high").fill_nan(None), group_kind=pl.lit("negative_control"))


def _how(frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    return frame.with_columns(how=pl.lit(METHOD[measure]))
