"""Times of cases -> frames of what is fitted under the main definition: Weibull, product limit, equality of generations."""

from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.onset import equality, lynden_bell, weibull
from nms_pv.measures.onset.fit_quality import bootstrap_p
from nms_pv.measures.onset.numbers import KEY, MARKS, times_by
from nms_pv.measures.rows import with_interval

# Of these the fit is tested, and curves are drawn.
TESTED = ["antagonist", "generation"]
ANY = "any"
LIMITS = {"ignored": "as if every time could have been seen", "taken": "given that the time lies within its limit"}


class Cases(NamedTuple):
    """A group with the times and limits of its cases."""

    group: pl.DataFrame
    days: Floats
    limits: Floats


def cases_from_start(shown: pl.DataFrame, grouped: pl.DataFrame) -> list[Cases]:
    """The times from the start of every group."""
    rows_of = times_by(grouped, KEY)
    nothing = grouped.clear()
    found = []
    for group in shown.filter(clock="start").iter_slices(1):
        rows = rows_of.get(group.select(KEY).row(0), nothing)
        days, limits = (rows[column].cast(pl.Float64).to_numpy() for column in ("days", "limit"))
        found.append(Cases(group.select(*KEY, numerator="known", denominator="cases"), days, limits))
    return found


def weibull_frames(
    cases: list[Cases], level: float, resamples: int, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Shape, scale, and p value of the fit, with the limits ignored and taken.

    `screen_met` of a shape says whether its interval leaves 1 out (Cornelius VR, Sauzet O, Evans SJW. Drug Saf 2012;35:599-610,
    memory: to be verified).
    """
    shapes, scales, tests = [], [], []
    for one in cases:
        for name in LIMITS:
            limits = one.limits if name == "taken" else np.full_like(one.limits, np.inf)
            fit = weibull.weibull(weibull.times_of(one.days, limits), level)
            row = one.group.with_columns(
                stratum=pl.lit(f"clock=start;limits={name}"), undefined_reason=pl.lit(fit.undefined_reason, pl.String)
            )
            leaves_out_1 = (pl.col("low") > 1) | (pl.col("high") < 1)
            shapes.append(with_interval(row, fit.shape).with_columns(screen_met=leaves_out_1))
            scales.append(with_interval(row, fit.scale))
            if name == "taken" and row["group_kind"].item() in TESTED:
                p = np.nan if fit.undefined_reason else bootstrap_p(one.days, limits, fit.fits, resamples, seed)
                tests.append(with_interval(row, _without_interval(np.array([p]))))
    return pl.concat(shapes), pl.concat(scales), pl.concat(tests)


def reverse_curves(cases: list[Cases], level: float) -> list[tuple[Cases, lynden_bell.ReverseCurve]]:
    """The product-limit curves of groups with enough cases."""
    enough = [one for one in cases if one.days.size >= weibull.FEWEST]
    return [(one, lynden_bell.reverse_curve(one.days, one.limits, level)) for one in enough]


def reverse_shares(cases: list[Cases], level: float) -> pl.DataFrame:
    """Share with onset within each mark, given onset up to the largest limit, from the product-limit curve."""
    curve_of = {id(one): curve for one, curve in reverse_curves(cases, level)}
    frames = []
    for one in cases:
        curve = curve_of.get(id(one))
        rows = pl.concat([one.group] * len(MARKS)).with_columns(
            stratum=pl.format("clock=start;days={};limits=taken", pl.Series(MARKS)),
            undefined_reason=pl.lit(weibull.TOO_FEW if curve is None else lynden_bell.EXHAUSTED),
        )
        nothing = Interval(*(np.full(len(MARKS), np.nan) for _ in range(3)))
        frames.append(with_interval(rows, nothing if curve is None else lynden_bell.share_within(curve, MARKS)))
    return pl.concat(frames)


def equality_rows(shown: pl.DataFrame, grouped: pl.DataFrame, resamples: int, seed: int) -> pl.DataFrame:
    """P values that generations have one distribution of times from the start; cases of two generations are left out."""
    of_generations = grouped.filter(clock="start", group_kind="generation")
    of_one = of_generations.filter(pl.len().over("definition", "subject_id") == 1)
    rows_of = times_by(of_one, ["group"])
    groups = shown.filter(clock="start", group_kind="generation").sort("group")
    samples = {
        name: rows_of.get((name,), of_one.clear())["days"].cast(pl.Float64).to_numpy() for name in groups["group"].to_list()
    }
    tests = equality.equality(samples, resamples, seed)
    rows = [
        (
            test.groups[0] if test.is_pair else ANY,
            test.groups[1] if test.is_pair else " and ".join(test.groups),
            test.n[0] if test.is_pair else sum(test.n),
            test.n[1] if test.is_pair else None,
            test.p,
            test.undefined_reason,
        )
        for test in tests
    ]
    columns = {
        "group": pl.String,
        "reference": pl.String,
        "numerator": pl.Int64,
        "reference_numerator": pl.Int64,
        "estimate": pl.Float64,
        "undefined_reason": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        definition=pl.lit(shown["definition"][0]),
        group_kind=pl.lit("generation"),
        stratum=pl.lit("clock=start"),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
    )


def _without_interval(values: Floats) -> Interval:
    return Interval(values, values * np.nan, values * np.nan)
