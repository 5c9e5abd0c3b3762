"""canonical and evidence -> exposure: the days under observation of everybody with a candidate episode."""

import polars as pl

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
