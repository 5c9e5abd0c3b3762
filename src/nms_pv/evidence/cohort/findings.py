"""canonical -> evidence: what was recorded around each candidate episode, one finding for each record or measured set."""

import polars as pl

from nms_pv.tables import attrition
from nms_pv.tables.evidence import FINDINGS, OF_VALUES


def findings(coded: pl.DataFrame, measured: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The findings of coded records, and of `measured` values, that belong to an episode, numbered within it.

    A coded record says what happened and never what did not, so it is `present`; only a value can deny.
    """
    nothing = {name: pl.lit(None, FINDINGS.types[name]) for name in OF_VALUES}
    recorded = coded.with_columns(state=pl.lit("present"), **nothing)
    said = ["subject_id", "concept_set", "state", "term", *OF_VALUES, "day", "source_id", "source_line"]
    return (
        pl.concat([recorded.select(said), measured.select(said)])
        .join(facts, on="concept_set", how="inner")
        .sort("subject_id", "element", "day", "source_id", "source_line", "concept_set")
        .with_columns(
            finding_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("subject_id"),
            day_precision=pl.lit("day"),
        )
        .select(list(FINDINGS.types))
    )


def finding_attrition(
    part: str, table: str, records: pl.LazyFrame, episodes: pl.DataFrame, belonging: pl.DataFrame
) -> pl.DataFrame:
    """Where the records of one table went; `belonging` are those of an episode."""
    persons = episodes.lazy().select("person_id").unique()
    n_in = records.select(pl.len()).collect().item()
    n_of_persons = records.join(persons, on="person_id", how="semi").select(pl.len()).collect(engine="streaming").item()
    left = {"person_without_episode": n_in - n_of_persons, "near_no_episode": n_of_persons - belonging.height}
    return attrition.steps("evidence", f"{part}:{table}", "record x concept set, then finding", n_in, left)
