"""Case-crossover: exposure shortly before the episode against exposure of the same person earlier.

Only days before the episode are looked at, so what the episode does to later exposure cannot bias it. A drug that more and more
people take, or that is seldom stopped once begun, biases it upwards: no person without an episode says how exposure changes by
itself, so no case-time-control comparison is made here.
"""

import numpy as np
import polars as pl

from nms_pv.measures.interval import Flags
from nms_pv.measures.own_control.cases import Cases
from nms_pv.measures.own_control.spans import Ints, Spans, is_touched, level_at, starts_between
from nms_pv.measures.own_control.within import ratios_within_persons
from nms_pv.measures.rates import rate_ratio
from nms_pv.measures.rows import with_interval
from nms_pv.spec.own_control import Crossover

PAIRS, STARTED, SEVERAL = "crossover_pairs", "crossover_pairs_started", "crossover_several"
UNIT = {
    PAIRS: "persons exposed in one window alone; persons with both windows observed",
    STARTED: "persons with a start in one window alone; persons with both windows observed",
    SEVERAL: "exposed windows; windows, of persons with all of them observed",
}
_EXACT = "pairs exposed in the risk window alone / in the reference window alone; exact interval, binomial given both"
_LOGISTIC = "given exposure to other antipsychotics: conditional logistic regression; profile-likelihood interval"
METHOD = {
    PAIRS: f"case-crossover, exposed on any day of the window: {_EXACT}",
    STARTED: f"case-crossover, an era started in the window: {_EXACT}",
    SEVERAL: f"case-crossover, exposed on any day of the window, {_LOGISTIC}",
}
METHOD_OF_STOPS = {
    PAIRS: f"case-crossover, the drug was stopped in the window: {_EXACT}",
    SEVERAL: f"case-crossover, the drug was stopped in the window, {_LOGISTIC}",
}
NOBODY = "no person with all windows under observation"
NO_REFERENCE = "no person exposed in the reference window alone"
NO_FINITE_ESTIMATE = "no finite estimate: within persons, all exposure lies on one side of the comparison"


def crossover(cases: Cases, eras: Spans, others: Spans, analysis: str, settings: Crossover, level: float) -> pl.DataFrame:
    """Odds ratio of exposure to a group in the risk window against the reference windows.

    Parameters
    ----------
    cases
        Persons with an episode; one whose windows are not all under observation is left out.
    eras, others
        Eras of the group, and of other antipsychotics.
    analysis
        A key of `METHOD`: matched pairs of the risk window and the first reference window (exposed on any day, or started), or
        all reference windows.
    settings, level
        The windows, in days before the episode, and the nominal coverage of the interval.

    Returns
    -------
    pl.DataFrame
        One row with columns stratum, reference, numerator, denominator, reference_numerator, reference_denominator, estimate,
        low, high and undefined_reason. For pairs ``b / c``, b pairs exposed in the risk window alone and c in the reference
        window alone; given b + c, b is binomial, which gives the limits. Unit: none (ratio of odds).

    Notes
    -----
    Undefined without an observed person, for pairs when c is 0, and where the conditional likelihood has no maximum at a finite
    ratio.

    References
    ----------
    Maclure M. Am J Epidemiol 1991;133:144-53. doi:10.1093/oxfordjournals.aje.a115853 (memory: to be verified)
    """
    references = settings.reference_days if analysis == SEVERAL else settings.reference_days[:1]
    day = observed_throughout(cases, references)
    windows = [(day - last, day - first) for first, last in [settings.risk_days, *references]]
    named = {
        "stratum": f"window={_name(settings.risk_days)} before",
        "reference": f"{', '.join(map(_name, references))} before",
    }
    if analysis == SEVERAL:
        return _regression(windows, eras, others, named, level)
    risk, reference = (
        starts_between(eras, *window) > 0 if analysis == STARTED else is_touched(eras, *window) for window in windows
    )
    return _pairs(risk, reference, named, level)


def observed_throughout(cases: Cases, references: list[list[int]]) -> Ints:
    """Days of the episodes before which one stretch of observation holds all windows."""
    day = cases.counted
    first = day - max(last for _, last in references)
    stretch = cases.observed._replace(level=np.arange(1, cases.observed.start.size + 1))
    here = level_at(stretch, day)
    return day[(here > 0) & (here == level_at(stretch, first))]


def _pairs(risk: Flags, reference: Flags, named: dict[str, str], level: float) -> pl.DataFrame:
    b, c = int((risk & ~reference).sum()), int((reference & ~risk).sum())
    reason = NOBODY if risk.size == 0 else NO_REFERENCE if c == 0 else None
    counts = {"numerator": b, "denominator": risk.size, "reference_numerator": c, "reference_denominator": risk.size}
    return with_interval(_row(named, counts, reason), rate_ratio([b], [1], [c], [1], level))


def _regression(
    windows: list[tuple[Ints, Ints]], eras: Spans, others: Spans, named: dict[str, str], level: float
) -> pl.DataFrame:
    """One cell for each person and window; the risk window has the episode, as a case among its controls."""
    persons = windows[0][0].size
    exposed, to_others = (np.array([is_touched(spans, *window) for window in windows]).T.ravel() for spans in (eras, others))
    is_risk = np.tile(np.arange(len(windows)) == 0, persons)
    counts = {
        "numerator": int((exposed & is_risk).sum()),
        "denominator": persons,
        "reference_numerator": int((exposed & ~is_risk).sum()),
        "reference_denominator": exposed.size - persons,
    }
    fit = ratios_within_persons(
        np.repeat(np.arange(persons), len(windows)),
        2 * exposed.astype(np.int64) + to_others,
        np.ones(exposed.size, dtype=np.int64),
        is_risk.astype(np.int64),
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        np.array([[1.0, 0.0]]),
        level,
    )
    return with_interval(_row(named, counts, NO_FINITE_ESTIMATE if persons else NOBODY), fit.ratio)


def _row(named: dict[str, str], counts: dict[str, int], reason: str | None) -> pl.DataFrame:
    return pl.DataFrame([{**named, **counts, "undefined_reason": reason}], schema_overrides={"undefined_reason": pl.String})


def _name(days: list[int]) -> str:
    return f"{days[0]}-{days[1]}"
