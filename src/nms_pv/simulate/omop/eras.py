"""Dispensings -> eras of an ingredient, and the days at risk with their planted hazard.

The era rule is the study's own default (params.yaml: cohort.exposure.persistence_gap_days), and a person is at risk from the
first day of an era to 7 days after its last, as under study/time_at_risk/exact.yaml. So the rate of an ingredient taken alone, in
one band of days since start, is exactly its planted base rate times the multiplier of the band.
"""

import numpy as np
import polars as pl

from nms_pv.simulate.omop.products import (
    BASE_RATES,
    DAYS_PER_YEAR,
    MULTIPLIERS,
    PER_YEARS,
    PRODUCTS,
    WITHDRAWAL_DAYS,
    WITHDRAWAL_INGREDIENT,
    WITHDRAWAL_RATE,
)

PERSISTENCE_GAP_DAYS, RISK_AFTER_DAYS = 30, 7
FAR = 2**30  # later than any day
INGREDIENTS = sorted([*BASE_RATES, WITHDRAWAL_INGREDIENT])
BANDS = [f"{low}-{high - 1}" for low, high in zip(MULTIPLIERS, list(MULTIPLIERS)[1:], strict=False)] + [f"{max(MULTIPLIERS)}+"]
EXPOSED, WITHDRAWN = "exposure", "withdrawal"
WINDOW_COLUMNS = ["person_id", "ingredient", "kind", "era_start", "start_day", "end_day", "since_start", "rate"]


def eras(dispensings: pl.DataFrame) -> pl.DataFrame:
    """Supplies of one ingredient at most 30 days apart (start - latest end so far) are one era.

    Parameters
    ----------
    dispensings
        As `dispensings.draw_dispensings`; in order of start within each person.

    Returns
    -------
    Columns person_id, ingredient, start_day, end_day, sorted; ingredients without a planted rate are left out.

    """
    ingredient_no = np.array([INGREDIENTS.index(p.ingredient) if p.ingredient in INGREDIENTS else -1 for p in PRODUCTS])
    of_row = ingredient_no[dispensings["product"].to_numpy()]
    key = dispensings["person_id"].to_numpy() * len(INGREDIENTS) + of_row
    order = np.argsort(key, kind="stable")
    order = order[of_row[order] >= 0]
    key, start, end = (values[order] for values in (key, dispensings["start_day"].to_numpy(), dispensings["end_day"].to_numpy()))
    # Each person and ingredient has days of its own, FAR apart, so that one running maximum serves all.
    shift = np.cumsum(np.diff(key, prepend=-1) != 0) * FAR
    latest = np.maximum.accumulate(end + shift)
    first = np.flatnonzero(np.r_[FAR, (start + shift)[1:] - latest[:-1]][: len(key)] > PERSISTENCE_GAP_DAYS)
    last = np.r_[first, len(key)][1:] - 1
    return pl.DataFrame(
        {
            "person_id": key[first] // len(INGREDIENTS),
            "ingredient": pl.Series(INGREDIENTS, dtype=pl.String).gather(pl.Series(key[first] % len(INGREDIENTS))),
            "start_day": start[first],
            "end_day": (latest - shift)[last],
        }
    )


def windows(found: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Days at risk under observation, cut by days since start.

    Parameters
    ----------
    found
        `eras`.
    periods
        `People.periods`.

    Returns
    -------
    Columns person_id, ingredient, kind (`exposure` or `withdrawal`), era_start, start_day, end_day, since_start (a band;
    `all` after a withdrawal) and rate, the planted episodes for 100,000 person-years.

    """
    bands = pl.DataFrame(
        {
            "since_start": BANDS,
            "low": list(MULTIPLIERS),
            "high": [*(low - 1 for low in list(MULTIPLIERS)[1:]), FAR],
            "multiplier": list(MULTIPLIERS.values()),
        }
    )
    rates = pl.DataFrame({"ingredient": list(BASE_RATES), "base": list(BASE_RATES.values())})
    exposed = (
        found.join(rates, on="ingredient", how="inner", maintain_order="left")
        .with_columns(pl.col("start_day").alias("era_start"), pl.col("end_day") + RISK_AFTER_DAYS, pl.lit(EXPOSED).alias("kind"))
        .join(bands, how="cross")
        .with_columns(
            pl.max_horizontal("start_day", pl.col("era_start") + pl.col("low")).alias("start_day"),
            pl.min_horizontal("end_day", pl.col("era_start") + pl.col("high")).alias("end_day"),
            (pl.col("base") * pl.col("multiplier")).alias("rate"),
        )
        .filter(pl.col("start_day") <= pl.col("end_day"))
    )
    pieces = pl.concat([part.select(WINDOW_COLUMNS) for part in (exposed, _withdrawals(found))])
    known = periods.select("person_id", pl.col("start_day").alias("first"), pl.col("end_day").alias("last"))
    return (
        pieces.join(known, on="person_id", how="inner", maintain_order="left")
        .with_columns(
            pl.max_horizontal("start_day", "first").alias("start_day"), pl.min_horizontal("end_day", "last").alias("end_day")
        )
        .filter(pl.col("start_day") <= pl.col("end_day"))
        .select(WINDOW_COLUMNS)
    )


def _withdrawals(found: pl.DataFrame) -> pl.DataFrame:
    """The days after each era of levodopa, up to the next one."""
    stopped = found.filter(pl.col("ingredient") == WITHDRAWAL_INGREDIENT)
    following = pl.col("start_day").shift(-1).over("person_id") - 1
    return stopped.with_columns(
        pl.col("start_day").alias("era_start"),
        (pl.col("end_day") + 1).alias("start_day"),
        pl.min_horizontal(pl.col("end_day") + WITHDRAWAL_DAYS, following).alias("end_day"),
        pl.lit(WITHDRAWN).alias("kind"),
        pl.lit("all").alias("since_start"),
        pl.lit(WITHDRAWAL_RATE).alias("rate"),
    )


def hazard() -> pl.Expr:
    """Planted episodes for one day at risk."""
    return pl.col("rate") / PER_YEARS / DAYS_PER_YEAR


def person_time(at_risk: pl.DataFrame) -> pl.DataFrame:
    """Days at risk and expected episodes by ingredient, kind, band and year; days after episodes are not taken out."""
    year = pl.col("start_day").cast(pl.Int32).cast(pl.Date).dt.year
    years = at_risk.lazy().with_columns(
        year().alias("from_year"), pl.col("end_day").cast(pl.Int32).cast(pl.Date).dt.year().alias("to_year")
    )
    return (
        years.with_columns(pl.int_ranges("from_year", pl.col("to_year") + 1, dtype=pl.Int32).alias("year"))
        .explode("year")
        .with_columns(
            pl.max_horizontal("start_day", pl.date("year", 1, 1).to_physical()).alias("start_day"),
            pl.min_horizontal("end_day", pl.date("year", 12, 31).to_physical()).alias("end_day"),
        )
        .with_columns((pl.col("end_day") - pl.col("start_day") + 1).alias("person_days"))
        .group_by("ingredient", "kind", "year", "since_start", "rate")
        .agg(pl.col("person_days").sum())
        .with_columns((pl.col("person_days") * hazard()).round(6).alias("expected_episodes"))
        .sort("ingredient", "kind", "year", "rate", descending=[False, False, False, True])
        .collect()
    )
