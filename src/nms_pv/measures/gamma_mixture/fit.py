"""The prior of a table, from several starts that must agree."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.gamma_mixture.likelihood import Cells, LogLikelihood, free_parameters, log_likelihood, prior_of
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999, Prior
from nms_pv.measures.interval import Floats
from nms_pv.tables.errors import UserError

STARTS = (
    DUMOUCHEL_1999,
    Prior(0.2, 0.1, 2, 4, 1 / 3),
    Prior(2, 0.5, 10, 10, 0.1),
    Prior(0.5, 0.1, 1, 1, 0.02),
)
# Starts agree when each of the five parameters is the same within this share of it.
SAME_WITHIN = 0.01
FEWEST_AGREEING = 2
# Outside, a gamma distribution is as good as a single point, or as nothing.
SHAPES_AND_RATES = (1e-3, 1e4)
WEIGHTS = (1e-9, 1 - 1e-9)
MOST_STEPS = 200
# What one more Newton step would still add to the log likelihood, at most.
LEFT_TO_GAIN = 1e-6


class Ended(NamedTuple):
    """Where one start ended; `is_chosen` for the best of them, if another one agrees with it."""

    start: Prior
    end: Prior
    log_likelihood: float
    steps: int
    is_converged: bool
    is_interior: bool


class Fit(NamedTuple):
    """The prior that was found, to 6 significant digits, and where every start ended."""

    prior: Prior
    ends: list[Ended]


class PriorNotFoundError(UserError):
    """The table does not determine a prior: `reason` in a few words, `ends` where every start ended."""

    def __init__(self, reason: str, ends: list[Ended]) -> None:
        self.reason = reason
        self.ends = ends
        told = "; ".join(f"from ({ended.start}) to ({ended.end}), log likelihood {ended.log_likelihood:.3f}" for ended in ends)
        super().__init__(
            f"EBGM: no prior can be fitted to the table of drugs and events: {reason}. The starts ended: {told or 'nowhere'}. "
            "Set `prior` of ebgm in params.yaml to dumouchel_1999 (a fixed prior), or count more reports"
        )


def fit_prior(cells: Cells) -> Fit:
    """The prior of largest likelihood.

    Parameters
    ----------
    cells
        A squashed table.

    Returns
    -------
    Fit
        The likelihood is climbed from each of `STARTS` by Newton's method in a trust region. The best end is the prior if it
        has converged inside the bounds and at least one other start ended at the same parameters, within 1 %, components in
        order of their means.

    Raises
    ------
    PriorNotFoundError
        When there is no report, when the likelihood grows towards the edge of the parameters (as it does where reports vary no
        more than by chance: both gammas shrink to one point), or when the starts do not agree.

    """
    if not cells.weight.sum() > 0:
        raise PriorNotFoundError("no drug and event have a report in common", [])
    ends = [_climb(start, cells) for start in STARTS]
    best = max(ends, key=lambda ended: ended.log_likelihood)
    if not best.is_interior:
        raise PriorNotFoundError(
            "the likelihood grows towards the edge of the parameters, as it does where reports vary no more than by chance", ends
        )
    if sum(_agree(best, ended) for ended in ends) < FEWEST_AGREEING:
        raise PriorNotFoundError("the starts do not agree within 1 %", ends)
    return Fit(best.end.rounded(), ends)


def _agree(best: Ended, other: Ended) -> bool:
    settled = best.is_converged and other.is_converged and other.is_interior
    return settled and bool(np.allclose(best.end, other.end, rtol=SAME_WITHIN, atol=0))


def _climb(start: Prior, cells: Cells) -> Ended:
    from scipy.optimize import minimize

    climb = _Climb(cells)
    found = minimize(
        lambda parameters: -climb.at(parameters).value,
        free_parameters(start),
        jac=lambda parameters: -climb.at(parameters).gradient,
        hess=lambda parameters: -climb.at(parameters).hessian,
        method="trust-exact",
        callback=_stop_outside,
        options={"gtol": 1e-10 * cells.weight.sum(), "maxiter": MOST_STEPS, "max_trust_radius": 4.0},
    )
    end = prior_of(found.x)
    return Ended(start, end.ordered(), climb.at(found.x).value, found.nit, _is_top(climb.at(found.x)), _is_interior(end))


class _Climb:
    """The log likelihood of some cells, computed once for each place that is visited."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.last: tuple[Floats, LogLikelihood] | None = None

    def at(self, parameters: Floats) -> LogLikelihood:
        if self.last is None or not np.array_equal(self.last[0], parameters):
            self.last = (parameters.copy(), log_likelihood(parameters, self.cells))
        return self.last[1]


def _stop_outside(intermediate_result: object) -> None:
    if not _is_interior(prior_of(intermediate_result.x)):  # type: ignore[attr-defined]
        raise StopIteration


def _is_interior(prior: Prior) -> bool:
    low, high = SHAPES_AND_RATES
    return all(low < value < high for value in prior[:4]) and WEIGHTS[0] < prior.weight < WEIGHTS[1]


def _is_top(here: LogLikelihood) -> bool:
    """Whether the surface curves down in every direction, and next to nothing is left to gain."""
    if np.linalg.eigvalsh(here.hessian)[-1] >= 0:
        return False
    return float(here.gradient @ np.linalg.solve(-here.hessian, here.gradient)) < 2 * LEFT_TO_GAIN
