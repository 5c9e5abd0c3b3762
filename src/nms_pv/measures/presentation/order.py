"""Which sign is dated first, and in which order: cohort arm only, for a report has one event date."""

import functools
import operator
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl

from nms_pv.measures.course.numbers import VALUES, not_computed, numbers, shares
from nms_pv.measures.onset.quantiles import QUARTILES, quantiles
from nms_pv.measures.presentation.dates import CODE
from nms_pv.measures.presentation.published import PublishedOrder
from nms_pv.spec.questions import CORE_SIGNS

GROUP = ["definition", "group_kind", "group"]
SIGNS = list(CORE_SIGNS)
# The order of Velamoor 1994; laboratory values are not in it.
ORDER = ["mental_status", "rigidity", "fever", "autonomic"]
EARLY = ["mental_status", "rigidity"]
TWO = 2
ONE_DATE = "a report has one event date for all of its terms, so that no sign is dated before another"
TOO_FEW = "in no case of the group are two of the signs dated to the day"
DATED = "dated to the day, by a finding that says so or by the first value that meets the size; Clopper-Pearson interval"
OF_SIGNS = f"cases with at least two of {', '.join(SIGNS)} {DATED}"
OF_ORDER = f"cases with at least so many of {', '.join(ORDER)} {DATED}"
METHOD = {
    "first_sign_proportion": f"cases in which the sign is the first, or one of several on the first day / {OF_SIGNS}",
    "sign_order_proportion": (
        f"cases in which no sign comes before one that it should follow, in the order {' -> '.join(ORDER)}, signs on one day "
        f"allowed or not / {OF_ORDER}"
    ),
    "sign_order_by_chance": (
        "the same share if, in each case, all ways to give its days to its dated signs were equally likely: mean of 1 / their "
        "number; a value, without an interval"
    ),
    "first_sign_early_proportion": (
        "cases in which mental_status or rigidity is on the first day (ties allowed), or nothing else is (ties not allowed) / "
        f"{OF_ORDER}"
    ),
    "first_sign_to_code_days": (
        f"days from the first of {', '.join(SIGNS)} that is dated to the first {CODE}, below 0 where the code comes first, of "
        "cases that have both; exact interval from order statistics; signs more than {} days before the first candidate record "
        "of the episode are not looked for"
    ),
}


def order_numbers(
    cases: pl.DataFrame, shown: pl.DataFrame, days: pl.DataFrame, finding_days: int, unit: str, level: float
) -> pl.DataFrame:
    """Which sign is first, whether the order is the published one, and how long before the code.

    Parameters
    ----------
    cases
        definition, group_kind, group, subject_id.
    shown
        definition, group_kind, group that have rows even without a case.
    days
        `first_days`.
    finding_days
        How many days before an episode signs are looked for.
    unit
        What was counted.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`. Strata: `sign=fever;first=alone`, `first=tied` or `first=any`; `ties=allowed` or `ties=none`, with
        `;dated=2` or `;dated=4` signs at least; `quantile=0.5`.

    Notes
    -----
    Undefined where no case has enough dated signs. Dates are those of records: a sign may have been there before it was
    written down, and day by day many are written down together, which is why ties are told apart.
    """
    dated = cases.join(days, on="subject_id", how="left")
    return pl.concat(
        [
            _first_signs(dated, shown, unit, level),
            _orders(dated, shown, unit, level),
            _days_to_code(dated, shown, METHOD["first_sign_to_code_days"].format(finding_days), unit, level),
        ]
    )


def no_order_in_reports(groups: pl.DataFrame, unit: str) -> pl.DataFrame:
    """One row a measure and group that says why reports have no order; columns of `groups` are those of the address."""
    return pl.concat([not_computed(groups, measure, unit, "none", ONE_DATE) for measure in METHOD])


def against_published(found: pl.DataFrame, published: Sequence[PublishedOrder]) -> pl.DataFrame:
    """Our shares of all cases, ties allowed, minus published ones, which come without counts and are taken as fixed.

    `found` holds `order_numbers`. Measure `sign_order_minus_published`; the limits are those of ours.
    """
    parts = []
    for one in published:
        ours = found.filter(pl.col("measure") == one.compares_with, pl.col("stratum").str.starts_with("ties=allowed"))
        told = ours.with_columns(
            pl.col(VALUES) - one.share,
            stratum=f"{one.compares_with};" + pl.col("stratum"),
            reference=pl.lit(one.name),
        )
        method = pl.col("method") + f"; minus the published {100 * one.share:g} %, taken as fixed, since its counts are not known"
        parts.append(
            numbers(told.drop("measure", "unit"), "sign_order_minus_published", "", method).with_columns(unit=told["unit"])
        )
    return pl.concat([found.clear(), *parts])


def _first_signs(dated: pl.DataFrame, shown: pl.DataFrame, unit: str, level: float) -> pl.DataFrame:
    enough = dated.filter(_number_dated(SIGNS) >= TWO)
    first = pl.min_horizontal(SIGNS)
    here = {sign: (pl.col(sign) == first).fill_null(False) for sign in SIGNS}
    is_tied = pl.sum_horizontal(here.values()) > 1
    kinds = {"any": pl.lit(True), "alone": ~is_tied, "tied": is_tied}
    counted = {f"sign={sign};first={kind}": here[sign] & chosen for sign in SIGNS for kind, chosen in kinds.items()}
    return _shares(enough, shown, counted, "first_sign_proportion", unit, level)


def _orders(dated: pl.DataFrame, shown: pl.DataFrame, unit: str, level: float) -> pl.DataFrame:
    pairs = list(combinations(ORDER, 2))
    is_first = {sign: (pl.col(sign) == pl.min_horizontal(ORDER)).fill_null(False) for sign in ORDER}
    early, late = (
        pl.any_horizontal(is_first[sign] for sign in ORDER if (sign in EARLY) == is_early) for is_early in (True, False)
    )
    in_order = {
        "allowed": pl.all_horizontal((pl.col(a) <= pl.col(b)).fill_null(True) for a, b in pairs),
        "none": pl.all_horizontal((pl.col(a) < pl.col(b)).fill_null(True) for a, b in pairs),
    }
    early_first = {"allowed": early, "none": early & ~late}
    parts = []
    for fewest in (TWO, len(ORDER)):
        enough = dated.filter(_number_dated(ORDER) >= fewest)
        for measure, answers in (("sign_order_proportion", in_order), ("first_sign_early_proportion", early_first)):
            counted = {f"ties={ties};dated={fewest}": answer for ties, answer in answers.items()}
            parts.append(_shares(enough, shown, counted, measure, unit, level))
        parts.append(_by_chance(enough, shown, fewest, unit))
    return pl.concat(parts)


def _by_chance(enough: pl.DataFrame, shown: pl.DataFrame, fewest: int, unit: str) -> pl.DataFrame:
    """Of m dated signs with t_1, t_2, ... on one day, t_1! t_2! ... of the m! ways are in order; without ties none if a t > 1."""
    ways = functools.reduce(operator.mul, (_earlier_or_here(i) for i in range(len(ORDER))))
    all_ways = functools.reduce(operator.mul, (_dated_until(i) for i in range(len(ORDER))))
    shares_by_chance = {"allowed": ways / all_ways, "none": (ways == 1) / all_ways}
    parts = []
    for ties, share in shares_by_chance.items():
        means = enough.group_by(GROUP).agg(estimate=share.mean(), denominator=pl.len().cast(pl.Int64))
        empty = {"low": pl.lit(None, pl.Float64), "high": pl.lit(None, pl.Float64)}
        told = _filled(shown, means).with_columns(
            **empty, stratum=pl.lit(f"ties={ties};dated={fewest}"), undefined_reason=pl.lit(TOO_FEW)
        )
        parts.append(numbers(told, "sign_order_by_chance", unit, METHOD["sign_order_by_chance"]))
    return pl.concat(parts)


def _earlier_or_here(place: int) -> pl.Expr:
    """How many signs up to this one, itself included, have its day: multiplied over signs, the product of the t!."""
    same = pl.sum_horizontal((pl.col(sign) == pl.col(ORDER[place])).fill_null(False) for sign in ORDER[: place + 1])
    return pl.max_horizontal(same, pl.lit(1)).cast(pl.Float64)


def _dated_until(place: int) -> pl.Expr:
    """How many signs up to this one are dated, if it is: multiplied over signs, m!."""
    dated = pl.sum_horizontal(pl.col(sign).is_not_null() for sign in ORDER[: place + 1])
    return pl.when(pl.col(ORDER[place]).is_not_null()).then(dated).otherwise(1).cast(pl.Float64)


def _days_to_code(dated: pl.DataFrame, shown: pl.DataFrame, method: str, unit: str, level: float) -> pl.DataFrame:
    first = pl.min_horizontal(SIGNS)
    by_group = (
        dated.group_by(GROUP)
        .agg(denominator=pl.len().cast(pl.Int64), days=(pl.col(CODE) - first).drop_nulls())
        .join(shown, on=GROUP, how="right")
        .with_columns(pl.col("denominator").fill_null(0), pl.col("days").fill_null([]))
        .sort(GROUP)
        .with_columns(numerator=pl.col("days").list.len().cast(pl.Int64))
    )
    found = [_signed_quantiles(days.to_numpy(), level) for days in by_group["days"]]
    parts = []
    for number, share in enumerate(QUARTILES):
        values = pl.DataFrame(np.reshape([one[:, number] for one in found], (-1, 3)), schema=VALUES, orient="row")
        told = pl.concat(
            [by_group.drop("days"), values.with_columns(pl.when(pl.all().is_finite()).then(pl.all()))], how="horizontal"
        )
        address = {
            "stratum": pl.lit(f"quantile={share:g}"),
            "undefined_reason": pl.lit("in no case are a sign and the code dated"),
        }
        parts.append(numbers(told.with_columns(**address), "first_sign_to_code_days", unit, method))
    return pl.concat(parts)


def _signed_quantiles(days: np.ndarray, level: float) -> np.ndarray:
    """`quantiles` of days that may be below 0: shifted up, and what is then 0 for want of a limit is none."""
    if days.size == 0:
        return np.full((3, len(QUARTILES)), np.nan)
    lowest = days.min() - 1
    found = np.stack(quantiles(days - lowest, QUARTILES, level))
    return np.where(found == 0, np.nan, found + lowest)


def _shares(
    enough: pl.DataFrame, shown: pl.DataFrame, counted: Mapping[str, pl.Expr], measure: str, unit: str, level: float
) -> pl.DataFrame:
    sums = [answer.sum().cast(pl.Int64).alias(stratum) for stratum, answer in counted.items()]
    wide = _filled(shown, enough.group_by(GROUP).agg(pl.len().cast(pl.Int64).alias("denominator"), *sums))
    frame = wide.unpivot(list(counted), index=[*GROUP, "denominator"], variable_name="stratum", value_name="numerator")
    known = frame.with_columns(pl.col("denominator", "numerator").fill_null(0))
    return shares(known, measure, unit, METHOD[measure], TOO_FEW, level)


def _filled(shown: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    return shown.join(found, on=GROUP, how="left")


def _number_dated(signs: Sequence[str]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(sign).is_not_null() for sign in signs)
