"""Numbers that a definition without its errors would have given.

All functions take arrays that broadcast against each other: numbers of rows, shape (rows, 1), and draws of the accuracy, shape
(draws,). What an accuracy makes impossible is not a number.

References
----------
Fox MP, MacLehose RF, Lash TL. Applying quantitative bias analysis to epidemiologic data, 2nd ed. Springer 2021,
doi:10.1007/978-3-030-82673-4 (memory: to be verified)
"""

import numpy as np

from nms_pv.measures.interval import Counts, Floats, as_floats, only_where


def true_proportion(apparent: Counts, sensitivity: Counts, specificity: Counts) -> Floats:
    """``(p - (1 - Sp)) / (Se - (1 - Sp))`` of the apparent share p (Rogan and Gladen).

    Notes
    -----
    Impossible when Se + Sp is not above 1, and when the result lies outside 0 to 1: the group then shows more, or fewer, than
    false positives alone would give. With a rare outcome this happens as soon as 1 - Sp exceeds p.
    """
    p, sensitivity, specificity = as_floats(apparent, sensitivity, specificity)
    false_share = 1 - specificity
    youden = sensitivity - false_share
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (p - false_share) / youden
        return only_where((youden > 0) & (share >= 0) & (share <= 1), share)


def true_rate(rate: Counts, sensitivity: Counts, ppv: Counts) -> Floats:
    """``rate PPV / Se``: episodes that are true ones, and those missed, at the same person-time.

    Notes
    -----
    Impossible when Se is 0. The days of people whose episode was missed, or is a false one, are taken as known: with few
    episodes per person-year this changes nothing.
    """
    rate, sensitivity, ppv = as_floats(rate, sensitivity, ppv)
    with np.errstate(divide="ignore", invalid="ignore"):
        return only_where(np.broadcast_to(sensitivity > 0, np.broadcast(rate, sensitivity).shape), rate * ppv / sensitivity)


def true_rate_ratio(
    ratio: Counts, sensitivity: Counts, ppv: Counts, reference_sensitivity: Counts, reference_ppv: Counts
) -> Floats:
    """``R (PPV1 / Se1) / (PPV0 / Se0)``: the ratio of the two rates of `true_rate`.

    Notes
    -----
    Impossible when Se1, Se0 or PPV0 is 0. Where both groups have the same Se and PPV, the ratio is what it was.
    """
    here = true_rate(ratio, sensitivity, ppv)
    there = true_rate(1.0, reference_sensitivity, reference_ppv)
    with np.errstate(divide="ignore", invalid="ignore"):
        return only_where(there > 0, here / there)
