"""Agreement of two definitions in a 2x2 table, for many tables at once.

============================  =====================  =====================
subjects                      second met             second not met
============================  =====================  =====================
first met                     a (both)               b (only the first)
first not met                 c (only the second)    d (neither)
============================  =====================  =====================

All functions take integer arrays of one shape and return arrays of that shape. What is undefined is not a number.
"""

import numpy as np
from scipy.special import ndtri

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats, only_where
from nms_pv.measures.proportions import clopper_pearson

# A variance this small is 0 but for the rounding of what cancels in it.
NO_VARIANCE = 1e-12


def observed_agreement(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Share of subjects on which both definitions say the same, with the Clopper-Pearson interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: subjects.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``(a + d) / n``. Unit: none. Undefined when n is 0.
    """
    a, b, c, d = as_floats(a, b, c, d)
    return clopper_pearson(a + d, a + b + c + d, level)


def pabak(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Prevalence- and bias-adjusted kappa.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: subjects.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``2 (a + d) / n - 1``; the limits are those of Clopper-Pearson for ``(a + d) / n``, transformed alike, and so exact.
        Unit: none. Undefined when n is 0.

    References
    ----------
    Byrt T, Bishop J, Carlin JB. J Clin Epidemiol 1993;46:423-9. doi:10.1016/0895-4356(93)90018-V (memory: to be verified)
    """
    return Interval(*(2 * values - 1 for values in observed_agreement(a, b, c, d, level)))


def kappa(a: Counts, b: Counts, c: Counts, d: Counts, level: float) -> Interval:
    """Cohen's kappa with the asymptotic interval.

    Parameters
    ----------
    a, b, c, d
        Cells of the 2x2 table. Unit: subjects.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``(p_o - p_e) / (1 - p_e)``, p_o the observed agreement and p_e that of independent definitions with the same margins,
        and ``kappa -/+ z se``, cut at -1 and 1, with the standard error of Fleiss, Cohen and Everitt. Unit: none.

    Notes
    -----
    Undefined when n is 0, and when both definitions are met by everybody or both by nobody: agreement is then expected to be
    complete, and nothing is beyond it. The limits are undefined where the standard error is 0, as it is when no subject is
    told apart: that is no certainty.

    References
    ----------
    Cohen J. Educ Psychol Meas 1960;20:37-46. doi:10.1177/001316446002000104 (memory: to be verified)
    Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-7. doi:10.1037/h0028106 (memory: to be verified)
    """
    a, b, c, d = as_floats(a, b, c, d)
    n = a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        both, only_first, only_second, neither = a / n, b / n, c / n, d / n
        first, second = (a + b) / n, (a + c) / n
        expected = first * second + (1 - first) * (1 - second)
        estimate = (both + neither - expected) / (1 - expected)
        beyond = 1 - estimate
        same = both * (1 - (first + second) * beyond) ** 2 + neither * (1 - (2 - first - second) * beyond) ** 2
        different = beyond**2 * (only_first * (1 + second - first) ** 2 + only_second * (1 + first - second) ** 2)
        variance = same + different - (estimate - expected * beyond) ** 2
        error = np.sqrt(only_where(variance > NO_VARIANCE, variance)) / ((1 - expected) * np.sqrt(n))
    defined = (n > 0) & (a < n) & (d < n)
    reach = ndtri((1 + level) / 2) * error
    limits = (only_where(defined, np.clip(estimate + side * reach, -1, 1)) for side in (-1, 1))
    return Interval(only_where(defined, estimate), *limits)


def positive_agreement(a: Counts, b: Counts, c: Counts) -> Floats:
    """``2 a / (2 a + b + c)``: agreement on who is a case. Unit: none. Undefined when nobody meets either definition.

    References
    ----------
    Cicchetti DV, Feinstein AR. J Clin Epidemiol 1990;43:551-8. doi:10.1016/0895-4356(90)90159-M (memory: to be verified)
    """
    a, b, c = as_floats(a, b, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * a / (2 * a + b + c))


def prevalence_index(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """``(a - d) / n``, between -1 and 1 (Byrt 1993). Unit: none. Undefined when n is 0."""
    return _share_difference(a, d, b, c)


def bias_index(a: Counts, b: Counts, c: Counts, d: Counts) -> Floats:
    """``(b - c) / n``, between -1 and 1 (Byrt 1993). Unit: none. Undefined when n is 0."""
    return _share_difference(b, c, a, d)


def _share_difference(more: Counts, less: Counts, *others: Counts) -> Floats:
    x, y, *rest = as_floats(more, less, *others)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((x - y) / (x + y + sum(rest)))
