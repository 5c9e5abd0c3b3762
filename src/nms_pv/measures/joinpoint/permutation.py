"""How many joinpoints: permutation tests, from none against most to one more against one fewer."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nms_pv.measures.interval import Floats
from nms_pv.measures.joinpoint.segmented import Fit, Series, best_fit, models, most_joinpoints, smallest_deviance

Orders = npt.NDArray[np.int64]
# What is added before the root, so that its variance is a quarter from few events on (Anscombe).
ANSCOMBE = 3 / 8
# Series refitted at a time: more only fill memory.
AT_A_TIME = 250
SAME = 1e-9


class Tested(NamedTuple):
    """One test: joinpoints supposed and held against them, p and the level it was tested at."""

    fewer: int
    more: int
    p: float
    level: float


class Chosen(NamedTuple):
    """The fit with the number of joinpoints that the tests leave, and the tests in order."""

    fit: Fit
    tests: tuple[Tested, ...]


def choose(series: Series, permutations: int, seed: int, alpha: float) -> Chosen | None:
    """The number of joinpoints by sequential permutation tests.

    Parameters
    ----------
    series
        At least 7 years.
    permutations
        Number N of permutations in each test.
    seed
        Of the random numbers (PCG64): the same seed gives the same tests.
    alpha
        Probability, at most, of finding more joinpoints than there are.

    Returns
    -------
    Chosen or None
        The tests begin with no joinpoint against the most that the years allow (1 from 7 years, 2 from 12; fewer where the
        events allow no fit). If fewer are rejected, one more is supposed next; if not, one fewer is held against them; until the
        two meet. Supposing k, a test rejects if ``p < alpha / (most - k)``. None where not even a straight trend can be fitted.

    References
    ----------
    Kim HJ, Fay MP, Feuer EJ, Midthune DN. Stat Med 2000;19:335-51 (memory: to be verified). Levels of the tests: Joinpoint help,
    https://surveillance.cancer.gov/help/joinpoint/statistical-notes/
    """
    fits = []
    for joinpoints in range(most_joinpoints(series.year.size) + 1):
        fit = best_fit(series, joinpoints)
        if fit is None:
            break
        fits.append(fit)
    if not fits:
        return None
    random = np.random.Generator(np.random.PCG64(seed))
    fewer, most = 0, len(fits) - 1
    more, tests = most, []
    while fewer < more:
        orders = random.permuted(np.tile(np.arange(series.year.size), (permutations, 1)), axis=1)
        test = Tested(fewer, more, permutation_p(series, fits[fewer], fits[more], orders), alpha / (most - fewer))
        tests.append(test)
        if test.p < test.level:
            fewer += 1
        else:
            more -= 1
    return Chosen(fits[fewer], tuple(tests))


def permutation_p(series: Series, supposed: Fit, against: Fit, orders: Orders) -> float:
    """Permutation test of a fit against one with more joinpoints.

    Parameters
    ----------
    series
        Events, size and year.
    supposed, against
        The best fits with fewer and with more joinpoints.
    orders
        Shape (permutations, years): each row holds the places from which the residuals are taken.

    Returns
    -------
    float
        ``(1 + #(T* >= T)) / (1 + N)``. T is the deviance of the best fit with fewer joinpoints over that with more. T* is the
        same of permuted series: residuals ``sqrt(y + 3/8) - sqrt(m + 3/8)`` of the supposed fit with mean m, in another order,
        are added to its ``sqrt(m + 3/8)``, and the sum is squared and lowered by 3/8, not below 0.

    Notes
    -----
    On the scale of the root the residuals of Poisson counts have the same variance in every year, whatever the mean, so that they
    can change places, and if they vary more than Poisson's, so do the permuted ones. A permuted series that cannot be fitted
    counts as below T.
    """
    log_size = np.log(series.size)
    root = np.sqrt(supposed.mean + ANSCOMBE)
    permuted = np.maximum(0, (root + (np.sqrt(series.events + ANSCOMBE) - root)[orders]) ** 2 - ANSCOMBE)
    with_fewer, with_more = (models(series.year, fit.joinpoints.size) for fit in (supposed, against))
    drawn = np.concatenate(
        [
            _ratio(smallest_deviance(part, log_size, with_fewer), smallest_deviance(part, log_size, with_more))
            for part in np.split(permuted, range(AT_A_TIME, len(permuted), AT_A_TIME))
        ]
    )
    observed = _ratio(np.array([supposed.deviance]), np.array([against.deviance]))
    return float((1 + (drawn >= observed * (1 - SAME)).sum()) / (1 + len(orders)))


def _ratio(fewer: Floats, more: Floats) -> Floats:
    """Fewer over more, 0 where either could not be fitted; two perfect fits are as good as each other."""
    fitted = np.isfinite(fewer) & np.isfinite(more)
    tiny = np.finfo(float).eps
    return np.where(fitted, (np.where(fitted, fewer, 0) + tiny) / (np.where(fitted, more, 0) + tiny), 0)
