"""canonical -> evidence: the drug exposures near each candidate episode, what each has to do with NMS, and how far it lies."""

import polars as pl

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Episodes
from nms_pv.tables import attrition
from nms_pv.tables.evidence import EXPOSURES

ONE_DRUG = ["person_id", "ingredient"]


def near_exposures(drugs: pl.LazyFrame, episodes: pl.DataFrame, settings: Episodes) -> pl.DataFrame:
    """The drug exposures near each episode: one row for each episode, exposure and ingredient.

    Near is what begins at most `finding_days` days after the episode and ends at most `exposure_days` days before it.
    """
    of_person = episodes.rename({"start_day": "onset", "end_day": "last_day"}).drop("candidate_by", "episode_no")
    held = drugs.join(of_person.lazy().select("person_id").unique(), on="person_id", how="semi").collect(engine="streaming")
    near = (pl.col("start_day") <= pl.col("last_day") + settings.finding_days) & (
        pl.col("end_day") >= pl.col("onset") - settings.exposure_days
    )
    return _with_goes_on(held).join(of_person, on="person_id", how="inner").filter(near)


def exposures(near: pl.DataFrame, table: DrugTable) -> pl.DataFrame:
    """The near drug exposures as courses, one row for each relation of the ingredient; a cohort knows no suspects.

    An exposure that goes on is no withdrawal: a prescription that is refilled in time does not stop.
    """
    starts_after = pl.col("start_day") > pl.col("onset")
    return (
        near.join(_relations(table), on="ingredient", how="inner")
        .filter(~(pl.col("goes_on") & (pl.col("relation") == "withdrawal")))
        .sort("subject_id", "start_day", "source_line", "ingredient", "relation")
        .with_columns(
            course_no=(pl.col("source_line").rle_id() + 1).over("subject_id").cast(pl.Int32),
            role=pl.lit("unknown"),
            start_day_precision=pl.lit("day"),
            end_day_precision=pl.lit("day"),
            onset_minus_start=pl.when(~starts_after).then(pl.col("onset") - pl.col("start_day")),
            onset_minus_end=pl.col("onset") - pl.col("end_day"),
            timing=pl.when(starts_after).then(pl.lit("event_before_start")).otherwise(pl.lit("known")),
            # The last day covered of a long-acting drug already holds the interval between doses.
            dosing_interval_days=pl.when(pl.col("formulation") == "long_acting").then(0),
            # A prescription says neither a plain daily dose nor what stopping it did.
            dose_amount=pl.lit(None, pl.Float64),
            dose_unit=pl.lit(None, pl.String),
            dechallenge=pl.lit("not_documented"),
            rechallenge=pl.lit("not_documented"),
        )
        .select(list(EXPOSURES.types))
    )


def exposure_attrition(
    part: str, drugs: pl.LazyFrame, episodes: pl.DataFrame, near: pl.DataFrame, found: pl.DataFrame, table: DrugTable
) -> pl.DataFrame:
    """Where the drug exposures went."""
    persons, row = episodes.lazy().select("person_id").unique(), ["source_line", "ingredient"]
    n_in = drugs.select(pl.len()).collect().item()
    n_of_persons = drugs.join(persons, on="person_id", how="semi").select(pl.len()).collect(engine="streaming").item()
    n_near_any = near.select(row).n_unique()
    related = near.join(_relations(table), on="ingredient", how="inner")
    n_related = related.select("subject_id", *row).n_unique()
    left = {
        "person_without_episode": n_in - n_of_persons,
        "near_no_episode": n_of_persons - n_near_any,
        "near_a_further_episode": n_near_any - near.height,
        "no_relation_to_nms": near.height - n_related,
        "further_relation_of_the_ingredient": n_related - related.height,
        "withdrawal_of_a_drug_that_goes_on": related.height - found.height,
    }
    return attrition.steps("evidence", f"{part}:drug_exposures", "drug exposure x ingredient, then exposure", n_in, left)


def _with_goes_on(held: pl.DataFrame) -> pl.DataFrame:
    """The exposures with `goes_on`: one that ends later begins not later than the day after this one's last."""
    later_start = (
        held.group_by(*ONE_DRUG, "end_day")
        .agg(pl.col("start_day").min())
        .sort(*ONE_DRUG, "end_day", descending=[False, False, True])
        .select(*ONE_DRUG, "end_day", later_start=pl.col("start_day").cum_min().shift().over(ONE_DRUG))
    )
    goes_on = (pl.col("later_start") <= pl.col("end_day") + 1).fill_null(value=False)
    return held.join(later_start, on=[*ONE_DRUG, "end_day"], how="left").with_columns(goes_on=goes_on).drop("later_start")


def _relations(table: DrugTable) -> pl.DataFrame:
    rows = [(drug.ingredient, relation) for drug in table.drugs.values() for relation in drug.relations]
    return pl.DataFrame(rows, schema={"ingredient": pl.String, "relation": pl.String}, orient="row")
