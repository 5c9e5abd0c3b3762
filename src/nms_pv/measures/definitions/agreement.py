"""patterns of verdicts -> rows of agreement: the 3x3 table of each pair, measures of each pair, alpha of all definitions."""

from itertools import combinations

import numpy as np
import polars as pl

from nms_pv.measures.definitions.alpha import krippendorff_alpha
from nms_pv.measures.definitions.kappa import (
    bias_index,
    kappa,
    observed_agreement,
    pabak,
    positive_agreement,
    prevalence_index,
)
from nms_pv.measures.definitions.patterns import MET, NOT_MET, STATE_OF_VERDICT, Integers, Patterns
from nms_pv.measures.interval import Floats, Interval
from nms_pv.tables.agreement import AGREEMENT, AGREEMENT_OF_ALL, READING, VERDICT_PAIRS

METHOD = {
    "observed_agreement": "(both + neither) / n; Clopper-Pearson interval",
    "kappa": (
        "(observed - expected) / (1 - expected); asymptotic interval (Fleiss, Cohen and Everitt 1969), cut at -1 and 1; none "
        "where its standard error is 0"
    ),
    "pabak": "2 (both + neither) / n - 1; exact, from the Clopper-Pearson interval of the observed agreement",
    "positive_agreement": "2 both / (2 both + only the first + only the second); no interval",
    "prevalence_index": "(both - neither) / n; no interval",
    "bias_index": "(only the first - only the second) / n; no interval",
}
NOBODY = {"met_or_not": "there is no subject", "decided": "no subject has decided verdicts of both"}


def verdict_pairs(patterns: Patterns, pairs: list[tuple[str, str]], unit: str) -> pl.DataFrame:
    """Rows of `measures/verdict_pairs`: all nine cells of each pair, those without subjects too."""
    first, second = _places(patterns, pairs)
    cells = [
        pl.DataFrame({"verdict_a": verdict_a, "verdict_b": verdict_b, "n": together(patterns, state_a, state_b)[first, second]})
        .with_columns(_names(pairs))
        .with_columns(unit=pl.lit(unit))
        for verdict_a, state_a in STATE_OF_VERDICT.items()
        for verdict_b, state_b in STATE_OF_VERDICT.items()
    ]
    return _typed(cells, VERDICT_PAIRS.types)


def agreement(patterns: Patterns, level: float, unit: str) -> pl.DataFrame:
    """Rows of `measures/agreement`: every pair of definitions, both readings, all measures."""
    pairs = list(combinations(sorted(patterns.names), 2))
    return _typed([_of_reading(patterns, pairs, reading, level, unit) for reading in READING], AGREEMENT.types)


def agreement_of_all(patterns: Patterns, level: float, resamples: int, seed: int, unit: str) -> pl.DataFrame:
    """The row of `measures/agreement_of_all`; what is indeterminate is missing."""
    numbers, n = _numbers_of_verdicts(patterns)
    alpha = krippendorff_alpha(numbers, n, level, resamples, seed)
    counted = n[numbers.sum(axis=1) >= 2].sum()
    row = {
        "definitions": ";".join(patterns.names),
        "n": counted,
        "left_out": n.sum() - counted,
        "unit": unit,
        "level": level,
        "method": f"1 - observed / expected disagreement; percentile bootstrap over subjects, {resamples} resamples",
        **alpha._asdict(),
    }
    return _typed([pl.DataFrame(row).with_columns(pl.col("estimate", "low", "high").fill_nan(None))], AGREEMENT_OF_ALL.types)


def together(patterns: Patterns, state_a: int, state_b: int) -> Integers:
    """Subjects with one state on the name of the row and another on that of the column; shape (names, names)."""
    counted = patterns.of_state(state_a).T * patterns.n
    return np.rint(counted @ patterns.of_state(state_b)).astype(np.int64)


def _of_reading(patterns: Patterns, pairs: list[tuple[str, str]], reading: str, level: float, unit: str) -> pl.DataFrame:
    first, second = _places(patterns, pairs)
    read = patterns.read(reading)
    a, b, c, d = (together(read, state_a, state_b)[first, second] for state_a in (MET, NOT_MET) for state_b in (MET, NOT_MET))
    n = a + b + c + d
    counts = pl.DataFrame({"both": a, "only_a": b, "only_b": c, "neither": d, "left_out": patterns.n.sum() - n})
    measured = {
        "observed_agreement": observed_agreement(a, b, c, d, level),
        "kappa": kappa(a, b, c, d, level),
        "pabak": pabak(a, b, c, d, level),
        "positive_agreement": _without_interval(positive_agreement(a, b, c)),
        "prevalence_index": _without_interval(prevalence_index(a, b, c, d)),
        "bias_index": _without_interval(bias_index(a, b, c, d)),
    }
    rows = [
        counts.with_columns(
            *_names(pairs),
            *(pl.Series(name, column).fill_nan(None) for name, column in values._asdict().items()),
            measure=pl.lit(measure),
            method=pl.lit(METHOD[measure]),
        )
        for measure, values in measured.items()
    ]
    return pl.concat(rows).with_columns(
        reading=pl.lit(reading),
        unit=pl.lit(unit),
        level=pl.lit(level),
        undefined_reason=pl.when(pl.col("estimate").is_null()).then(_why_undefined(reading)),
    )


def _why_undefined(reading: str) -> pl.Expr:
    counted = pl.sum_horizontal("both", "only_a", "only_b", "neither")
    return (
        pl.when(counted == 0)
        .then(pl.lit(NOBODY[reading]))
        .when(pl.col("neither") == counted)
        .then(pl.lit("no subject meets either definition"))
        .otherwise(pl.lit("every subject meets both definitions"))
    )


def _numbers_of_verdicts(patterns: Patterns) -> tuple[Integers, Integers]:
    """Numbers of definitions met and not met, each pair of numbers once, and how many subjects have it."""
    numbers = np.column_stack([(patterns.states == state).sum(axis=1) for state in (MET, NOT_MET)])
    distinct, place = np.unique(numbers, axis=0, return_inverse=True)
    n = np.zeros(len(distinct), np.int64)
    np.add.at(n, place, patterns.n)
    return distinct, n


def _places(patterns: Patterns, pairs: list[tuple[str, str]]) -> list[list[int]]:
    return [[patterns.names.index(pair[side]) for pair in pairs] for side in (0, 1)]


def _names(pairs: list[tuple[str, str]]) -> list[pl.Series]:
    return [pl.Series(f"definition_{'ab'[side]}", [pair[side] for pair in pairs], pl.String) for side in (0, 1)]


def _without_interval(values: Floats) -> Interval:
    undefined = np.full(values.shape, np.nan)
    return Interval(values, undefined, undefined)


def _typed(frames: list[pl.DataFrame], types: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.concat(frames).select(pl.col(name).cast(dtype) for name, dtype in types.items())
