"""Whether indicators are independent within the classes, which a latent class model takes for granted."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from nms_pv.measures.definitions.latent_class import Counts, split
from nms_pv.measures.definitions.patterns import Integers
from nms_pv.measures.interval import Flags, Floats

CRITICAL_LEVEL = 0.95
CRITICAL = float(chdtri(1, 1 - CRITICAL_LEVEL))


class Residuals(NamedTuple):
    """For each pair of indicators, in the order of `pairs`: arrays of shape (pairs,).

    `n` subjects have both decided, in `observed` both are met, in `expected` by the model; `residual` is chi-squared.
    """

    pairs: list[tuple[int, int]]
    n: Integers
    observed: Integers
    expected: Floats
    residual: Floats

    @property
    def is_dependent(self) -> Flags:
        """Beyond the critical value of chi-squared with 1 degree of freedom."""
        return self.residual > CRITICAL


def bivariate_residuals(counts: Counts, parameters: Floats) -> Residuals:
    """Chi-squared of the 2x2 table of each pair of indicators against the model.

    Parameters
    ----------
    counts
        Patterns of m indicators. Unit: subjects.
    parameters
        Of the model, shape (1 + 2 m,).

    Returns
    -------
    Residuals
        ``sum((observed - expected)^2 / expected)`` over the four cells; the expected share of a cell is
        ``sum_c pi_c p_ci p_cj`` with 1 - p where not met, of the subjects in whom both are decided.

    Notes
    -----
    The residuals are not exactly chi-squared: the model was fitted to the same table, which makes them smaller. A residual
    beyond the critical value therefore speaks against independence, a smaller one hardly for it. With three indicators all
    are 0 unless a share lies at 0 or 1.

    References
    ----------
    Vermunt JK, Magidson J. Latent GOLD technical guide (memory: to be verified); Oberski DL, van Kollenburg GH, Vermunt JK.
    Adv Data Anal Classif 2013;7:267-79 (memory: to be verified)
    """
    share, met_1, met_0 = split(parameters)
    m = met_1.size
    pairs = list(combinations(range(m), 2))
    first, second = np.array(pairs).T
    states = [(counts.is_met, met_1, met_0), (counts.is_not, 1 - met_1, 1 - met_0)]
    observed, expected = np.empty((2, 4, len(pairs)))
    cells = [(a, b) for a in states for b in states]
    for cell, ((is_a, a_1, a_0), (is_b, b_1, b_0)) in enumerate(cells):
        observed[cell] = ((is_a.T * counts.n) @ is_b)[first, second]
        expected[cell] = share * a_1[first] * b_1[second] + (1 - share) * a_0[first] * b_0[second]
    n = observed.sum(axis=0)
    expected *= n
    residual = np.divide((observed - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0).sum(axis=0)
    both = np.rint(observed[0]).astype(np.int64)
    return Residuals(pairs, np.rint(n).astype(np.int64), both, expected[0], residual)
