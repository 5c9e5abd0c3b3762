"""Rate ratios adjusted by Poisson or negative binomial regression.

Strata are fitted by maximum likelihood with log person-time as offset. What has no finite estimate is recognised before the
fit, never read off a fit that ran away.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.optimize import linprog

from nms_pv.measures.count_model import OVERDISPERSION_LEVEL, Strata, is_overdispersed, limit, maximum, spread
from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.rates import why_ratio_undefined

NO_FINITE_ESTIMATE = "no finite estimate: within levels of the covariates, all episodes lie on one side of the comparison"
NOT_CONVERGED = "the fit did not converge"


class Fitted(NamedTuple):
    """A ratio of rates from a regression; not a number, with a reason, where undefined.

    `dispersion` is Pearson's chi-squared of the Poisson fit over its degrees of freedom.
    """

    estimate: float
    low: float
    high: float
    method: str
    undefined_reason: str | None
    dispersion: float


def adjusted_rate_ratio(strata: pl.DataFrame, level: float) -> Fitted:
    """Rate ratio of exposed to not exposed, given age band, sex and calendar year.

    Parameters
    ----------
    strata
        Columns `events` (episodes), `person_days`, `exposed` (truth value), `age_band`, `sex` and `year` (a number, or text
        that is one). Rows of the same covariates are summed.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Fitted
        ``exp(beta)`` of `exposed` in ``log E(events) = log(person_days) + a + beta exposed + age_band + sex + c year``, age
        band and sex categorical, year linear. Unit: none (ratio of rates). Interval, distribution and strata left out: see
        Notes.

    Notes
    -----
    Undefined without person-time or without an episode on either side, and when the likelihood has no maximum at a finite
    ratio. Strata that the likelihood drives to a rate of 0 (an age band without any episode is the simplest case) are found
    by linear programming and left out: they fit exactly whatever the ratio is, so they carry no information on it; `method`
    says so.

    The distribution is Poisson, unless Dean's adjusted score test finds more variance than Poisson's (one-sided,
    p < 0.05): then it is negative binomial with variance ``mu + alpha mu^2``, alpha by maximum likelihood. Limits are where
    twice the log-likelihood falls below its maximum by the quantile of chi-squared with 1 degree of freedom, all other
    coefficients refitted; alpha is held at its estimate.

    References
    ----------
    Correia S, Guimarães P, Zylkin T. Verifying the existence of maximum likelihood estimates for generalized linear models.
    arXiv:1903.01633. Dean CB. J Am Stat Assoc 1992;87:451-7. doi:10.1080/01621459.1992.10475225 (memory: to be verified)
    """
    summed = _summed(strata, ["exposed", "age_band", "sex", "year"])
    covariates = "age band, sex and calendar year"
    sides = [summed.filter(side).select("events", "person_days").sum().row(0) for side in (pl.col("exposed"), ~pl.col("exposed"))]
    reason = why_ratio_undefined(*sides[0], *sides[1]).item()
    if reason is None and sides[0][0] == 0:
        reason = "no episode in the group"
    if reason is not None:
        return _undefined(covariates, reason)
    adjusted_for = np.column_stack([_indicators(summed, ["age_band", "sex"]), _years_since_first(summed)])
    return _ratio(_to_fit(summed, summed["exposed"].to_numpy().astype(float), adjusted_for), covariates, level)


def annual_rate_ratio(strata: pl.DataFrame, with_mix: bool, level: float) -> Fitted:
    """Rate ratio of one calendar year to the year before, given age band and sex, and the state if `with_mix`.

    Parameters
    ----------
    strata
        Columns `events` (episodes), `person_days`, `age_band`, `sex`, `year` (a number, or text that is one) and, if
        `with_mix`, `state`. Rows of the same covariates are summed.
    with_mix
        Whether the state is in the regression too, so that the ratio is the trend within states.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Fitted
        ``exp(c)`` of the year, linear, in the regression of `adjusted_rate_ratio` without exposure. Unit: none (ratio of
        rates, per year).

    Notes
    -----
    Undefined without an episode, with person-time in one year only, and when the likelihood has no maximum at a finite
    ratio. All else as for `adjusted_rate_ratio`.
    """
    factors = ["age_band", "sex", *(["state"] if with_mix else [])]
    summed = _summed(strata, [*factors, "year"])
    covariates = "age band, sex and generation state" if with_mix else "age band and sex"
    if summed["events"].sum() == 0:
        return _undefined(covariates, "no episode")
    if summed["year"].n_unique() == 1:
        return _undefined(covariates, "person-time in one year only")
    return _ratio(_to_fit(summed, _years_since_first(summed), _indicators(summed, factors)), covariates, level)


def _summed(strata: pl.DataFrame, covariates: list[str]) -> pl.DataFrame:
    return (
        strata.filter(pl.col("person_days") > 0)
        .with_columns(pl.col("year").cast(pl.Int64))
        .group_by(covariates)
        .agg(pl.col("events", "person_days").sum())
        .sort(covariates)
    )


def _years_since_first(summed: pl.DataFrame) -> Floats:
    return (summed["year"] - summed["year"].min()).to_numpy().astype(float)


def _indicators(summed: pl.DataFrame, factors: list[str]) -> Floats:
    """One column of 0 and 1 for each level of each factor; together they hold the constant too."""
    return summed.select(factors).to_dummies().to_numpy().astype(float)


def _to_fit(summed: pl.DataFrame, interest: Floats, adjusted_for: Floats) -> Strata:
    events, days = (summed[name].to_numpy().astype(float) for name in ("events", "person_days"))
    return Strata(events, np.log(days), interest, adjusted_for)


def _ratio(counts: Strata, covariates: str, level: float) -> Fitted:
    separated = _separated(counts)
    counts = Strata(*(values[~separated] for values in counts))
    counts = counts._replace(adjusted_for=_basis(counts.adjusted_for))
    if not _is_identified(counts):
        return _undefined(covariates, NO_FINITE_ESTIMATE)
    return _fitted(counts, covariates, bool(separated.any()), level)


def _fitted(counts: Strata, covariates: str, left_out: bool, level: float) -> Fitted:
    alpha, fit = 0.0, maximum(counts, 0.0)
    free = counts.events.size - fit.coefficients.size
    dispersion = float(((counts.events - fit.mean) ** 2 / fit.mean).sum() / free) if free > 0 else np.nan
    overdispersed = is_overdispersed(counts, fit.mean)
    if overdispersed:
        alpha = spread(counts)
        fit = maximum(counts, alpha)
    method = _method(covariates, overdispersed, left_out)
    if not fit.converged:
        return Fitted(np.nan, np.nan, np.nan, method, NOT_CONVERGED, dispersion)
    low, high = (float(np.exp(limit(counts, alpha, fit, side, level))) for side in (-1, 1))
    return Fitted(float(np.exp(fit.coefficients[0])), low, high, method, None, dispersion)


def _separated(counts: Strata) -> Flags:
    """Strata without episodes whose rate the likelihood drives to 0.

    They are those that some direction of the coefficients lowers while it raises no stratum without episodes and leaves
    every stratum with episodes as it is.
    """
    design = np.column_stack([counts.interest, counts.adjusted_for])
    design /= np.abs(design).max(axis=0, initial=1)
    empty = counts.events == 0
    separated = np.zeros(empty.shape, dtype=bool)
    directions = _null_space(design[~empty])
    lowered = design[empty] @ directions
    if lowered.size == 0 or np.abs(lowered).max() < 1e-9:
        return separated
    strata, free = lowered.shape
    solved = linprog(
        np.concatenate([np.zeros(free), -np.ones(strata)]),
        A_ub=np.hstack([lowered, np.eye(strata)]),
        b_ub=np.zeros(strata),
        bounds=[(-1e4, 1e4)] * free + [(0, 1)] * strata,
    )
    separated[empty] = solved.x[free:] > 0.5
    return separated


def _null_space(matrix: Floats) -> Floats:
    # The triangle of the QR decomposition has the same null space, and is as small as there are columns.
    _, values, rows = np.linalg.svd(np.linalg.qr(matrix, mode="r"), full_matrices=True)
    return rows[int((values > 1e-10 * values[0]).sum()) :].T


def _basis(columns: Floats) -> Floats:
    """Orthonormal columns of the same span: the ratio is the same, and none is redundant."""
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, values > 1e-10 * values[0]]


def _is_identified(counts: Strata) -> bool:
    basis, interest = counts.adjusted_for, counts.interest
    return bool(np.linalg.norm(interest - basis @ (basis.T @ interest)) > 1e-8 * np.linalg.norm(interest))


def _method(covariates: str, overdispersed: bool, left_out: bool) -> str:
    poisson = f"Poisson regression with {covariates}; profile-likelihood interval"
    negative_binomial = (
        f"negative binomial regression with {covariates} (more variance than Poisson's: score test, p < {OVERDISPERSION_LEVEL}); "
        "profile-likelihood interval, dispersion held at its estimate"
    )
    note = "; strata of fitted rate 0 left out: they carry no information on the ratio" if left_out else ""
    return (negative_binomial if overdispersed else poisson) + note


def _undefined(covariates: str, reason: str) -> Fitted:
    return Fitted(np.nan, np.nan, np.nan, _method(covariates, False, False), reason, np.nan)
