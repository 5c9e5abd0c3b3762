"""Firth's logistic regression: finite odds ratios where one side has no event, and less bias with few."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.special import expit

from nms_pv.measures.interval import Counts, Floats
from nms_pv.measures.logistic.climb import Likelihood, Slope, fitted
from nms_pv.measures.logistic.patterns import (
    COLLINEAR,
    Fitted,
    Patterns,
    identified,
    independent,
    patterns,
    undefined,
    why_no_fit,
)

METHOD = "Firth's penalised-likelihood logistic regression; profile penalised-likelihood interval"


def firth(design: Floats, successes: Counts, trials: Counts, columns: Sequence[int], level: float) -> list[Fitted]:
    """Odds ratios of some columns by Firth's logistic regression of grouped data.

    Parameters
    ----------
    design
        Covariates, the constant among them (patterns x columns). Patterns may repeat.
    successes, trials
        Subjects with the outcome, and all subjects, one per pattern. Unit: subjects.
    columns
        Numbers of the columns whose odds ratios are wanted.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    list of Fitted
        ``exp(beta_j)`` for each of `columns`, beta the maximum of ``l(beta) + log(det(I(beta))) / 2``, with l the binomial
        log-likelihood and I its information. Limits are where twice that falls below its maximum by the quantile of
        chi-squared with 1 degree of freedom, all other coefficients refitted. Unit: none (odds ratio per unit of the column).

    Notes
    -----
    Undefined when nobody, or everybody, has the outcome, when the column lies in the span of the others, and when the fit
    does not converge. Other columns that are collinear are left out: the maximum does not depend on which.

    Finite where the likelihood without the penalty has no maximum (`patterns.separated` tells). With an unbalanced outcome
    the predicted probabilities are drawn towards one half; odds ratios are not affected in that way.

    Raises
    ------
    ValueError
        When shapes do not fit, or a count is negative or larger than its trials.

    References
    ----------
    Firth D. Biometrika 1993;80:27-38. doi:10.1093/biomet/80.1.27. Heinze G, Schemper M. Stat Med 2002;21:2409-19.
    doi:10.1002/sim.1047 (memory: to be verified)
    """
    data = patterns(design, successes, trials)
    reason = why_no_fit(data)
    if reason:
        return [undefined(reason) for _ in columns]
    known = identified(data.design, columns)
    wanted = [column for column, is_known in zip(columns, known, strict=True) if is_known]
    kept = independent(data.design, wanted)
    found = dict(
        zip(
            wanted,
            fitted(penalised_likelihood(data._replace(design=data.design[:, kept])), len(kept), len(wanted), level),
            strict=True,
        )
    )
    return [found.get(column, undefined(COLLINEAR)) for column in columns]


def penalised_likelihood(data: Patterns) -> Likelihood:
    """``l + log(det(I)) / 2`` of the coefficients; its gradient is that of l with ``h (1/2 - p)`` added to ``y - n p``.

    h is the leverage of a pattern: of all its subjects together.
    """
    x, y, n = data

    def at(coefficients: Floats) -> Slope:
        linear = x @ coefficients
        p = expit(linear)
        # Not 1 - p, which is 0 long before its logarithm matters.
        spread = p * expit(-linear)
        weight = n * spread
        information = x.T @ (weight[:, None] * x)
        try:
            root = cholesky(information, lower=True)
        except np.linalg.LinAlgError:
            # So far out that the information is 0 but for rounding: worth less than any number, and the step is halved.
            return Slope(coefficients, -np.inf, np.zeros_like(coefficients), information)
        inverse = cho_solve((root, True), np.eye(len(root)))
        leverage = weight * np.einsum("ij,ij->i", x @ inverse, x)
        value = (y * linear - n * np.logaddexp(0, linear)).sum() + np.log(np.diagonal(root)).sum()
        # The leverage acts as so many more subjects, half of them with the outcome: steps that forget them swing back and forth.
        curvature = information + x.T @ ((leverage * spread)[:, None] * x)
        return Slope(coefficients, float(value), x.T @ (y - n * p + leverage * (0.5 - p)), curvature)

    return at
