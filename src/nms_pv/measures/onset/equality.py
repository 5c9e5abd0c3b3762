"""Do groups differ in their times to onset?"""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from nms_pv.measures.interval import Floats

METHOD = "Anderson-Darling k-sample test with midranks, permutation p value; cases of two generations are left out"
METHOD_OF_PAIRS = f"{METHOD}; Holm's correction for the pairs of generations"
FEWEST = 5
PAIR = 2
TOO_FEW = f"fewer than {FEWEST} cases with a time in one of the groups"
ALL_ALIKE = "all times are the same"


class Equality(NamedTuple):
    """P value of the hypothesis that groups have one distribution; `groups` are compared, None where undefined."""

    groups: tuple[str, ...]
    n: tuple[int, ...]
    p: float | None
    undefined_reason: str | None

    @property
    def is_pair(self) -> bool:
        """Whether two groups are compared."""
        return len(self.groups) == PAIR


def equality(samples: Mapping[str, Floats], resamples: int, seed: int) -> list[Equality]:
    """Test all groups together, then each pair.

    Parameters
    ----------
    samples
        Days of the cases of each group; no case in two of them.
    resamples, seed
        Permutations of the cases over the groups; all of them where there are no more.

    Returns
    -------
    list
        First all groups, whose p value is not corrected; then, of three groups or more, the pairs, corrected among
        themselves after Holm.

    Notes
    -----
    Undefined with fewer than 5 cases in one of the groups, and when all times are the same. Right truncation is not taken into
    account: groups whose drugs came to the market later have shorter limits.

    References
    ----------
    Scholz FW, Stephens MA. J Am Stat Assoc 1987;82:918-24. doi:10.1080/01621459.1987.10478517 (memory: to be verified)
    Holm S. Scand J Stat 1979;6:65-70 (memory: to be verified)
    """
    together = _test(samples, resamples, seed)
    if together.is_pair:
        return [together]
    pairs = [_test({name: samples[name] for name in pair}, resamples, seed) for pair in combinations(samples, PAIR)]
    corrected = iter(holm([pair.p for pair in pairs if pair.p is not None]))
    return [together, *(pair if pair.p is None else pair._replace(p=next(corrected)) for pair in pairs)]


def holm(p_values: list[float]) -> list[float]:
    """P values times the number of hypotheses not yet rejected, in rising order, at most 1."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.asarray(p_values)[order] * np.arange(len(p_values), 0, -1)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return [float(p) for p in corrected]


def _test(samples: Mapping[str, Floats], resamples: int, seed: int) -> Equality:
    from scipy.stats import PermutationMethod, anderson_ksamp

    groups, n = tuple(samples), tuple(sample.size for sample in samples.values())
    if min(n) < FEWEST:
        return Equality(groups, n, None, TOO_FEW)
    if np.unique(np.concatenate(list(samples.values()))).size == 1:
        return Equality(groups, n, None, ALL_ALIKE)
    method = PermutationMethod(n_resamples=resamples, rng=np.random.default_rng(seed))
    return Equality(groups, n, float(anderson_ksamp(list(samples.values()), variant="midrank", method=method).pvalue), None)
