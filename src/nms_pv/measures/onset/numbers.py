"""Times of cases -> frames of numbers under every definition: who has a time, quartiles, shares, and published marks."""

from collections.abc import Iterator, Sequence

import polars as pl

from nms_pv.measures.interval import Floats, Interval
from nms_pv.measures.onset.clocks import KNOWN
from nms_pv.measures.onset.grouped import GROUP
from nms_pv.measures.onset.published import PublishedOnset
from nms_pv.measures.onset.quantiles import QUARTILES, quantiles
from nms_pv.measures.onset.weibull import FEWEST, TOO_FEW
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rows import with_interval

# Published marks are at 24 hours, a week and 30 days; dates tell 24 hours only to lie between 0 and 1 days elapsed.
MARKS = (0, 1, 7, 30)
KEY = ["definition", *GROUP]
NO_CASE = "no case of the group meets the definition"
NO_TIME = "no case of the group has a time"
NO_INTERVAL = "the dosing interval of no case with a time is known"
COMPARED = ["antagonist", "generation"]


def known_proportions(shown: pl.DataFrame, level: float) -> pl.DataFrame:
    """Cases with a time, of all cases of the group."""
    counted = shown.with_columns(numerator="known", denominator="cases", undefined_reason=pl.lit(NO_CASE), stratum=_stratum())
    return _proportions(counted, level)


def reason_proportions(shown: pl.DataFrame, grouped: pl.DataFrame, level: float) -> pl.DataFrame:
    """Cases without a time, by the reason; with those of `known_proportions` they add up to all cases of the group."""
    counted = (
        grouped.filter(pl.col("state") != KNOWN)
        .group_by(*KEY, "state")
        .agg(numerator=pl.len().cast(pl.Int64))
        .join(shown, on=KEY)
        .sort(*KEY, "state")
        .with_columns(denominator="cases", undefined_reason=None, stratum=_stratum("reason=" + pl.col("state").cast(pl.String)))
    )
    return _proportions(counted, level)


def within_proportions(shown: pl.DataFrame, grouped: pl.DataFrame, level: float) -> pl.DataFrame:
    """Cases with onset within each mark, of those with a time; column `days` holds the mark."""
    marks = pl.DataFrame({"mark": MARKS}, schema={"mark": pl.Int32})
    counted = (
        shown.join(marks, how="cross")
        .join(grouped.filter(state=KNOWN).select(*KEY, "days"), on=KEY, how="left")
        .group_by(*KEY, "known", "mark")
        .agg(numerator=(pl.col("days") <= pl.col("mark")).sum().cast(pl.Int64))
        .sort(*KEY, "mark")
        .with_columns(
            denominator="known",
            undefined_reason=pl.lit(NO_TIME),
            stratum=_stratum("days=" + pl.col("mark").cast(pl.String)),
            days="mark",
        )
    )
    return _proportions(counted, level)


def in_interval_proportions(shown: pl.DataFrame, grouped: pl.DataFrame, level: float) -> pl.DataFrame:
    """Cases with onset within the dosing interval of the last injection, of those with a time whose interval is known."""
    counted = (
        shown.filter(clock="injection")
        .join(grouped.filter(state=KNOWN).select(*KEY, "in_interval"), on=KEY, how="left")
        .group_by(KEY)
        .agg(
            numerator=pl.col("in_interval").sum().cast(pl.Int64),
            denominator=pl.col("in_interval").count().cast(pl.Int64),
        )
        .sort(KEY)
        .with_columns(undefined_reason=pl.lit(NO_INTERVAL), stratum=_stratum())
    )
    return _proportions(counted, level)


def quartiles(shown: pl.DataFrame, grouped: pl.DataFrame, level: float) -> pl.DataFrame:
    """Quartiles of the times of each group; column `share` holds 0.25, 0.5 or 0.75."""
    days_of = times_by(grouped, KEY)
    groups = shown.select(*KEY, "known", denominator="known", undefined_reason=pl.lit(TOO_FEW))
    frames = [
        with_interval(
            pl.concat([group] * len(QUARTILES)).with_columns(share=pl.Series(QUARTILES)), _quartiles(group, days, level)
        )
        for group, days in _each(groups, days_of)
    ]
    return pl.concat(frames).with_columns(stratum=_stratum("quantile=" + pl.col("share").cast(pl.String)))


def against_published(
    within: pl.DataFrame, medians: pl.DataFrame, published: Sequence[PublishedOnset]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Our shares and medians from the start, minus published ones; `screen_met` says whether the interval leaves 0 out.

    Published numbers come without a number of cases, so they are taken as fixed and the limits are those of ours: whether 0
    lies outside is the exact binomial test of the share, or the sign test of the median, at one minus the level.
    """
    here = pl.col("clock").eq("start") & pl.col("group_kind").is_in(COMPARED)
    shares = [_minus(within.filter(here, pl.col("days") == one.days), one) for one in published if one.days is not None]
    others = [_minus(medians.filter(here, pl.col("share") == 0.5), one) for one in published if one.days is None]  # noqa: PLR2004
    return (pl.concat([_minus_nothing(within), *shares]), pl.concat([_minus_nothing(medians), *others]))


def times_by(grouped: pl.DataFrame, key: list[str]) -> dict[tuple[object, ...], pl.DataFrame]:
    """Rows of cases with a time, by group, in one order whatever the order of the cases."""
    known = grouped.filter(state=KNOWN).sort(*key, "days", "limit", "subject_id")
    return known.partition_by(key, as_dict=True, maintain_order=True)


def _each(groups: pl.DataFrame, rows_of: dict[tuple[object, ...], pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, Floats]]:
    for group in groups.iter_slices(1):
        rows = rows_of.get(group.select(KEY).row(0))
        yield group, (pl.Series([], dtype=pl.Float64) if rows is None else rows["days"].cast(pl.Float64)).to_numpy()


def _quartiles(group: pl.DataFrame, days: Floats, level: float) -> Interval:
    return quantiles(days if group["known"].item() >= FEWEST else days[:0], QUARTILES, level)


def _minus(ours: pl.DataFrame, published: PublishedOnset) -> pl.DataFrame:
    return ours.with_columns(pl.col("estimate", "low", "high") - published.value, reference=pl.lit(published.name)).with_columns(
        screen_met=(pl.col("low") > 0) | (pl.col("high") < 0)
    )


def _minus_nothing(like: pl.DataFrame) -> pl.DataFrame:
    return like.clear().with_columns(reference=pl.lit(None, pl.String), screen_met=pl.lit(None, pl.Boolean))


def _stratum(more: pl.Expr | None = None) -> pl.Expr:
    clock = "clock=" + pl.col("clock").cast(pl.String)
    return clock if more is None else clock + ";" + more


def _proportions(counted: pl.DataFrame, level: float) -> pl.DataFrame:
    return with_interval(counted, clopper_pearson(counted["numerator"].to_numpy(), counted["denominator"].to_numpy(), level))
