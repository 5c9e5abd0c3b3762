"""patterns of indicators -> rows: accuracy without a gold standard, what speaks against it, and corrected counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from nms_pv.measures.definitions.dependence import Residuals, bivariate_residuals
from nms_pv.measures.definitions.identified import FEWEST_INDICATORS, why_not_fitted, why_not_identified
from nms_pv.measures.definitions.latent_class import ANCHOR, LatentClasses, counts_of, fit, posterior, split
from nms_pv.measures.definitions.latent_class_limits import (
    BY_INFORMATION,
    BY_PROFILE,
    Information,
    Limits,
    information,
    limits,
)
from nms_pv.measures.definitions.misclassification import METHOD, Accuracy, Corrected, rogan_gladen
from nms_pv.measures.definitions.patterns import MET, NOT_MET, UNDECIDED, Integers, Patterns, written
from nms_pv.measures.interval import Floats
from nms_pv.tables.agreement import (
    CLASS_PROBABILITIES,
    CORRECTED_COUNTS,
    LATENT_CLASS,
    LATENT_CLASS_MODELS,
    LATENT_CLASS_PAIRS,
)
from nms_pv.tables.contract import Table

WORDS = {MET: "met", NOT_MET: "not_met", UNDECIDED: "undecided"}
Evidence = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Fitted:
    """What an identified model says."""

    classes: LatentClasses
    information: Information
    limits: Limits
    residuals: Residuals


@dataclass(frozen=True)
class Model:
    """A latent class model of some indicators under one reading; `fitted` is empty where `undefined_reason` is not."""

    name: str
    reading: str
    patterns: Patterns
    level: float
    unit: str
    fitted: Fitted | None
    starts: int
    starts_at_best: int
    log_likelihood: float | None
    undefined_reason: str | None


def model(name: str, reading: str, patterns: Patterns, level: float, seed: int, unit: str) -> Model:
    """Fit one model; no numbers are given unless the patterns determine it."""
    patterns = patterns.read(reading)
    reason = why_not_fitted(patterns)
    if reason is not None:
        return Model(name, reading, patterns, level, unit, None, 0, 0, None, reason)
    classes = fit(patterns, seed)
    found = information(classes)
    reason = why_not_identified(classes, found)
    fitted = None
    if reason is None:
        residuals = bivariate_residuals(classes.counts, classes.parameters)
        fitted = Fitted(classes, found, limits(classes, found, level), residuals)
    reached = (classes.starts, classes.starts_at_best, classes.log_likelihood)
    return Model(name, reading, patterns, level, unit, fitted, *reached, reason)


def model_rows(models: Sequence[Model], evidence: Evidence) -> pl.DataFrame:
    """Rows of `measures/latent_class_models`; `evidence` holds what each indicator rests on."""
    return _rows(LATENT_CLASS_MODELS, [_model_row(m, evidence) for m in models])


def accuracy_rows(models: Sequence[Model]) -> pl.DataFrame:
    """Rows of `measures/latent_class`: sensitivity and specificity of every indicator of every model."""
    return _rows(LATENT_CLASS, [frame for m in models for frame in _accuracy_rows(m)])


def pair_rows(models: Sequence[Model], evidence: Evidence) -> pl.DataFrame:
    """Rows of `measures/latent_class_pairs`: what speaks against independence within the classes, of identified models."""
    return _rows(LATENT_CLASS_PAIRS, [_pair_rows(m, m.fitted.residuals, evidence) for m in models if m.fitted])


def class_probability_rows(models: Sequence[Model]) -> pl.DataFrame:
    """Rows of `measures/class_probabilities`: the probability of class 1 given each pattern, of identified models."""
    frames = [
        pl.DataFrame(
            {
                "model": m.name,
                "reading": m.reading,
                "pattern": written(m.patterns, WORDS),
                "n": m.patterns.n,
                "unit": m.unit,
                "probability": posterior(m.fitted.classes.counts, m.fitted.classes.parameters),
            }
        )
        for m in models
        if m.fitted
    ]
    return _rows(CLASS_PROBABILITIES, frames)


def corrected_rows(models: Sequence[Model], definitions: Sequence[str], evidence: Evidence) -> pl.DataFrame:
    """Rows of `measures/corrected_counts`: every definition of every model, corrected by the accuracy the model gives it."""
    judged = [(m, name) for m in models for name in m.patterns.names if name in definitions]
    return _rows(CORRECTED_COUNTS, [_corrected_row(m, name, evidence) for m, name in judged])


def accuracy_of(fitted: Fitted, indicator: int) -> Accuracy:
    """Sensitivity and specificity of one indicator, with what joins them to its apparent share among the same subjects.

    The covariance is the sum over subjects of the products of influence functions, which is right even where the model is not.
    """
    counts, parameters = fitted.classes.counts, fitted.classes.parameters
    _, met_1, met_0 = split(parameters)
    places = [1 + indicator, 1 + met_1.size + indicator]
    decided, is_met = counts.decided[:, indicator], counts.is_met[:, indicator]
    n = counts.n @ decided
    on_share = decided * (is_met - counts.n @ is_met / n) / n
    # From the logit scale to that of sensitivity and specificity, 1 - share met in class 0.
    slope = np.array([1, -1]) * (parameters * (1 - parameters))[places]
    on_accuracy = (fitted.information.scores @ fitted.information.covariance)[:, places] * slope
    influence = np.column_stack([on_share, on_accuracy])
    return Accuracy(float(met_1[indicator]), float(1 - met_0[indicator]), (influence.T * counts.n) @ influence)


def _model_row(m: Model, evidence: Evidence) -> pl.DataFrame:
    names = m.patterns.names
    parameters = 1 + 2 * len(names)
    row = {
        "model": m.name,
        "reading": m.reading,
        "indicators": ";".join(names),
        "anchor": ANCHOR if ANCHOR in names else names[0],
        "n": m.patterns.n.sum(),
        "unit": m.unit,
        "parameters": parameters,
        "degrees_of_freedom": 2 ** len(names) - 1 - parameters,
        "starts": m.starts,
        "starts_at_best": m.starts_at_best,
        "log_likelihood": m.log_likelihood,
        **_value(m, 0),
        "level": m.level,
        "undefined_reason": m.undefined_reason,
        "independence": _independence(m, evidence),
        "dependent_pairs": m.fitted.residuals.is_dependent.sum() if m.fitted else 0,
        "sharing_pairs": _sharing_pairs(m, evidence),
    }
    return pl.DataFrame(row)


def _independence(m: Model, evidence: Evidence) -> str:
    if m.fitted is None:
        return "not_identified"
    if m.fitted.residuals.is_dependent.any():
        return "refuted"
    if _sharing_pairs(m, evidence) > 0:
        return "shared_evidence"
    return "not_checkable" if len(m.patterns.names) == FEWEST_INDICATORS else "not_refuted"


def _accuracy_rows(m: Model) -> list[pl.DataFrame]:
    indicators = len(m.patterns.names)
    row = {"model": m.name, "reading": m.reading, "level": m.level, "undefined_reason": m.undefined_reason}
    return [
        pl.DataFrame({**row, "indicator": name, "quantity": quantity, **value})
        for j, name in enumerate(m.patterns.names)
        for quantity, value in (
            ("sensitivity", _value(m, 1 + j)),
            ("specificity", _turned(_value(m, 1 + indicators + j))),
        )
    ]


def _value(m: Model, place: int) -> dict[str, object]:
    """Estimate, limits and method of one parameter."""
    if m.fitted is None:
        return {"estimate": None, "low": None, "high": None, "method": BY_INFORMATION}
    of = m.fitted.limits
    values = (array[place] for array in (m.fitted.classes.parameters, of.low, of.high))
    method = BY_PROFILE if of.by_profile[place] else BY_INFORMATION
    return {**dict(zip(("estimate", "low", "high"), values, strict=True)), "method": method}


def _turned(value: dict) -> dict[str, object]:
    """1 - the share, its limits changing places."""
    if value["estimate"] is None:
        return value
    return {**value, "estimate": 1 - value["estimate"], "low": 1 - value["high"], "high": 1 - value["low"]}


def _pair_rows(m: Model, residuals: Residuals, evidence: Evidence) -> pl.DataFrame:
    names = m.patterns.names
    pairs = [(names[i], names[j]) for i, j in residuals.pairs]
    return pl.DataFrame(
        {
            "model": m.name,
            "reading": m.reading,
            "indicator_a": [a for a, _ in pairs],
            "indicator_b": [b for _, b in pairs],
            "n": residuals.n,
            "observed": residuals.observed,
            "expected": residuals.expected,
            "residual": residuals.residual,
            "is_dependent": residuals.is_dependent,
            "shared": [";".join(sorted(_shared(a, b, evidence))) for a, b in pairs],
        }
    )


def _sharing_pairs(m: Model, evidence: Evidence) -> int:
    return sum(bool(_shared(a, b, evidence)) for a, b in combinations(m.patterns.names, 2))


def _shared(first: str, second: str, evidence: Evidence) -> frozenset[str]:
    return evidence.get(first, frozenset({first})) & evidence.get(second, frozenset({second}))


def _corrected_row(m: Model, definition: str, evidence: Evidence) -> pl.DataFrame:
    place = m.patterns.names.index(definition)
    counts = counts_of(m.patterns)
    apparent, n = (_subjects(counts.n, of[:, place]) for of in (counts.is_met, counts.decided))
    if m.fitted is None:
        corrected = Corrected(np.nan, np.nan, np.nan, None, m.undefined_reason)
    else:
        corrected = rogan_gladen(apparent, n, accuracy_of(m.fitted, place), m.level)
    row = {"model": m.name, "reading": m.reading, "definition": definition, "n": n, "apparent": apparent, "unit": m.unit}
    row |= {"level": m.level, "method": METHOD, "independence": _independence(m, evidence)}
    return pl.DataFrame({**row, **corrected._asdict()})


def _subjects(n: Floats | Integers, chosen: Floats) -> int:
    return round(float(n @ chosen))


def _rows(table: Table, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    typed = [frame.select(pl.col(name).cast(dtype) for name, dtype in table.types.items()) for frame in frames]
    filled = pl.concat([table.empty(), *typed])
    return filled.with_columns(pl.col(pl.Float64).fill_nan(None))
