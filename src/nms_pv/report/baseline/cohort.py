"""Time at risk, and the rates made of it -> who was exposed, for how long, and in whom it occurred (STROBE 14a and 14c)."""

import polars as pl

from nms_pv.report.baseline.counts import KEY, TOTAL, by_lower_bound, complete, stated
from nms_pv.tables.person_time import ALL
from nms_pv.tables.quality import DAYS_PER_YEAR

# By name, the column of `exposure/person_time`, and the split of `measures/results`.
SPLITS = {"age band": ("age_band", "age"), "sex": ("sex", "sex"), "calendar year": ("year", "year")}
COLUMNS = [column for column, _ in SPLITS.values()]
KINDS = ["antipsychotic", "generation_state"]


def of_cohort(person_time: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """How many persons were at risk in each state of exposure, for how long, and how many episodes counted.

    Parameters
    ----------
    person_time
        Rows of `exposure/person_time` of one definition and one time-at-risk setting.
    rates
        Incidence rates of the same (rows of `measures/results`); a suppressed one loses its numbers.

    Returns
    -------
    Columns group (a state, or any antipsychotic), characteristic, value, n (distinct persons with at least one day at risk
    there), of (persons of the group), episodes, person_years (whole years), result_id (that of the rate); in order of display.
    A person is in every age band, year and state that it had a day in, so that the persons may add up to more than there are.

    """
    states = person_time.filter(pl.col("group_kind").cast(pl.String).is_in(KINDS), pl.col("since_start") == ALL)
    whole = _margin(states, None, TOTAL)
    margins = [_margin(states, column, characteristic) for characteristic, (column, _) in SPLITS.items()]
    counted = complete(pl.concat([whole, *margins]), whole.select("group", of="n"))
    nobody = pl.col("result_id").is_null() & (pl.col("n") == 0)
    return counted.join(_told(rates), on=KEY, how="left", maintain_order="left").with_columns(
        pl.when(nobody).then(0).otherwise(pl.col("episodes", "person_years")).name.keep()
    )


def _margin(rows: pl.DataFrame, split: str | None, characteristic: str) -> pl.DataFrame:
    """The strata of one split, all others taken together."""
    kept = rows.filter(pl.all_horizontal((pl.col(one) != ALL) if one == split else (pl.col(one) == ALL) for one in COLUMNS))
    value = pl.lit(TOTAL) if split is None else stated(pl.col(split))
    return kept.select("group", characteristic=pl.lit(characteristic), value=value, place=by_lower_bound(value), n="persons")


def _told(rates: pl.DataFrame) -> pl.DataFrame:
    """Episodes and person-years of each rate, by what it is about."""
    split = pl.col("stratum").str.extract(r"^(\w+)=[^;]+$")
    names = {of: characteristic for characteristic, (_, of) in SPLITS.items()}
    years = (pl.col("denominator") / DAYS_PER_YEAR).round().cast(pl.Int64)
    return (
        rates.filter(pl.col("group_kind").cast(pl.String).is_in(KINDS))
        .filter(pl.col("stratum").is_null() | split.is_in(list(names)))
        .select(
            "group",
            "result_id",
            characteristic=split.replace_strict(names, default=TOTAL),
            value=stated(pl.col("stratum").str.extract("=(.+)$").fill_null(TOTAL)),
            episodes=pl.when(~pl.col("suppressed")).then("numerator"),
            person_years=pl.when(~pl.col("suppressed")).then(years),
        )
    )
