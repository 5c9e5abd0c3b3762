"""Observed to expected reports of ingredients, pulled towards those of their chemical class as far as the data allow."""

import numpy as np

from nms_pv.measures.interval import Counts, Floats, as_floats
from nms_pv.measures.pooling import FEWEST_MEMBERS, Pooled, pooled_rates
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS

METHOD = (
    "a / E of the members of a chemical class; gamma-Poisson model of the class, E its exposure, uniform shrinkage prior; "
    "posterior mean and equal-tailed interval"
)


def pooled_ratios(observed: Counts, expected: Counts, level: float) -> Pooled:
    """Observed / expected reports of all members of one class, partially pooled.

    Parameters
    ----------
    observed
        a_i, one per member. Unit: distinct reports.
    expected
        E_i, the reports expected if member and definition were independent, one per member. Unit: distinct reports.
    level
        Coverage, between 0 and 1.

    Returns
    -------
    Pooled
        The model of `measures/pooling.py` with E_i in the place of person-years: a_i is Poisson with mean ``lambda_i E_i``,
        the lambda_i come from one gamma distribution a class. Unit: none (observed / expected).

    Notes
    -----
    Undefined with fewer than 3 members of which reports are expected, and without any report in the class that meets the
    definition; also for a member of which none is expected.

    Poisson and not a normal model of log ratios with their Wald errors: that one has nothing to say of a member with a = 0,
    and most members of a class of antipsychotics have a handful of reports. As reports that meet the definition are a share
    of those of the member, their variance is at most Poisson, and the interval, if anything, too wide.

    References
    ----------
    Christiansen CL, Morris CN. J Am Stat Assoc 1997;92:618-32. doi:10.1080/01621459.1997.10474013 (memory: to be verified)
    """
    a, e = as_floats(observed, expected)
    reason = _why_undefined(a, e)
    if reason is not None:
        undefined: Floats = np.full(a.shape, np.nan)
        return Pooled(undefined, undefined, undefined, undefined, METHOD, reason)
    found = pooled_rates(a, e * DAYS_PER_YEAR, level)
    return found._replace(
        estimate=found.estimate / PER_PERSON_YEARS,
        low=found.low / PER_PERSON_YEARS,
        high=found.high / PER_PERSON_YEARS,
        method=METHOD,
    )


def _why_undefined(observed: Floats, expected: Floats) -> str | None:
    if (expected > 0).sum() < FEWEST_MEMBERS:
        return f"fewer than {FEWEST_MEMBERS} ingredients of the class with expected reports"
    if observed.sum() == 0:
        return "no report of the class meets the definition"
    return None
