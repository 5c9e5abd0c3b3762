"""canonical -> evidence: candidate records of a person, chained into candidate episodes."""

import polars as pl

from nms_pv.evidence.cohort.records import RECORD
from nms_pv.tables import attrition
from nms_pv.tables.evidence import EPISODES


def candidate_records(records: list[pl.LazyFrame], facts: pl.DataFrame) -> pl.DataFrame:
    """The records of candidate sets that meet their rule, if they have one: person_id, day, element."""
    candidates = facts.lazy().filter("candidate").select("concept_set", "element")
    found = pl.concat(
        [
            rows.filter("meets").join(candidates, on="concept_set", how="inner").select("person_id", "day", "element")
            for rows in records
        ]
    )
    return found.collect(engine="streaming").sort("person_id", "day", "element")


def episodes_of(candidates: pl.DataFrame, gap_days: int) -> pl.DataFrame:
    """Records at most `gap_days` days after the one before belong to one episode; a later one starts the next."""
    days_since_last = pl.col("day").diff().over("person_id")
    return (
        candidates.sort("person_id", "day")
        .with_columns(begins=(days_since_last > gap_days).fill_null(value=True))
        .with_columns(episode_no=pl.col("begins").cum_sum().over("person_id").cast(pl.Int32))
        .group_by("person_id", "episode_no")
        .agg(
            start_day=pl.col("day").min(),
            end_day=pl.col("day").max(),
            candidate_by=pl.col("element").unique().sort().str.join(";"),
        )
        .with_columns(subject_id=pl.format("omop:{}#{}", "person_id", "episode_no"))
        .select(list(EPISODES.types))
        .sort("person_id", "episode_no")
    )


def nearest_episode(records: pl.LazyFrame, found: pl.DataFrame, finding_days: int) -> pl.DataFrame:
    """The records of an episode's window, each with the `subject_id` of its nearest episode; of equally near, the earlier.

    The window reaches from `finding_days` days before the first to `finding_days` days after the last candidate record.
    """
    of_person = found.lazy().select("person_id", "subject_id", "episode_no", "start_day", "end_day")
    distance = pl.max_horizontal(pl.col("start_day") - pl.col("day"), pl.col("day") - pl.col("end_day"), 0)
    return (
        records.join(of_person, on="person_id", how="inner")
        .with_columns(distance=distance)
        .filter(pl.col("distance") <= finding_days)
        .sort(*RECORD, "distance", "episode_no")
        .unique(RECORD, keep="first", maintain_order=True)
        .drop("distance", "episode_no", "start_day", "end_day")
        .collect(engine="streaming")
    )


def episode_attrition(part: str, persons: pl.LazyFrame, candidates: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """How many candidate records make how many episodes, and of how many persons."""
    n_persons, n_with = persons.select(pl.len()).collect().item(), found["person_id"].n_unique()
    chained = {"chained_to_an_earlier_record": candidates.height - found.height}
    return pl.concat(
        [
            attrition.steps("evidence", f"{part}:persons", "person", n_persons, {"no_candidate_record": n_persons - n_with}),
            attrition.steps("evidence", f"{part}:episodes", "candidate record, then episode", candidates.height, chained),
        ]
    )
