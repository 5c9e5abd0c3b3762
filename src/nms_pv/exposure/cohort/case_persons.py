"""canonical and evidence -> exposure: observation and courses of everybody with a candidate episode."""

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.tables.person_time import CASE_OBSERVATION


def case_observation(persons: pl.LazyFrame, periods: pl.LazyFrame, episodes: pl.LazyFrame) -> pl.DataFrame:
    """The rows of `exposure/case_observation`.

    Parameters
    ----------
    persons, periods, episodes
        `canonical/persons`, `canonical/observation_periods` and `evidence/episodes` of one part.

    """
    born = pl.date("birth_year", "birth_month", "birth_day_of_month").cast(pl.Int32).alias("birth_day")
    described = persons.select("person_id", "sex", born, "death_day")
    observed = periods.join(episodes, on="person_id", how="semi").join(described, on="person_id")
    return observed.select(list(CASE_OBSERVATION.types)).collect()


def case_courses(exposures: pl.LazyFrame, episodes: pl.LazyFrame, gap_days: int) -> pl.DataFrame:
    """The rows of `exposure/case_courses`: eras with a gap so short that a drug taken up again soon is not one that went on.

    Parameters
    ----------
    exposures, episodes
        `canonical/drug_exposures` and `evidence/episodes` of one part.
    gap_days
        Largest start - latest end so far that still joins.

    """
    of_cases = exposures.join(episodes, on="person_id", how="semi").collect()
    courses: pl.LazyFrame = ingredient_eras(nw.from_native(of_cases.lazy()), gap_days).to_native()
    return courses.collect()
