"""Coded records -> those of known persons within their lives, and where the others went."""

from dataclasses import dataclass

import polars as pl

from nms_pv.canonical.omop.coding import Lookup, RecordKind, coded, may_be_coded
from nms_pv.canonical.omop.persons import is_before_birth
from nms_pv.tables import attrition

UNLISTED = {"drug_exposure": "not_a_listed_drug"}
FURTHER = {"drug_exposure": "further_ingredient_of_the_record"}
REASONS = pl.Enum(["person_unknown", "person_not_under_observation", "starts_before_birth", "starts_after_death"])


@dataclass(frozen=True)
class Believed:
    """Records x what they are coded to that are believed, with the number of records and why the others left."""

    rows: pl.DataFrame
    records: int
    left: dict[str, int]

    def steps(self, part: str, kind: RecordKind, further: dict[str, int] | None = None) -> pl.DataFrame:
        """The attrition of the records, with `further` reasons for which rows leave afterwards."""
        return attrition.steps(
            "canonical", f"{part}:{kind.name}", "record, then record x set", self.records, self.left | (further or {})
        )


def believed(records: pl.LazyFrame, kind: RecordKind, lookup: Lookup, all_persons: pl.DataFrame, kept: pl.DataFrame) -> Believed:
    """The coded records of persons under observation that lie between the year of birth and the day of death.

    Parameters
    ----------
    all_persons
        Column person_id: every person of the source.
    kept
        The persons under observation: columns person_id, birth_year, death_day.

    """
    n_records = records.select(pl.len()).collect(engine="streaming").item()
    possible = records.filter(may_be_coded(kind, lookup)).collect(engine="streaming")
    persons = all_persons.select("person_id", is_known=True).join(
        kept.select("person_id", "birth_year", "death_day", is_observed=True), on="person_id", how="left"
    )
    rows = (
        coded(possible.lazy(), kind, lookup)
        .join(persons.lazy(), on="person_id", how="left")
        .with_columns(
            reason=_reason(kind),
            source_id=pl.lit(kind.source_id),
            term=pl.coalesce("term", kind.source_value, pl.lit("")),
        )
        .drop("birth_year", "death_day", "is_known", "is_observed", "row", kind.source_concept)
        .collect(engine="streaming")
    )
    n_coded = rows[kind.key].n_unique()
    n_left = dict(rows["reason"].drop_nulls().value_counts().rows())
    left = {
        UNLISTED.get(kind.name, "not_in_a_listed_set"): n_records - n_coded,
        FURTHER.get(kind.name, "further_set_of_the_record"): n_coded - rows.height,
        **{reason: n_left.get(reason, 0) for reason in REASONS.categories},
    }
    return Believed(rows.filter(pl.col("reason").is_null()).drop("reason"), n_records, left)


def _reason(kind: RecordKind) -> pl.Expr:
    """Why a record is not believed, by the first reason; null where it is."""
    unknown, unobserved, unborn, dead = (pl.lit(reason, REASONS) for reason in REASONS.categories)
    return (
        pl.when(pl.col("is_known").is_null())
        .then(unknown)
        .when(pl.col("is_observed").is_null())
        .then(unobserved)
        .when(is_before_birth(kind.start))
        .then(unborn)
        .when(pl.col(kind.start) > pl.col("death_day"))
        .then(dead)
    )
