"""Adjusted reporting odds ratio of one group: the regression with a ridge, and Firth's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.measures.adjusted.covariates import ANTIPSYCHOTIC, CO_MEDICATION, REPORT_COVARIATES, has
from nms_pv.measures.interval import Floats
from nms_pv.measures.logistic.firth import firth
from nms_pv.measures.logistic.patterns import Fitted
from nms_pv.measures.logistic.ridge import ridge
from nms_pv.measures.logistic.strength import FEWEST_OF_EACH, cross_validated_strength

OTHER_ANTIPSYCHOTICS = "other antipsychotics"
NO_STRENGTH = "fewer than 2 reports meet the definition: no strength of the ridge can be chosen"


@dataclass(frozen=True)
class Comparison:
    """What a group is compared with, and which co-medication the comparison is adjusted for.

    Among antipsychotics, another antipsychotic is what makes the comparison, so it is no covariate; that there are several
    is, in both groups alike.
    """

    reference: str | None
    flags: Sequence[pl.Expr]

    def of(self, patterns: pl.DataFrame) -> pl.DataFrame:
        """The patterns that belong to the comparison, with one column for each covariate."""
        if self.reference:
            patterns = patterns.filter(pl.col("named") | pl.col("exposed"))
        return patterns.select("exposed", *REPORT_COVARIATES, *self.flags, "cases", "reports")


COMPARISONS = [
    Comparison(None, [has(kind) for kind in CO_MEDICATION]),
    Comparison(OTHER_ANTIPSYCHOTICS, [pl.col("several"), *(has(kind) for kind in CO_MEDICATION if kind != ANTIPSYCHOTIC)]),
]


def covariate_columns(patterns: pl.DataFrame) -> Floats:
    """One column of 0 and 1 for each level of each covariate, and one for each flag (patterns x columns).

    No level is left out as reference: the ridge treats all alike, so that no choice of one moves the estimate.
    """
    levels = patterns.select(REPORT_COVARIATES).to_dummies().to_numpy()
    flags = patterns.select(pl.exclude("exposed", *REPORT_COVARIATES, "cases", "reports")).to_numpy()
    return np.hstack([levels, flags]).astype(np.float64)


def chosen_strength(patterns: pl.DataFrame, strengths: Sequence[float], folds: int, seed: int) -> float | None:
    """The cross-validated strength of the ridge on the covariates alone, without any group; None with too few cases."""
    if patterns["cases"].sum() < FEWEST_OF_EACH:
        return None
    return cross_validated_strength(covariate_columns(patterns), patterns["cases"], patterns["reports"], strengths, folds, seed)


def ridge_odds_ratio(patterns: pl.DataFrame, strength: float, level: float) -> Fitted:
    """Reporting odds ratio of `exposed`, adjusted by a ridge of this strength on the covariates alone (see `ridge`).

    Unit: none (ratio of odds of reporting).
    """
    design = _design(patterns)
    penalty = np.full(design.shape[1], strength)
    penalty[:2] = 0
    return ridge(design, patterns["cases"], patterns["reports"], [1], penalty, level)[0]


def firth_odds_ratio(patterns: pl.DataFrame, level: float) -> Fitted:
    """Reporting odds ratio of `exposed`, adjusted by Firth's regression (see `firth`).

    Unit: none (ratio of odds of reporting).
    """
    return firth(_design(patterns), patterns["cases"], patterns["reports"], [1], level)[0]


def _design(patterns: pl.DataFrame) -> Floats:
    constant = np.ones(patterns.height)
    return np.column_stack([constant, patterns["exposed"].to_numpy().astype(np.float64), covariate_columns(patterns)])
