"""True episodes, and what only looks like one -> conditions, measurements, procedures and drugs that are recorded."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import Bools, Floats, days_between, pick
from nms_pv.simulate.omop.products import PRODUCTS, TREATMENTS

CK_UPPER_LIMIT, CK_STATES_LIMIT_SHARE, MICROKATAL_SHARE, FAHRENHEIT_SHARE = 200.0, 0.5, 0.05, 0.4
MICROKATAL = 60.0  # U/L in one ukat/L
REPEATED_CODE_SHARE = 0.45
FIRST_SIGNS_DAYS = 3  # signs are recorded from the first day to so many days later

# condition: share of coded episodes with it, share of episodes that are not coded
SIGN_SHARES = {
    "rigidity": (0.80, 0.97),
    "altered_mental_status": (0.75, 0.95),
    "diaphoresis": (0.50, 0.85),
    "tachycardia": (0.45, 0.80),
    "fever": (0.50, 0.50),
    "renal_failure": (0.15, 0.15),
}
MEASURED_SHARE = (0.85, 0.97)
CONVULSIVE_THERAPY_SHARE = 0.05


@dataclass(frozen=True)
class Records:
    """What is recorded besides drugs.

    `conditions`: person_id, day, condition. `measurements`: person_id, day, minute (of the day; empty where no time is recorded),
    measurement, value, unit, range_high. `procedures`: person_id, day, procedure.
    """

    conditions: pl.DataFrame
    measurements: pl.DataFrame
    procedures: pl.DataFrame


def joined(parts: list[Records]) -> Records:
    """The records of all parts."""
    names = ("conditions", "measurements", "procedures")
    return Records(*(pl.concat([getattr(part, name) for part in parts]) for name in names))


def episode_records(episodes: pl.DataFrame, rng: np.random.Generator) -> Records:
    """The records of true episodes: the code on the first day where it is coded, and signs from that day on."""
    coded = episodes.filter("is_coded")
    parts = [_conditions(coded.select("person_id", "day"), "nms")]
    again = coded.filter(pl.Series(rng.random(len(coded)) < REPEATED_CODE_SHARE))
    parts.append(_conditions(_on_a_day(again, again["last_day"].to_numpy(), rng), "nms"))
    is_coded = episodes["is_coded"].to_numpy()
    early = np.minimum(episodes["last_day"].to_numpy(), episodes["day"].to_numpy() + FIRST_SIGNS_DAYS)
    for condition, shares in SIGN_SHARES.items():
        has = pl.Series(rng.random(len(episodes)) < np.where(is_coded, *shares))
        parts.append(_conditions(_on_a_day(episodes.filter(has), early[has], rng), condition))
    measured = pl.Series(rng.random(len(episodes)) < np.where(is_coded, *MEASURED_SHARE))
    ill, until = episodes.filter(measured), early[measured]
    measurements = [
        creatine_kinase(_on_days(ill, until, 3, rng), 3500.0, 0.8, rng),
        temperature(_on_days(ill, until, 4, rng), 39.2, 0.6, rng),
        leukocytes(_on_days(ill, until, 1, rng), 14.5, 0.3, rng),
        heart_rate(_on_days(ill, until, 2, rng), 118.0, 12.0, rng),
        systolic_pressure(_on_days(ill, until, 3, rng), 148.0, 22.0, rng),
        diastolic_pressure(_on_days(ill, until, 3, rng), 90.0, 14.0, rng),
    ]
    treated = episodes.filter(pl.Series(rng.random(len(episodes)) < CONVULSIVE_THERAPY_SHARE))
    procedures = _on_a_day(treated, treated["last_day"].to_numpy(), rng).with_columns(
        pl.lit("electroconvulsive_therapy").alias("procedure")
    )
    return Records(pl.concat(parts), pl.concat(measurements), procedures)


def treatments(episodes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Drugs given to treat an episode: person_id, product, from_day, to_day, between which they start."""
    first = len(PRODUCTS) - len(TREATMENTS)
    parts = [
        episodes.filter(pl.Series(rng.random(len(episodes)) < product.weight)).select(
            "person_id",
            pl.lit(number, pl.Int64).alias("product"),
            pl.col("day").alias("from_day"),
            pl.min_horizontal(pl.col("day") + FIRST_SIGNS_DAYS, "last_day").alias("to_day"),
        )
        for number, product in enumerate(TREATMENTS, start=first)
    ]
    return pl.concat(parts)


def _conditions(rows: pl.DataFrame, condition: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(condition).alias("condition"))


def _on_a_day(episodes: pl.DataFrame, last: np.ndarray | pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """A day from the first one of each episode to `last`: person_id, day."""
    day = days_between(rng, episodes["day"].to_numpy(), np.asarray(last), len(episodes))
    return pl.DataFrame({"person_id": episodes["person_id"], "day": day})


def _on_days(episodes: pl.DataFrame, last: np.ndarray, times: int, rng: np.random.Generator) -> pl.DataFrame:
    return pl.concat([_on_a_day(episodes, last, rng) for _ in range(times)])


def creatine_kinase(rows: pl.DataFrame, median: float, sigma: float, rng: np.random.Generator) -> pl.DataFrame:
    """Creatine kinase around a median in U/L: some in ukat/L, some with their upper limit of normal."""
    n = len(rows)
    value, is_katal = median * np.exp(sigma * rng.standard_normal(n)), rng.random(n) < MICROKATAL_SHARE
    factor = np.where(is_katal, MICROKATAL, 1.0)
    states_limit = rng.random(n) < CK_STATES_LIMIT_SHARE
    limit = np.where(states_limit, np.round(CK_UPPER_LIMIT / factor, 2), np.nan)
    value = np.where(is_katal, np.round(value / factor, 2), np.round(value))
    return _measured(rows, "creatine_kinase", value, is_katal, ("ukat/L", "U/L"), limit, rng)


def temperature(rows: pl.DataFrame, mean: float, deviation: float, rng: np.random.Generator) -> pl.DataFrame:
    """Body temperature around a mean in degrees Celsius; some in degrees Fahrenheit."""
    n = len(rows)
    celsius, is_fahrenheit = mean + deviation * rng.standard_normal(n), rng.random(n) < FAHRENHEIT_SHARE
    value: Floats = np.where(is_fahrenheit, 1.8 * celsius + 32.0, celsius).round(1)
    return _measured(rows, "body_temperature", value, is_fahrenheit, ("[degF]", "Cel"), np.full(n, np.nan), rng)


def leukocytes(rows: pl.DataFrame, median: float, sigma: float, rng: np.random.Generator) -> pl.DataFrame:
    """Leukocytes around a median in thousands per microlitre."""
    value = np.round(median * np.exp(sigma * rng.standard_normal(len(rows))), 1)
    return _in_one_unit(rows, "leukocytes", value, "10*3/uL", rng)


def heart_rate(rows: pl.DataFrame, mean: float, deviation: float, rng: np.random.Generator) -> pl.DataFrame:
    """Heart rate around a mean in beats per minute."""
    return _in_one_unit(rows, "heart_rate", np.round(mean + deviation * rng.standard_normal(len(rows))), "{beats}/min", rng)


def systolic_pressure(rows: pl.DataFrame, mean: float, deviation: float, rng: np.random.Generator) -> pl.DataFrame:
    """Systolic blood pressure around a mean in mmHg."""
    return _in_one_unit(rows, "systolic_pressure", np.round(mean + deviation * rng.standard_normal(len(rows))), "mm[Hg]", rng)


def diastolic_pressure(rows: pl.DataFrame, mean: float, deviation: float, rng: np.random.Generator) -> pl.DataFrame:
    """Diastolic blood pressure around a mean in mmHg."""
    return _in_one_unit(rows, "diastolic_pressure", np.round(mean + deviation * rng.standard_normal(len(rows))), "mm[Hg]", rng)


def _in_one_unit(rows: pl.DataFrame, measurement: str, value: Floats, unit: str, rng: np.random.Generator) -> pl.DataFrame:
    none = np.zeros(len(rows), dtype=np.bool_)
    return _measured(rows, measurement, value, none, ("", unit), np.full(len(rows), np.nan), rng)


def _measured(
    rows: pl.DataFrame,
    measurement: str,
    value: Floats,
    is_other: Bools,
    units: tuple[str, str],
    range_high: Floats,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Measurements of one kind, in the first unit where `is_other`, else in the second; four of five with a time."""
    n = len(rows)
    minute = rng.integers(0, 24 * 60, n)
    return pl.DataFrame(
        {
            "person_id": rows["person_id"],
            "day": rows["day"],
            "minute": pl.Series(minute).set(pl.Series(pick(rng, (0.8, 0.2), n) == 1), None),
            "measurement": pl.Series([measurement]).new_from_index(0, n),
            "value": value,
            "unit": pl.Series(units).gather(pl.Series(np.where(is_other, 0, 1))),
            "range_high": pl.Series(range_high).fill_nan(None),
        }
    )
