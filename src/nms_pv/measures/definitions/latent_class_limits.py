"""How much the patterns say about each parameter of a latent class model: information, and limits."""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtri, expit, logit, ndtri

from nms_pv.measures.definitions.latent_class import (
    NEAREST,
    Counts,
    LatentClasses,
    expectation_maximisation,
    posterior,
    shares,
    split,
)
from nms_pv.measures.interval import Flags, Floats

# With fewer expected subjects on either side of a share, the likelihood is too skew for an interval from its curvature.
FEWEST_EXPECTED = 5.0
# Share of the information in known classes; less is none, but for rounding.
NO_INFORMATION = 1e-6
# Beyond this logit a share is 0 or 1 for any number of subjects.
FARTHEST = float(logit(1 - NEAREST))
# Of one step on the logit scale: limits are exact to a few hundred-thousandths.
HALVINGS = 15
BY_INFORMATION = "maximum likelihood; interval from the observed information on the logit scale"
BY_PROFILE = (
    f"maximum likelihood; profile likelihood interval, because fewer than {FEWEST_EXPECTED:.0f} expected subjects lie on one side"
)


class Information(NamedTuple):
    """Observed information on the logit scale, as a share of that in known classes; places lie as in the parameters.

    `scale` is the square root of the information in known classes, shape (1 + 2 m,); `scores` the derivatives of the
    log-likelihood of one subject of each pattern, shape (patterns, 1 + 2 m).
    """

    relative: Floats
    scale: Floats
    scores: Floats

    @property
    def rank(self) -> int:
        """On how many combinations of parameters the patterns say anything."""
        return int((np.linalg.eigvalsh(self.relative) > NO_INFORMATION).sum())

    @property
    def covariance(self) -> Floats:
        """Of the estimates, on the logit scale."""
        return np.linalg.inv(self.relative) / np.outer(self.scale, self.scale)


class Limits(NamedTuple):
    """Limits of every parameter, and whether they come from the profile likelihood."""

    low: Floats
    high: Floats
    by_profile: Flags


def information(classes: LatentClasses) -> Information:
    """Observed information: that in known classes less what not knowing the class loses.

    References
    ----------
    Louis TA. J R Stat Soc B 1982;44:226-33 (memory: to be verified)
    """
    counts, parameters = classes.counts, classes.parameters
    in_class_1 = posterior(counts, parameters)
    denominator = shares(counts, in_class_1)[1]
    scale = np.sqrt(denominator * parameters * (1 - parameters))
    if_1, if_0 = _scores_of_known_class(counts, parameters)
    lost = (if_1 - if_0) / scale
    unknown = counts.n * in_class_1 * (1 - in_class_1)
    relative = np.eye(parameters.size) - (lost.T * unknown) @ lost
    return Information(relative, scale, in_class_1[:, None] * if_1 + (1 - in_class_1)[:, None] * if_0)


def limits(classes: LatentClasses, found: Information, level: float) -> Limits:
    """Limits of every parameter: ``logit p -/+ z se``, or by profile likelihood for a share close to 0 or 1.

    Notes
    -----
    The profile likelihood interval holds the values at which the likelihood, the other parameters being free, falls by no more
    than half the chi-squared quantile of 1 degree. At 0 or 1 it still holds, with at least its level.
    """
    parameters = classes.parameters
    numerator, denominator = shares(classes.counts, posterior(classes.counts, parameters))
    by_profile = np.minimum(numerator, denominator - numerator) < FEWEST_EXPECTED
    reach = ndtri((1 + level) / 2) * np.sqrt(np.diag(found.covariance))
    low, high = (expit(logit(parameters) + side * reach) for side in (-1, 1))
    for place in np.flatnonzero(by_profile):
        low[place], high[place] = (_profile_limit(classes, int(place), side, level) for side in (-1, 1))
    return Limits(low, high, by_profile)


def _scores_of_known_class(counts: Counts, parameters: Floats) -> tuple[Floats, Floats]:
    """Derivatives, on the logit scale, of the log-likelihood of a subject known to be of class 1, and of class 0."""
    share, met_1, met_0 = split(parameters)
    one, zero = (counts.is_met - counts.decided * met for met in (met_1, met_0))
    first, nothing = np.ones((len(counts.n), 1)), np.zeros_like(one)
    return np.hstack([(1 - share) * first, one, nothing]), np.hstack([-share * first, nothing, zero])


def _profile_limit(classes: LatentClasses, place: int, side: int, level: float) -> float:
    """The first value on one side at which the likelihood has fallen enough, or the bound itself.

    Far from the estimate the classes may change places, and the likelihood be high again: hence small steps, each from the
    solution before, and halving, which needs no likelihood to be found twice the same.
    """
    fall = chdtri(1, 1 - level)

    def solution(at: float, start: Floats) -> tuple[Floats, bool]:
        share = float(expit(at))
        fixed = start.copy()
        fixed[0, place] = share
        found = expectation_maximisation(classes.counts, fixed, (place, share))
        return found.parameters, bool(2 * (classes.log_likelihood - found.log_likelihood[0]) > fall)

    near, start = float(logit(classes.parameters[place])), classes.parameters[None]
    far = near + side
    there, is_beyond = solution(far, start)
    while not is_beyond:
        near, far, start = far, far + side, there
        if abs(far) > FARTHEST:
            return float(side > 0)
        there, is_beyond = solution(far, start)
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        there, is_beyond = solution(middle, start)
        near, far, start = (near, middle, start) if is_beyond else (middle, far, there)
    return float(expit(far))
