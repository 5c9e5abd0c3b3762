"""Logistic regression with a ridge on the nuisance coefficients, and none on those of interest."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from nms_pv.measures.interval import Counts, Floats
from nms_pv.measures.logistic.climb import Likelihood, Slope, fitted
from nms_pv.measures.logistic.patterns import (
    COLLINEAR,
    Fitted,
    Patterns,
    identified,
    patterns,
    separated,
    undefined,
    why_no_fit,
)

METHOD = "logistic regression, ridge (L2) on the covariates and none on the group; profile-likelihood interval"
SEPARATED = "no finite estimate: all cases lie on one side of the comparison (separation); Firth's estimate is finite"


def ridge(
    design: Floats, successes: Counts, trials: Counts, columns: Sequence[int], penalty: Floats, level: float
) -> list[Fitted]:
    """Odds ratios of some columns by logistic regression of grouped data, other coefficients drawn towards 0.

    Parameters
    ----------
    design
        Covariates, the constant among them (patterns x columns). Patterns may repeat, penalised columns may be collinear.
    successes, trials
        Subjects with the outcome, and all subjects, one per pattern. Unit: subjects.
    columns
        Numbers of the columns whose odds ratios are wanted; their penalty is 0.
    penalty
        Strength of the penalty on each column: 0 for the constant and for `columns`. A strength s is what a normal prior with
        standard deviation ``1 / sqrt(s)`` on the logarithm of the odds ratio amounts to, and 1 / C of scikit-learn.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    list of Fitted
        ``exp(beta_j)`` for each of `columns`, beta the maximum of ``l(beta) - sum(penalty_k beta_k^2) / 2``, with l the
        binomial log-likelihood. Limits are where twice that falls below its maximum by the quantile of chi-squared with 1
        degree of freedom, all other coefficients refitted. Unit: none (odds ratio per unit of the column).

    Notes
    -----
    Undefined when nobody, or everybody, has the outcome, when the column lies in the span of the others, when the columns
    without penalty are separated, and when the fit does not converge.

    A coefficient that is itself penalised has no honest interval: the penalty moves it and narrows its curvature together.
    These are not penalised. What the penalty keeps out of the nuisance coefficients stays as confounding: the estimate lies
    between the crude and the fully adjusted one, nearer to the latter the more cases there are.

    Raises
    ------
    ValueError
        When shapes do not fit, a count is negative or larger than its trials, or one of `columns` is penalised.

    References
    ----------
    le Cessie S, van Houwelingen JC. Appl Stat 1992;41:191-201. doi:10.2307/2347628 (memory: to be verified)
    """
    data = patterns(design, successes, trials)
    if (penalty[list(columns)] != 0).any():
        raise ValueError("columns of interest must not be penalised: a penalised estimate has no honest interval")
    reason = why_no_fit(data)
    if reason:
        return [undefined(reason) for _ in columns]
    if not identified(data.design, columns).all():
        return [undefined(COLLINEAR) for _ in columns]
    if _is_separated(data, penalty == 0):
        return [undefined(SEPARATED) for _ in columns]
    order = [*columns, *(column for column in range(penalty.size) if column not in columns)]
    return fitted(_likelihood(data._replace(design=data.design[:, order]), penalty[order]), len(order), len(columns), level)


def _is_separated(data: Patterns, free: Floats) -> bool:
    """Whether the columns without penalty, alone, have no finite maximum; then the penalised likelihood has none either."""
    rows, position = np.unique(data.design[:, free], axis=0, return_inverse=True)
    successes, trials = (np.bincount(position.ravel(), weights=counts) for counts in (data.successes, data.trials))
    return bool(separated(rows, successes, trials, range(rows.shape[1])).any())


def _likelihood(data: Patterns, penalty: Floats) -> Likelihood:
    x, y, n = data

    def at(coefficients: Floats) -> Slope:
        linear = x @ coefficients
        p = expit(linear)
        information = x.T @ ((n * p * expit(-linear))[:, None] * x) + np.diag(penalty)
        value = (y * linear - n * np.logaddexp(0, linear)).sum() - (penalty * coefficients**2).sum() / 2
        return Slope(coefficients, float(value), x.T @ (y - n * p) - penalty * coefficients, information)

    return at
