"""canonical -> evidence: each coded drug becomes a course, with its relation to NMS and its distance from the event."""

from collections.abc import Mapping

import polars as pl

from nms_pv.evidence.reports.doses import with_doses
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.strict import StudyError
from nms_pv.tables import attrition
from nms_pv.tables.canonical import NOT_ADMINISTERED
from nms_pv.tables.evidence import EXPOSURES

COURSE = ["subject_id", "drug_no", "ingredient"]


def exposures(drugs: pl.LazyFrame, reports: pl.LazyFrame, table: DrugTable, intervals: Mapping[str, int]) -> pl.DataFrame:
    """The courses of coded drugs that were given, one row for each relation of the ingredient.

    Parameters
    ----------
    drugs, reports
        `canonical/report_drugs`, `canonical/reports`.
    table
        The drug table.
    intervals
        The longest interval between doses of a long-acting product of each ingredient, in days. A report's end is that of the
        last dose, so the whole interval is still to be added to it.

    """
    days = reports.select("subject_id", "event_day", "event_day_precision")
    return (
        with_doses(courses(drugs))
        .join(_relations(table), on="ingredient", how="inner")
        .join(days, on="subject_id", how="left")
        .with_columns(
            timing=timing(),
            onset_minus_start=pl.when(timing() == "known").then(pl.col("event_day") - pl.col("start_day")),
            onset_minus_end=pl.when(_exact("event") & _exact("end")).then(pl.col("event_day") - pl.col("end_day")),
            dosing_interval_days=pl.when(pl.col("formulation") == "long_acting").then(
                pl.col("ingredient").replace_strict(intervals, default=None, return_dtype=pl.Int32)
            ),
        )
        .rename({"drug_no": "course_no"})
        .select(list(EXPOSURES.types))
        .collect()
    )


def courses(drugs: pl.LazyFrame) -> pl.LazyFrame:
    """Drugs that were given and coded; an ingredient that one drug names twice is one course, long-acting if either is."""
    given = drugs.filter(pl.col("role") != NOT_ADMINISTERED, pl.col("ingredient").is_not_null())
    return given.sort(*COURSE, pl.col("formulation") != "long_acting", "ingredient_reported").unique(
        COURSE, keep="first", maintain_order=True
    )


def timing() -> pl.Expr:
    """Whether the distance from start to event is known, or the first reason why not."""
    event, start = pl.col("event_day_precision"), pl.col("start_day_precision")
    return (
        pl.when(event == "none")
        .then(pl.lit("event_date_missing"))
        .when(event == "padded")
        .then(pl.lit("event_date_padded"))
        .when(event != "day")
        .then(pl.lit("event_date_not_exact"))
        .when(start == "none")
        .then(pl.lit("start_date_missing"))
        .when(start != "day")
        .then(pl.lit("start_date_not_exact"))
        .when(pl.col("event_day") < pl.col("start_day"))
        .then(pl.lit("event_before_start"))
        .otherwise(pl.lit("known"))
    )


def exposure_attrition(part: str, drugs: pl.LazyFrame, table: DrugTable, found: pl.DataFrame) -> pl.DataFrame:
    """Where the report-drug rows went.

    Raises
    ------
    StudyError
        When drugs were coded to an ingredient that the drug table does not have.
    """
    given = drugs.filter(pl.col("role") != NOT_ADMINISTERED)
    coded = given.filter(pl.col("ingredient").is_not_null())
    strangers = (
        coded.filter(~pl.col("ingredient").is_in(list(table.drugs))).select(pl.col("ingredient").unique().sort()).collect()
    )
    if strangers.height:
        names = strangers["ingredient"].to_list()
        raise StudyError(
            f"{part}: drugs are coded to {names}, which study/drugs.csv does not list; run `dvc repro canonical` again"
        )
    n_in, n_given, n_coded, n_courses = (
        frame.select(pl.len()).collect().item() for frame in (drugs, given, coded, coded.unique(COURSE))
    )
    n_related = found.select("subject_id", "course_no", "ingredient").n_unique()
    left = {
        "drug_not_administered": n_in - n_given,
        "ingredient_not_coded": n_given - n_coded,
        "ingredient_named_twice": n_coded - n_courses,
        "no_relation_to_nms": n_courses - n_related,
        "further_relation_of_the_ingredient": n_related - found.height,
    }
    return attrition.steps("evidence", f"{part}:exposures", "report-drug row, then exposure", n_in, left)


def _relations(table: DrugTable) -> pl.LazyFrame:
    rows = [(drug.ingredient, relation) for drug in table.drugs.values() for relation in drug.relations]
    return pl.LazyFrame(rows, schema={"ingredient": pl.String, "relation": pl.String}, orient="row")


def _exact(what: str) -> pl.Expr:
    return pl.col(f"{what}_day_precision") == "day"
