"""How much the reports of one group of drugs hide what is reported of another.

Cells a, b, c, d are those of a 2x2 table (measures/reports/disproportionality.py). Of the reports that name the masking group,
x meet the definition and are in the reference, of n in the reference.
"""

import numpy as np

from nms_pv.measures.interval import Counts, Floats, as_floats, only_where


def masking_ratio(c: Counts, d: Counts, masker_c: Counts, masker_n: Counts) -> Floats:
    """By how much the PRR of a group grows once the reports that name the masking group leave its reference.

    Parameters
    ----------
    c, d
        Reports of the reference that meet the definition, and that do not. Unit: distinct reports.
    masker_c, masker_n
        Of c, those that name the masking group (x); of c + d, those that name it (n).

    Returns
    -------
    array
        ``MR = (c / (c + d)) / ((c - x) / (c + d - n))``: 1 when the masking group has no report in the reference, above 1
        when its reports hide, below 1 when they exaggerate. Unit: none.

    Notes
    -----
    Undefined when c is 0, or when no report that meets the definition is left. Reports that name both groups belong to the
    masked one and stay, so that the ratio speaks of the reference alone.

    References
    ----------
    Maignen F et al. A conceptual approach to the masking effect of measures of disproportionality. Pharmacoepidemiol Drug Saf
    2014;23:208-17. doi:10.1002/pds.3530 (formula from memory: to be verified)
    """
    c, d, x, n = as_floats(c, d, masker_c, masker_n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return only_where((c > 0) & (c - x > 0), (c / (c + d)) / ((c - x) / (c + d - n)))
