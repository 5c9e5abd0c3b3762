"""Whether the patterns determine a latent class model; if not, why."""

from itertools import combinations

from nms_pv.measures.definitions.latent_class import LatentClasses
from nms_pv.measures.definitions.latent_class_limits import Information
from nms_pv.measures.definitions.patterns import MET, NOT_MET, Patterns

FEWEST_INDICATORS = 3


def why_not_fitted(patterns: Patterns) -> str | None:
    """What can be told before fitting: too few indicators, one that never varies, two that never differ.

    With three indicators the model has as many parameters, 7, as patterns have free probabilities; with fewer it has more.
    """
    if len(patterns.names) < FEWEST_INDICATORS:
        return f"not identified: {len(patterns.names)} indicators; at least {FEWEST_INDICATORS} are needed"
    is_met, is_not = patterns.of_state(MET), patterns.of_state(NOT_MET)
    for name, met, not_met in zip(patterns.names, patterns.n @ is_met, patterns.n @ is_not, strict=True):
        if met + not_met == 0:
            return f"not identified: {name} is never decided"
        if met == 0 or not_met == 0:
            return f"not identified: {name} is {'never' if met == 0 else 'always'} met where it is decided"
    apart = (is_met.T * patterns.n) @ is_not
    together = (is_met.T * patterns.n) @ is_met + (is_not.T * patterns.n) @ is_not
    for i, j in combinations(range(len(patterns.names)), 2):
        if apart[i, j] + apart[j, i] == 0 < together[i, j]:
            return f"not identified: {patterns.names[i]} and {patterns.names[j]} never differ, so they are one indicator"
    return None


def why_not_identified(classes: LatentClasses, found: Information) -> str | None:
    """What the fit shows: no rest, equally good solutions, or parameters about which the patterns say nothing.

    References
    ----------
    Goodman LA. Biometrika 1974;61:215-31. doi:10.1093/biomet/61.2.215 (local identifiability by rank; memory: to be verified)
    """
    if not classes.converged:
        return "not identified: the likelihood is so flat that the EM algorithm found no maximum"
    if not classes.all_the_same:
        reached = f"{classes.starts_at_best} of {classes.starts} starts"
        return f"not identified: {reached} reached the best likelihood, with different parameters"
    if found.rank < classes.parameters.size:
        return f"not identified: the information on {classes.parameters.size} parameters has rank {found.rank}"
    return None
