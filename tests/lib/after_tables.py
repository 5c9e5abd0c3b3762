"""Episodes and eras of made-up persons, with a planted excess of recurrence after an early restart."""

import numpy as np
import polars as pl

from nms_pv.tables.person_time import ERAS

OBSERVED = {
    "subject_id": pl.String,
    "person_id": pl.Int64,
    "episode_no": pl.Int32,
    "start_day": pl.Int32,
    "end_day": pl.Int32,
    "last_sign_day": pl.Int32,
    "seen_until": pl.Int32,
    "death_day": pl.Int32,
    "sex": pl.String,
    "birth_day": pl.Int32,
}
DEFINITION = "pt_only"


def episode(person: int = 1, number: int = 1, start: int = 100, sign: int = 110, **changes: object) -> dict[str, object]:
    """An episode of the days 100 to 110, its person observed to day 1000."""
    plain: dict[str, object] = {
        "subject_id": f"omop:{person}#{number}",
        "person_id": person,
        "episode_no": number,
        "start_day": start,
        "end_day": sign,
        "last_sign_day": sign,
        "seen_until": 1000,
        "death_day": None,
        "sex": "female",
        "birth_day": -5000,
    }
    return plain | changes


def observed(*rows: dict[str, object]) -> pl.DataFrame:
    """As `observed_episodes` gives."""
    return pl.DataFrame(list(rows), schema=OBSERVED)


def era(start: int, end: int, ingredient: str = "haloperidol", person: int = 1, formulation: str = "other") -> dict[str, object]:
    """A row of `exposure/eras`."""
    return {
        "person_id": person,
        "ingredient": ingredient,
        "formulation": formulation,
        "start_day": start,
        "end_day": end,
        "exposures": 1,
    }


def eras(*rows: dict[str, object]) -> pl.DataFrame:
    """Rows of `exposure/eras`."""
    return pl.DataFrame(list(rows), schema=ERAS.types)


def counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Every first episode counts for haloperidol, and so for all antagonists."""
    first = rows.filter(pl.col("episode_no") == 1).select("subject_id", definition=pl.lit(DEFINITION))
    groups = pl.DataFrame({"group_kind": ["antagonist", "ingredient"], "group": ["antagonist", "haloperidol"]})
    return first.join(groups, how="cross")


def met(rows: pl.DataFrame) -> pl.DataFrame:
    """Every episode meets the definition."""
    return rows.select("subject_id", definition=pl.lit(DEFINITION))


def planted(
    random: np.random.Generator, persons: int, daily_hazard: float, early_ratio: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Episodes and eras of persons who restart 0 to 80 days after the last sign of day 110.

    A new episode can begin from 31 days after the last record on, with this daily hazard while the drug is taken; after a gap of
    less than 14 days it is `early_ratio` times as large.
    """
    number = np.arange(1, persons + 1)
    gap = np.where(random.random(persons) < 0.5, random.integers(1, 14, persons), random.integers(14, 81, persons))
    restart = 110 + gap
    hazard = daily_hazard * np.where(gap < 14, early_ratio, 1)
    again = np.maximum(restart, 141) + random.geometric(hazard, persons) - 1
    left = restart + random.integers(50, 400, persons)
    again = np.where(again == restart, again + 1, again)
    first = pl.DataFrame({"person_id": number, "seen_until": left}).with_columns(
        episode_no=1, start_day=pl.lit(100, pl.Int64), end_day=pl.lit(110, pl.Int64)
    )
    second = pl.DataFrame({"person_id": number, "seen_until": left, "start_day": again}).with_columns(
        episode_no=2, end_day=pl.col("start_day")
    )
    rows = pl.concat([part.select("person_id", "episode_no", "start_day", "end_day", "seen_until") for part in (first, second)])
    found = (
        rows.filter(pl.col("start_day") <= pl.col("seen_until"))
        .with_columns(
            subject_id=pl.format("omop:{}#{}", "person_id", "episode_no"),
            last_sign_day=pl.col("end_day"),
            death_day=None,
            sex=pl.lit("female"),
            birth_day=-5000,
        )
        .select(pl.col(name).cast(dtype) for name, dtype in OBSERVED.items())
    )
    taken = pl.DataFrame({"person_id": number, "start_day": restart}).with_columns(
        ingredient=pl.lit("haloperidol"), formulation=pl.lit("other"), end_day=pl.lit(5000), exposures=1
    )
    return found, taken.select(pl.col(name).cast(dtype) for name, dtype in ERAS.types.items())
