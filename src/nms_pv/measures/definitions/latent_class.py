"""Two classes behind the indicators that nobody sees: maximum likelihood by the EM algorithm, from counts of patterns.

The parameters lie in one vector, length 1 + 2 m for m indicators: the share of class 1, the shares met in class 1, the shares
met in class 0. Each is a proportion of subjects, so every step of the algorithm is a division of counts.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from nms_pv.measures.definitions.patterns import MET, NOT_MET, Patterns
from nms_pv.measures.interval import Flags, Floats

# Where the classes lie is searched for from so many random starts.
STARTS = 20
MOST_STEPS = 20_000
# A start has converged when no parameter moves by more than this in a step.
STILL = 1e-8
# Log-likelihoods are the same if they differ by no more than this share of the best, and parameters by this.
SAME_LIKELIHOOD = 1e-8
SAME_PARAMETER = 0.01
# Shares stay this far from 0 and 1, so that their logarithms are finite.
NEAREST = 1e-10
ANCHOR = "pt_only"


class Counts(NamedTuple):
    """Patterns as numbers: 1 where met and where not met, both shape (patterns, m), and subjects, shape (patterns,)."""

    is_met: Floats
    is_not: Floats
    n: Floats

    @property
    def decided(self) -> Floats:
        """1 where decided."""
        return self.is_met + self.is_not


class Maximum(NamedTuple):
    """Where the EM algorithm ended: parameters, shape (starts, 1 + 2 m), log-likelihoods, and whether it had come to rest."""

    parameters: Floats
    log_likelihood: Floats
    converged: Flags


class LatentClasses(NamedTuple):
    """The best of several starts, class 1 being the class in which the anchor is commoner."""

    counts: Counts
    anchor: str
    parameters: Floats
    log_likelihood: float
    converged: bool
    starts: int
    starts_at_best: int
    all_the_same: bool


def counts_of(patterns: Patterns) -> Counts:
    """What the likelihood needs of the patterns."""
    return Counts(patterns.of_state(MET), patterns.of_state(NOT_MET), patterns.n.astype(np.float64))


def fit(patterns: Patterns, seed: int, starts: int = STARTS) -> LatentClasses:
    """The two-class latent class model with the highest likelihood.

    Parameters
    ----------
    patterns
        Counts of patterns of m indicators. Unit: subjects.
    seed
        Of the starts (PCG64): the same seed gives the same numbers.
    starts
        Number of random starts.

    Returns
    -------
    LatentClasses
        Within a class the indicators are taken as independent: a subject of class c has indicator j with probability p_cj,
        and a pattern has probability ``sum_c pi_c prod_j p_cj^x_j (1 - p_cj)^(1 - x_j)``. Class 1 is the one in which
        `pt_only`, or else the first indicator, is commoner. `starts_at_best` starts reached the best likelihood;
        `all_the_same` says whether they did with the same parameters.

    Notes
    -----
    An undecided indicator is left out of the product: right if being undecided depends only on what is decided (missing at
    random), wrong if signs are documented because they are present.

    References
    ----------
    Hui SL, Walter SD. Biometrics 1980;36:167-71. doi:10.2307/2530508 (memory: to be verified)
    Dempster AP, Laird NM, Rubin DB. J R Stat Soc B 1977;39:1-38 (memory: to be verified)
    """
    counts = counts_of(patterns)
    anchor = patterns.names.index(ANCHOR) if ANCHOR in patterns.names else 0
    found = expectation_maximisation(counts, _random_starts(counts, starts, seed))
    parameters = _with_anchor_in_class_1(found.parameters, anchor)
    best = int(np.argmax(found.log_likelihood))
    reached = found.log_likelihood[best]
    at_best = found.converged & (reached - found.log_likelihood <= SAME_LIKELIHOOD * abs(reached))
    distance = np.abs(parameters - parameters[best]).max(axis=1)
    return LatentClasses(
        counts=counts,
        anchor=patterns.names[anchor],
        parameters=parameters[best],
        log_likelihood=float(reached),
        converged=bool(found.converged[best]),
        starts=starts,
        starts_at_best=int(at_best.sum()),
        all_the_same=bool((distance[at_best] <= SAME_PARAMETER).all()),
    )


def expectation_maximisation(counts: Counts, start: Floats, fixed: tuple[int, float] | None = None) -> Maximum:
    """EM from every row of `start`, shape (starts, 1 + 2 m); `fixed` holds the place and value of a parameter that stays."""
    parameters = start.copy()
    moving = np.arange(len(parameters))
    for _ in range(MOST_STEPS):
        now = _step(counts, parameters[moving], fixed)
        moved = np.abs(now - parameters[moving]).max(axis=1) > STILL
        parameters[moving] = now
        moving = moving[moved]
        if moving.size == 0:
            break
    converged = np.ones(len(parameters), bool)
    converged[moving] = False
    return Maximum(parameters, _log_joint(counts, parameters)[1] @ counts.n, converged)


def posterior(counts: Counts, parameters: Floats) -> Floats:
    """Probability of class 1 given each pattern, shape (patterns,), for one vector of parameters."""
    return _class_1(counts, parameters[None])[0]


def shares(counts: Counts, in_class_1: Floats) -> tuple[Floats, Floats]:
    """Numerator and denominator of every parameter, in expected subjects, shape (..., 1 + 2 m)."""
    one, zero = in_class_1 * counts.n, (1 - in_class_1) * counts.n
    everyone = np.full(one.shape[:-1], counts.n.sum())
    numerator = [one.sum(axis=-1)[..., None], one @ counts.is_met, zero @ counts.is_met]
    denominator = [everyone[..., None], one @ counts.decided, zero @ counts.decided]
    return np.concatenate(numerator, axis=-1), np.concatenate(denominator, axis=-1)


def split(parameters: Floats) -> tuple[Floats, Floats, Floats]:
    """Share of class 1, shares met in class 1, shares met in class 0; parameters lie on the last axis."""
    m = parameters.shape[-1] // 2
    return parameters[..., 0], parameters[..., 1 : 1 + m], parameters[..., 1 + m :]


def _step(counts: Counts, parameters: Floats, fixed: tuple[int, float] | None) -> Floats:
    numerator, denominator = shares(counts, _class_1(counts, parameters))
    # A class without anyone keeps the shares it had.
    empty = denominator <= 0
    now = np.where(empty, parameters, numerator / np.where(empty, 1, denominator))
    if fixed is not None:
        now[:, fixed[0]] = fixed[1]
    return np.clip(now, NEAREST, 1 - NEAREST)


def _class_1(counts: Counts, parameters: Floats) -> Floats:
    joint, log_likelihood = _log_joint(counts, parameters)
    return np.exp(joint - log_likelihood)


def _log_joint(counts: Counts, parameters: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the probability of each pattern together with class 1, and in all; shape (starts, patterns)."""
    share, *met = split(parameters)
    one, zero = (
        np.log(of_class)[:, None] + np.log(p) @ counts.is_met.T + np.log1p(-p) @ counts.is_not.T
        for of_class, p in zip((share, 1 - share), met, strict=True)
    )
    return one, np.logaddexp(one, zero)


def _random_starts(counts: Counts, starts: int, seed: int) -> Floats:
    """Classes from rare to even, and shares scattered around those among all, on the logit scale."""
    random = np.random.Generator(np.random.PCG64(seed))
    among_all = (counts.n @ counts.is_met) / (counts.n @ counts.decided)
    scattered = expit(np.tile(logit(among_all), 2) + random.normal(0, 2, (starts, 2 * among_all.size)))
    return np.column_stack([expit(random.uniform(-6, 0, starts)), scattered])


def _with_anchor_in_class_1(parameters: Floats, anchor: int) -> Floats:
    share, one, zero = split(parameters)
    turned = np.column_stack([1 - share, zero, one])
    return np.where((one[:, anchor] < zero[:, anchor])[:, None], turned, parameters)
