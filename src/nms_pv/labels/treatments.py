"""evidence -> which treatments of NMS are documented for each subject, and whether they were given after the event."""

import polars as pl

from nms_pv.labels.courses import goes_on
from nms_pv.labels.joined import joined
from nms_pv.spec.context import Context
from nms_pv.spec.triggers import TriggerSettings, treatments_of
from nms_pv.tables import attrition
from nms_pv.tables.labels import TREATMENTS

GIVEN_OF_BASIS = {
    "started_on_or_after_event": "given",
    "dechallenge_documented": "given",
    "ended_at_event": "given",
    "rechallenge_documented": "given",
    "started_again_after_event": "given",
    "recorded_after_event": "given",
    "timing_unknown": "ambiguous",
    "started_before_event": "before_event",
    "ended_before_event": "before_event",
    "recorded_before_event": "before_event",
}
# From the strongest: of several courses, the first of these is the basis.
BASIS = pl.Enum(list(GIVEN_OF_BASIS))
CHALLENGED = ["positive", "negative"]
DOCUMENTED = ["subject_id", "treatment", "basis", "ingredient", "course_no", "finding_no"]


def treatments(findings: pl.DataFrame, courses: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The treatments that are documented: a description of care, never an effect.

    A drug that was started before the event, or carries on one that was, is earlier therapy. Where the dates do not tell, it is
    ambiguous: a dopaminergic drug may then be the trigger.

    Parameters
    ----------
    findings
        `evidence/findings`.
    courses
        As `judged_courses` gives.
    context
        The drug table and the settings.

    Returns
    -------
    Rows of `labels/treatments`.

    """
    documented = [
        _drugs_given(courses, context),
        _antagonists_stopped(courses, context.triggers),
        _antagonists_restarted(courses),
        _electroconvulsive(findings, courses, context.triggers),
    ]
    return (
        pl.concat([rows.select(DOCUMENTED) for rows in documented])
        .group_by("subject_id", "treatment")
        .agg(pl.col("basis").min(), ingredients="ingredient", course_nos="course_no", finding_nos="finding_no")
        .with_columns(joined("ingredients"), joined("course_nos"), joined("finding_nos"))
        .with_columns(given=pl.col("basis").cast(pl.String).replace_strict(GIVEN_OF_BASIS))
        .select(list(TREATMENTS.types))
    )


def treatment_attrition(part: str, findings: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """How many subjects with a finding have a documented treatment."""
    n_in, n_treated = findings["subject_id"].n_unique(), found["subject_id"].n_unique()
    left = {"no_treatment_documented": n_in - n_treated, "further_treatment_of_the_subject": n_treated - found.height}
    return attrition.steps("labels", f"{part}:treatments", "subject with a finding, then treatment", n_in, left)


def _drugs_given(courses: pl.DataFrame, context: Context) -> pl.DataFrame:
    treatment = pl.col("ingredient").replace_strict(treatments_of(context.drugs), default=None, return_dtype=pl.String)
    since_start, since_end = pl.col("onset_minus_start"), pl.col("onset_minus_end")
    started_after = (pl.col("timing") == "event_before_start") | (since_start == 0)
    basis = (
        pl.when(started_after & ~pl.col("follows"))
        .then(pl.lit("started_on_or_after_event"))
        .when(started_after | (since_start > 0) | (since_end > 0))
        .then(pl.lit("started_before_event"))
        .otherwise(pl.lit("timing_unknown"))
    )
    drugs = courses.filter(pl.col("relation") == "treatment").with_columns(treatment=treatment)
    return drugs.filter(pl.col("treatment").is_not_null()).with_columns(basis=basis.cast(BASIS), finding_no=_no_number())


def _antagonists_stopped(courses: pl.DataFrame, settings: TriggerSettings) -> pl.DataFrame:
    since_end, stays_away = pl.col("onset_minus_end"), ~goes_on(settings.windows.gap_days)
    basis = (
        pl.when(pl.col("dechallenge").is_in(CHALLENGED))
        .then(pl.lit("dechallenge_documented"))
        .when(since_end.is_between(-settings.windows.stopped_days, 0) & stays_away)
        .then(pl.lit("ended_at_event"))
        .when((since_end > 0) & stays_away)
        .then(pl.lit("ended_before_event"))
    )
    taken = courses.filter(pl.col("relation") == "antagonist", pl.col("timing") != "event_before_start")
    return _with_basis(taken, "antagonist_stopped", basis)


def _antagonists_restarted(courses: pl.DataFrame) -> pl.DataFrame:
    started_after = pl.col("timing") == "event_before_start"
    taken_before = (~started_after).any().over("subject_id")
    basis = (
        pl.when(pl.col("rechallenge").is_in(CHALLENGED))
        .then(pl.lit("rechallenge_documented"))
        .when(started_after & ~pl.col("follows") & taken_before)
        .then(pl.lit("started_again_after_event"))
    )
    return _with_basis(courses.filter(pl.col("relation") == "antagonist"), "antagonist_restarted", basis)


def _electroconvulsive(findings: pl.DataFrame, courses: pl.DataFrame, settings: TriggerSettings) -> pl.DataFrame:
    """The procedures; a report dates the event and its terms alike, so that a record of the same day tells nothing."""
    procedure = settings.electroconvulsive_therapy
    event_day = pl.coalesce(pl.col("start_day") + pl.col("onset_minus_start"), pl.col("end_day") + pl.col("onset_minus_end"))
    events = courses.group_by("subject_id").agg(event_day=event_day.max())
    record_day = pl.when(pl.col("day_precision") == "day").then("day")
    basis = (
        pl.when(record_day > pl.col("event_day"))
        .then(pl.lit("recorded_after_event"))
        .when(record_day < pl.col("event_day"))
        .then(pl.lit("recorded_before_event"))
        .otherwise(pl.lit("timing_unknown"))
    )
    named = pl.any_horizontal(pl.col("term").str.to_lowercase().str.contains(word, literal=True) for word in procedure.words)
    found = findings.filter(pl.col("element") == procedure.element, pl.col("state") == "present", named)
    return found.join(events, on="subject_id", how="left").with_columns(
        treatment=pl.lit("electroconvulsive_therapy"),
        basis=basis.cast(BASIS),
        ingredient=pl.lit(None, pl.String),
        course_no=_no_number(),
    )


def _with_basis(courses: pl.DataFrame, treatment: str, basis: pl.Expr) -> pl.DataFrame:
    rows = courses.with_columns(treatment=pl.lit(treatment), basis=basis.cast(BASIS), finding_no=_no_number())
    return rows.filter(pl.col("basis").is_not_null())


def _no_number() -> pl.Expr:
    return pl.lit(None, pl.Int32)
