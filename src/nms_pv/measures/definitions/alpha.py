"""Agreement of any number of definitions, of which some may be undecided."""

from typing import NamedTuple

import numpy as np

from nms_pv.measures.definitions.patterns import Integers
from nms_pv.measures.interval import Floats


class Alpha(NamedTuple):
    """Krippendorff's alpha with its limits; not a number, with a reason, where undefined."""

    estimate: float
    low: float
    high: float
    undefined_reason: str | None


def krippendorff_alpha(values: Integers, n: Integers, level: float, resamples: int, seed: int) -> Alpha:
    """Krippendorff's alpha for nominal data with a bootstrap interval.

    Parameters
    ----------
    values
        How many definitions give each value, shape (patterns, values): for verdicts, numbers met and not met. What is
        undecided is in none of them.
    n
        Subjects with each pattern, shape (patterns,).
    level
        Nominal coverage, between 0 and 1.
    resamples
        Number of bootstrap resamples.
    seed
        Of the random numbers (PCG64): the same seed gives the same limits.

    Returns
    -------
    Alpha
        ``1 - D_o / D_e``, the observed over the expected disagreement of two verdicts on one subject. A subject with m >= 2
        decided verdicts, of which v_c give value c, adds ``(m^2 - sum(v_c^2)) / (m - 1)`` to D_o; with V_c the sum of v_c over
        such subjects and V their sum, ``D_e = (V^2 - sum(V_c^2)) / (V - 1)``. The limits are the ``(1 -/+ level) / 2`` quantiles
        over resamples of subjects, drawn as multinomial counts of the patterns. Unit: none.

    Notes
    -----
    Undefined when no subject has two decided verdicts, and when these all have one value. Resamples in which they do are left
    out of the quantiles.

    References
    ----------
    Krippendorff K. Content Analysis, 2nd ed., 2004, ch. 11 (memory: to be verified)
    """
    decided = values.sum(axis=1)
    pairable = decided >= 2
    of_value, n, decided = values[pairable].astype(np.float64), n[pairable], decided[pairable]
    if n.sum() == 0:
        return Alpha(np.nan, np.nan, np.nan, "no subject has two decided verdicts")
    if (n @ of_value > 0).sum() == 1:
        return Alpha(np.nan, np.nan, np.nan, "all decided verdicts are the same")
    disagreement = (decided**2 - (of_value**2).sum(axis=1)) / (decided - 1)
    random = np.random.Generator(np.random.PCG64(seed))
    redrawn = random.multinomial(n.sum(), n / n.sum(), resamples)
    drawn = _alpha(redrawn @ disagreement, redrawn @ of_value)
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Alpha(float(_alpha(n @ disagreement, n @ of_value)), float(low), float(high), None)


def _alpha(disagreement: Floats, values: Floats) -> Floats:
    """From the sum of disagreement and the sums of each value, which lie on the last axis."""
    total = values.sum(axis=-1)
    expected = total**2 - (values**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - (total - 1) * disagreement / expected
