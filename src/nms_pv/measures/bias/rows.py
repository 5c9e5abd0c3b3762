"""Results of both arms -> E-values, and what misclassification could have made of rates, ratios, proportions and counts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.bias.e_value import KIND, e_value
from nms_pv.measures.bias.misclassification import true_proportion, true_rate, true_rate_ratio
from nms_pv.measures.bias.priors import Drawn, Scenario, draw
from nms_pv.measures.interval import Floats
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS
from nms_pv.tables.measures import RESULTS

# Ratios that an E-value is computed of, and what each is; NMS is rare, so odds ratios are taken as ratios of probabilities.
KIND_OF = {
    "rate_ratio": "rate_ratio",
    "adjusted_rate_ratio": "rate_ratio",
    "prr": "rate_ratio",
    "ror": "odds_ratio_rare",
    "ror_stratified": "odds_ratio_rare",
    "ror_conditional": "odds_ratio_rare",
    "adjusted_ror": "odds_ratio_rare",
    "adjusted_ror_firth": "odds_ratio_rare",
    "calibrated_ror": "odds_ratio_rare",
}
ADDRESS = ["arm", "definition", "analysis", "roles", "duplicates", "group_kind", "group", "reference"]
ERRORS = {
    "systematic": "accuracy drawn, counts as they are",
    "total": "accuracy drawn, and counts from what they say of their means (Jeffreys prior; of a count, binomial)",
}
COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
# Draws that differ by less differ by rounding.
NOISE = 1e-9

Random = np.random.Generator


class Corrected(NamedTuple):
    """One number that is corrected: its measure and that of the result, and how draws of it are made.

    `of` takes rows, draws of the accuracy and, for total error, random numbers; it returns shape (rows, draws).
    """

    measure: str
    source: str
    method: str
    of: Callable[[pl.DataFrame, Drawn, Random | None], Floats]


def main_rows(results: pl.DataFrame, definition: str, analysis: str, roles: str, duplicates: str) -> pl.DataFrame:
    """Rows of the main setting, of both arms."""
    is_cohort = (pl.col("arm") == "cohort") & (pl.col("analysis") == analysis)
    is_reports = (pl.col("arm") == "reports") & (pl.col("roles") == roles) & (pl.col("duplicates") == duplicates)
    return results.filter(pl.col("definition") == definition, is_cohort | is_reports).sort("result_id")


def e_value_rows(results: pl.DataFrame) -> pl.DataFrame:
    """E-values of the ratios among the rows of `measures/results`.

    Columns of the address, with `of=<measure>` in the stratum, estimate (E-value of the estimate), low (that of the limit
    nearer to 1), high (empty), undefined_reason, method, level.
    """
    parts = [_e_values(results.filter(pl.col("measure") == measure), measure) for measure in KIND_OF]
    return pl.concat(parts).sort("group_kind", "group", "stratum")


def _e_values(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    kind = KIND_OF[measure]
    ratios = (rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("estimate", "low", "high"))
    ratio, low, high = ratios
    found = e_value(ratio, low, high, kind)
    return rows.select(
        *ADDRESS,
        _stratum(f"of={measure}"),
        "level",
        measure=pl.lit("e_value"),
        estimate=pl.Series(found.estimate).fill_nan(None),
        low=pl.Series(found.limit).fill_nan(None),
        high=pl.lit(None, pl.Float64),
        undefined_reason=pl.col("undefined_reason").fill_null("the ratio is 0: no confounder of finite strength explains it"),
        method=pl.lit(f"R + sqrt(R (R - 1)), low: of the limit nearer to 1; {KIND[kind]}"),
        **{name: pl.lit(None, pl.Int64) for name in COUNTS},
    )


def bias_rows(results: pl.DataFrame, scenario: Scenario, draws: int, seed: int, level: float) -> pl.DataFrame:
    """Numbers under one scenario: median and equal-tailed limits of the draws that are possible.

    Only results that have counts and are not split are taken. Columns as of `e_value_rows`, with
    `scenario=<name>;error=<systematic|total>` in the stratum; and for proportions the share of impossible draws, as rows of the
    measure `impossible_draws`.
    """
    accuracy = draw(scenario, draws, seed)
    # Counts are drawn with other random numbers than the accuracy.
    random = np.random.default_rng([seed, 1])
    whole = results.filter(pl.col("stratum").is_null(), pl.col("estimate").is_not_null())
    parts = [_empty()]
    for corrected in CORRECTED:
        rows = whole.filter(pl.col("measure") == corrected.source)
        for error in ERRORS if not rows.is_empty() else ():
            drawn = corrected.of(rows, accuracy, random if error == "total" else None)
            stratum = f"scenario={scenario.name};error={error}"
            parts.append(_summary(rows, drawn, corrected, stratum, f"{ERRORS[error]}; {draws:,} draws", level))
            if corrected.source == "incidence_proportion":
                parts.append(_impossible(rows, drawn, stratum))
    return pl.concat(parts)


def _summary(rows: pl.DataFrame, drawn: Floats, corrected: Corrected, stratum: str, of_draws: str, level: float) -> pl.DataFrame:
    # The draws of a row with none that is possible are taken as 0, and its numbers then left out.
    some = np.asarray(~np.isnan(drawn).all(axis=1))
    filled = np.where(some[:, None], drawn, 0.0)
    low, estimate, high = np.nanquantile(filled, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=1)
    limits = {"estimate": estimate, "low": low, "high": high}
    frame = rows.select(
        *ADDRESS,
        *COUNTS,
        _stratum(stratum),
        measure=pl.lit(corrected.measure),
        level=pl.lit(level),
        undefined_reason=pl.lit("every draw of the accuracy is impossible with these counts"),
        method=pl.lit(f"{corrected.method}; median and limits of draws; {of_draws}"),
        **{name: pl.Series(np.where(some, values, np.nan)).fill_nan(None) for name, values in limits.items()},
    )
    # Without any spread there is no interval.
    has_spread = pl.col("high") - pl.col("low") > NOISE * pl.col("high")
    return frame.with_columns(pl.when(has_spread).then(name).alias(name) for name in ("low", "high")).select(_empty().columns)


def _impossible(rows: pl.DataFrame, drawn: Floats, stratum: str) -> pl.DataFrame:
    impossible = np.isnan(drawn).sum(axis=1)
    return rows.select(
        *ADDRESS,
        _stratum(stratum),
        numerator=pl.Series(impossible, dtype=pl.Int64),
        denominator=pl.lit(drawn.shape[1], pl.Int64),
        reference_numerator=pl.lit(None, pl.Int64),
        reference_denominator=pl.lit(None, pl.Int64),
        measure=pl.lit("impossible_draws"),
        level=pl.lit(None, pl.Float64),
        estimate=pl.Series(impossible / drawn.shape[1], dtype=pl.Float64),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
        undefined_reason=pl.lit(None, pl.String),
        method=pl.lit("draws of sensitivity and specificity that the counts contradict / draws"),
    ).select(_empty().columns)


def _rates(rows: pl.DataFrame, accuracy: Drawn, random: Random | None) -> Floats:
    return true_rate(_rate(rows, "", accuracy, random), accuracy.sensitivity, accuracy.ppv)


def _ratios(rows: pl.DataFrame, accuracy: Drawn, random: Random | None) -> Floats:
    ratio = _rate(rows, "", accuracy, random) / _rate(rows, "reference_", accuracy, random)
    return true_rate_ratio(ratio, accuracy.sensitivity, accuracy.ppv, accuracy.reference_sensitivity, accuracy.reference_ppv)


def _proportions(rows: pl.DataFrame, accuracy: Drawn, random: Random | None) -> Floats:
    x, n = _column(rows, "numerator"), _column(rows, "denominator")
    share = x / n if random is None else random.beta(x + 0.5, n - x + 0.5, (rows.height, accuracy.ppv.size))
    return true_proportion(share, accuracy.sensitivity, accuracy.specificity)


def _true_reports(rows: pl.DataFrame, accuracy: Drawn, random: Random | None) -> Floats:
    x = _column(rows, "numerator")
    if random is None:
        return x * accuracy.ppv
    return random.binomial(x.astype(np.int64), np.broadcast_to(accuracy.ppv, (rows.height, accuracy.ppv.size))).astype(np.float64)


def _rate(rows: pl.DataFrame, side: str, accuracy: Drawn, random: Random | None) -> Floats:
    """Episodes per 100,000 person-years; with random error, gamma with half an episode more than counted."""
    x, years = _column(rows, f"{side}numerator"), _column(rows, f"{side}denominator") / DAYS_PER_YEAR
    events = x if random is None else random.gamma(x + 0.5, size=(rows.height, accuracy.ppv.size))
    return events / years * PER_PERSON_YEARS


def _column(rows: pl.DataFrame, name: str) -> Floats:
    return rows[name].cast(pl.Float64).to_numpy()[:, None]


def _stratum(text: str) -> pl.Expr:
    return pl.concat_str(pl.lit(text), "stratum", separator=";", ignore_nulls=True).alias("stratum")


def _empty() -> pl.DataFrame:
    names = [*ADDRESS, "stratum", *COUNTS, "measure", "level", "estimate", "low", "high", "undefined_reason", "method"]
    types = {**RESULTS.types, "measure": pl.String(), "method": pl.String()}
    return pl.DataFrame(schema={name: types[name] for name in names})


CORRECTED = (
    Corrected("bias_adjusted_rate", "incidence_rate", "rate PPV / Se", _rates),
    Corrected("bias_adjusted_rate_ratio", "rate_ratio", "ratio (PPV1 / Se1) / (PPV0 / Se0)", _ratios),
    Corrected("bias_adjusted_proportion", "incidence_proportion", "(p - (1 - Sp)) / (Se - (1 - Sp))", _proportions),
    Corrected("ppv_corrected_reports", "reports", "reports that meet the definition x PPV", _true_reports),
)
