"""People under observation -> the ordinary rest of their records, and illnesses that look like an episode and are none."""

import numpy as np
import polars as pl

from nms_pv.simulate.omop.chance import days_between
from nms_pv.simulate.omop.signs import (
    Records,
    creatine_kinase,
    diastolic_pressure,
    heart_rate,
    joined,
    leukocytes,
    systolic_pressure,
    temperature,
)

# Records for each period under observation, on average.
CONDITION_RATES = {
    "schizophrenia": 0.5,
    "bipolar_disorder": 0.3,
    "depression": 0.3,
    "hypertension": 0.3,
    "altered_mental_status": 0.01,
    "tachycardia": 0.02,
    "diaphoresis": 0.005,
}
# The same, then what is ordinary: the middle and the spread, as each measurement takes them.
MEASUREMENT_RATES = {
    creatine_kinase: (0.15, 90.0, 0.3),
    temperature: (0.5, 36.8, 0.3),
    leukocytes: (0.5, 7.0, 0.22),
    heart_rate: (0.7, 76.0, 9.0),
    systolic_pressure: (0.7, 124.0, 12.0),
    diastolic_pressure: (0.7, 78.0, 8.0),
}
CONVULSIVE_THERAPY_RATE = 0.004

# Illness: how many for each period; then median and sigma of creatine kinase, and mean and deviation of temperature.
LOOKALIKES = {
    "serotonin_syndrome": (0.0010, (250.0, 0.5), (38.1, 0.5)),
    "malignant_hyperthermia": (0.0003, (6000.0, 0.7), (39.8, 0.6)),
    "rhabdomyolysis": (0.0015, (9000.0, 0.8), (36.9, 0.3)),
    "pneumonia": (0.0100, (110.0, 0.4), (38.7, 0.5)),
}
LONGEST_DAYS = 4


def background_records(periods: pl.DataFrame, rng: np.random.Generator) -> Records:
    """Diagnoses, normal measurements and a few procedures on random days under observation."""
    conditions = [
        _on_random_days(periods, rate, rng).with_columns(pl.lit(name).alias("condition"))
        for name, rate in CONDITION_RATES.items()
    ]
    measurements = [
        draw(_on_random_days(periods, rate, rng), middle, spread, rng)
        for draw, (rate, middle, spread) in MEASUREMENT_RATES.items()
    ]
    therapies = _on_random_days(periods, CONVULSIVE_THERAPY_RATE, rng)
    return Records(
        pl.concat(conditions),
        pl.concat(measurements),
        therapies.with_columns(pl.lit("electroconvulsive_therapy").alias("procedure")),
    )


def lookalike_records(periods: pl.DataFrame, rng: np.random.Generator) -> Records:
    """Illnesses with some signs of an episode and no code of one."""
    parts = []
    for illness, (rate, kinase, heat) in LOOKALIKES.items():
        ill = _on_random_days(periods, rate, rng)
        parts.append(
            Records(
                ill.with_columns(pl.lit(illness).alias("condition")),
                pl.concat(
                    [
                        creatine_kinase(_in_the_next_days(ill, 2, rng), *kinase, rng),
                        temperature(_in_the_next_days(ill, 3, rng), *heat, rng),
                        leukocytes(_in_the_next_days(ill, 1, rng), 12.0, 0.3, rng),
                    ]
                ),
                ill.head(0).with_columns(pl.lit("").alias("procedure")),
            )
        )
    return joined(parts)


def _on_random_days(periods: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Days under observation, `rate` for each period on average: person_id, day."""
    number = rng.poisson(rate, len(periods))
    of = periods[np.repeat(np.arange(len(periods)), number)]
    day = days_between(rng, of["start_day"].to_numpy(), of["end_day"].to_numpy(), len(of))
    return pl.DataFrame({"person_id": of["person_id"], "day": day})


def _in_the_next_days(ill: pl.DataFrame, times: int, rng: np.random.Generator) -> pl.DataFrame:
    again = pl.concat([ill] * times)
    return again.with_columns(pl.col("day") + pl.Series(rng.integers(0, LONGEST_DAYS, len(again))))
