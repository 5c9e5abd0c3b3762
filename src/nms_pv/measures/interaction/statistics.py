"""Two drugs in a report: more than the sum of each?

==============  =====================  ============
reports         meet the definition    all
==============  =====================  ============
both drugs      x11                    n11
first only      x10                    n10
second only     x01                    n01
neither         x00                    n00
==============  =====================  ============

All functions take integer arrays of one shape and return arrays of that shape; what is undefined is not a number.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv

from nms_pv.measures.interval import Counts, Floats, Interval, as_floats, only_where
from nms_pv.measures.proportions import clopper_pearson


class Cells(NamedTuple):
    """Cases x and reports n: of both drugs, of the first only, of the second only, of neither. Unit: distinct reports."""

    x11: Counts
    n11: Counts
    x10: Counts
    n10: Counts
    x01: Counts
    n01: Counts
    x00: Counts
    n00: Counts


def expected_together(cells: Cells) -> Floats:
    """Cases expected among reports of both drugs, if the odds that each adds simply added up.

    With o10, o01 and o00 the odds ``x / (n - x)`` of the other three rows, the odds expected of both are
    ``g = max(o00, o10) + max(o00, o01) - o00``: what each drug adds to the odds of neither, and nothing where it adds nothing.
    Expected are ``n11 g / (1 + g)`` cases. Unit: distinct reports. Undefined when a row has no reports, or when one of the
    other three rows has cases only.
    """
    values = as_floats(*cells)
    n11, (x10, n10, x01, n01, x00, n00) = values[1], values[2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        o10, o01, o00 = x10 / (n10 - x10), x01 / (n01 - x01), x00 / (n00 - x00)
        odds = np.maximum(o00, o10) + np.maximum(o00, o01) - o00
        return only_where((n11 > 0) & (n10 > x10) & (n01 > x01) & (n00 > x00), n11 * odds / (1 + odds))


def omega(cells: Cells, level: float) -> Interval:
    """Interaction measure Omega: observed to expected cases of both drugs, shrunk, with the gamma interval.

    Parameters
    ----------
    cells
        Cases and reports.
    level
        Coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``log2((x11 + 0.5) / (E + 0.5))``, E from `expected_together`, and log2 of the quantiles of the gamma distribution
        with shape ``x11 + 0.5`` and rate ``E + 0.5``. Unit: binary logarithm of observed to expected reports, shrunk
        towards 0. The 0.5 are its prior, not a correction.

    Notes
    -----
    Undefined where `expected_together` is. The same for both orders of the drugs. E is taken as known.

    References
    ----------
    Norén GN, Sundberg R, Bate A, Edwards IR. Stat Med 2008;27:3057-70. doi:10.1002/sim.3247 (memory: to be verified)
    """
    (x11,) = as_floats(cells.x11)
    shrunk = expected_together(cells) + 0.5
    tail = (1 - level) / 2
    limits = gammaincinv(x11 + 0.5, tail), gammainccinv(x11 + 0.5, tail)
    return Interval(*(np.log2(value / shrunk) for value in (x11 + 0.5, *limits)))


def additive_contrast(cells: Cells, level: float) -> Interval:
    """Reporting proportion of both drugs beyond what the proportions of each alone add up to.

    Parameters
    ----------
    cells
        Cases and reports.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Interval
        ``c = p11 - p10 - p01 + p00``, p the proportions ``x / n``; limits ``c - sqrt(sum of squares)`` and
        ``c + sqrt(sum of squares)`` of what lies between each proportion and its Clopper-Pearson limit on the side that
        moves c down, or up (MOVER). Unit: none (difference of shares of reports).

    Notes
    -----
    Undefined when a row has no reports. The same for both orders of the drugs, and 0 when the proportions add up.

    References
    ----------
    Rothman KJ, Greenland S, Walker AM. Am J Epidemiol 1980;112:467-70. doi:10.1093/oxfordjournals.aje.a113015 (memory: to be
    verified). Zou GY. Am J Epidemiol 2008;168:212-24. doi:10.1093/aje/kwn104 (memory: to be verified)
    """
    pairs = [(cells.x11, cells.n11, 1), (cells.x10, cells.n10, -1), (cells.x01, cells.n01, -1), (cells.x00, cells.n00, 1)]
    signed = [(clopper_pearson(x, n, level), sign) for x, n, sign in pairs]
    contrast = np.sum([sign * p.estimate for p, sign in signed], axis=0)
    below, above = ([p.estimate - p.low for p, _ in signed], [p.high - p.estimate for p, _ in signed])
    signs = [sign for _, sign in signed]
    down = [under if sign > 0 else over for under, over, sign in zip(below, above, signs, strict=True)]
    up = [over if sign > 0 else under for under, over, sign in zip(below, above, signs, strict=True)]
    return Interval(contrast, contrast - np.linalg.norm(down, axis=0), contrast + np.linalg.norm(up, axis=0))


def why_undefined(cells: Cells) -> npt.NDArray[np.object_]:
    """Why `omega` or `additive_contrast` is undefined, in words: an array of texts, None where both are defined."""
    _, n11, x10, n10, x01, n01, x00, n00 = as_floats(*cells)
    reasons = {
        "no report names both drugs": n11 == 0,
        "no report names the first drug without the second": n10 == 0,
        "no report names the second drug without the first": n01 == 0,
        "every report names one of the two drugs": n00 == 0,
        "every report of the first drug without the second meets the definition": x10 == n10,
        "every report of the second drug without the first meets the definition": x01 == n01,
        "every report of neither drug meets the definition": x00 == n00,
    }
    texts = [np.asarray(text, dtype=object) for text in reasons]
    return np.select(list(reasons.values()), texts, default=np.asarray(None, dtype=object))
