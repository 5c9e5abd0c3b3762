"""A count of cases, corrected for those that the definition misses or takes for one."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from nms_pv.measures.interval import Floats

METHOD = "Rogan-Gladen; delta method interval with the covariance of apparent share, sensitivity and specificity"


class Accuracy(NamedTuple):
    """Sensitivity and specificity of a definition, and how sure they are.

    `covariance` is that of (apparent share, sensitivity, specificity), shape (3, 3), without the binomial variance of the
    apparent share, which the count itself gives: its corner is not read. The first row is 0 where the accuracy comes from other
    subjects than those counted.
    """

    sensitivity: float
    specificity: float
    covariance: Floats


class Corrected(NamedTuple):
    """The corrected count with its limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    is_truncated: bool | None
    undefined_reason: str | None


def rogan_gladen(apparent: int, n: int, accuracy: Accuracy, level: float) -> Corrected:
    """The number of true cases behind the number of those that meet a definition.

    Parameters
    ----------
    apparent, n
        Subjects that meet the definition, of all that were judged by it. Unit: subjects.
    accuracy
        Se and Sp of the definition.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Corrected
        ``n (p + Sp - 1) / (Se + Sp - 1)``, p = apparent / n. With theta the corrected share and J = Se + Sp - 1, its gradient in
        (p, Se, Sp) is ``(1, -theta, 1 - theta) / J``, and the variance follows by the delta method, that of p being
        ``p (1 - p) / n``. Limits beyond 0 or n are cut off there. Unit: subjects.

    Notes
    -----
    Undefined when n is 0; when Se + Sp is not above 1, since the definition then tells nothing; and when the corrected share
    lies outside 0 to 1, which contradicts the accuracy: it would have to be truncated, and is not shown. Accuracy found
    elsewhere holds here only if cases and non-cases are alike in both places.

    References
    ----------
    Rogan WJ, Gladen B. Am J Epidemiol 1978;107:71-6. doi:10.1093/oxfordjournals.aje.a112510 (memory: to be verified)
    """
    youden = accuracy.sensitivity + accuracy.specificity - 1
    share = (apparent / n + accuracy.specificity - 1) / youden if n > 0 and youden > 0 else np.nan
    reason = _why_undefined(n, youden, share)
    if reason is not None:
        return Corrected(np.nan, np.nan, np.nan, None, reason)
    covariance = accuracy.covariance.copy()
    covariance[0, 0] = apparent / n * (1 - apparent / n) / n
    gradient = np.array([1, -share, 1 - share]) / youden
    reach = ndtri((1 + level) / 2) * np.sqrt(np.maximum(gradient @ covariance @ gradient, 0))
    low, high = share - reach, share + reach
    is_truncated = bool(low < 0 or high > 1)
    return Corrected(n * share, n * float(max(low, 0)), n * float(min(high, 1)), is_truncated, None)


def _why_undefined(n: int, youden: float, share: float) -> str | None:
    if n == 0:
        return "there is no subject"
    if not youden > 0:
        return "sensitivity + specificity is not above 1"
    if share < 0:
        return "the definition is met less often than its specificity lets non-cases meet it: truncated, it would be 0"
    if share > 1:
        return "the definition is met more often than its sensitivity lets cases meet it: truncated, it would be everybody"
    return None
