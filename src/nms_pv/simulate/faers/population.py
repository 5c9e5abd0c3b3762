"""Who is reported, by whom, and what is suspected: one row for each new case of a quarter. All of it is invented."""

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import Ints, lognormal_days, pick
from nms_pv.simulate.faers.quarters import Span
from nms_pv.simulate.faers.rates import Mix

SENDERS = (
    "ALDERWOOD",
    "BOREALIS LABORATORIES",
    "CASTELLAN",
    "DELMARE PHARMA",
    "EASTGATE BIOTECH",
    "FENWICK AND SONS",
    "GALENUS AG",
    "HOLLIS",
    "INDIGO THERAPEUTICS",
    "JUNIPER",
    "KESTREL PHARMACEUTICALS",
    "LUMEN BIOSCIENCES",
    "MERIDIAN + CO",
    "NORTHLAKE",
    "OAKHURST",
)
COUNTRIES = {
    "US": 48.0,
    "JP": 8.0,
    "GB": 6.0,
    "DE": 6.0,
    "FR": 7.0,
    "CA": 6.0,
    "IT": 4.0,
    "ES": 3.0,
    "BR": 3.0,
    "AU": 2.0,
    "CN": 3.0,
    "IN": 2.0,
    "NL": 1.0,
    "CH": 1.0,
}
OCCUPATIONS = {"MD": 27.0, "CN": 30.0, "HP": 15.0, "PH": 8.0, "OT": 8.0, "RN": 2.0, "LW": 2.0, "": 8.0}
REPORT_TYPES = {"EXP": 62.0, "PER": 32.0, "DIR": 5.5, "30DAY": 0.3, "5DAY": 0.2}

# How exactly a date is known: none, to the day, the month, the year.
NO_DATE, TO_THE_DAY, TO_THE_MONTH, TO_THE_YEAR = range(4)
EVENT_DATE_PRECISION = (0.30, 0.50, 0.09, 0.11)

AGE_KNOWN, SEX_KNOWN, WEIGHT_KNOWN, COUNTRY_KNOWN = 0.75, 0.90, 0.28, 0.94
MALE_SHARE, MALE_SHARE_EXPOSED = 0.41, 0.50
FOLLOW_UP_SHARE = 0.27  # cases whose first version in these files is already a follow-up
MOST_EARLIER_VERSIONS = 8
OLDEST_EVENT_DAYS = 2500


def draw_people(span: Span, key: Ints, mix: Mix, rng: np.random.Generator) -> pl.DataFrame:
    """One row a case.

    Whether a field is known depends on neither ingredient nor event, so that neither duplicates, which need known fields,
    nor any rule about missing values can bend the planted odds ratios.

    Columns: key (case number), exposure (position in the mix, the last means none), age_years and weight_kg and sex and
    country (empty when unknown), event_day with event_precision, init_day and received_day (days since 1970-01-01),
    version (of the first report in these files), occupation, report_type, sender (position in `SENDERS`).
    """
    n = len(key)
    exposure = pick(rng, mix.shares(span.year), n)
    is_exposed = exposure != mix.none
    age = np.clip(np.where(is_exposed, 46, 55) + 18 * rng.standard_normal(n), 1, 99).astype(np.int64)
    is_male = rng.random(n) < np.where(is_exposed, MALE_SHARE_EXPOSED, MALE_SHARE)
    weight = np.clip(np.where(is_male, 82, 70) * np.exp(0.22 * rng.standard_normal(n)), 30, 200).round(1)
    received = span.draw_days(rng, n)
    is_follow_up = rng.random(n) < FOLLOW_UP_SHARE
    earlier = np.where(is_follow_up, np.minimum(rng.geometric(0.45, n), MOST_EARLIER_VERSIONS), 0)
    init = received - np.where(is_follow_up, 14 + lognormal_days(rng, 200, 1.0, n), 0)
    event = init - np.minimum(lognormal_days(rng, 40, 1.4, n), OLDEST_EVENT_DAYS)
    countries = pl.Series(list(COUNTRIES)).gather(pick(rng, list(COUNTRIES.values()), n))
    frame = pl.DataFrame(
        {
            "key": key,
            "exposure": exposure,
            "age_years": age,
            "sex": pl.Series(["F", "M"]).gather(is_male.astype(np.int64)),
            "weight_kg": weight,
            "country": countries,
            "event_day": event,
            "event_precision": pick(rng, EVENT_DATE_PRECISION, n),
            "init_day": init,
            "received_day": received,
            "version": earlier + 1,
            "occupation": pl.Series(list(OCCUPATIONS)).gather(pick(rng, list(OCCUPATIONS.values()), n)),
            "report_type": pl.Series(list(REPORT_TYPES)).gather(pick(rng, list(REPORT_TYPES.values()), n)),
            "sender": rng.integers(0, len(SENDERS), n),
        }
    )
    known = {"age_years": AGE_KNOWN, "sex": SEX_KNOWN, "weight_kg": WEIGHT_KNOWN, "country": COUNTRY_KNOWN}
    return frame.with_columns(
        pl.when(pl.Series(rng.random(n) < share)).then(pl.col(name)).alias(name) for name, share in known.items()
    )
