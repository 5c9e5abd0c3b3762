"""evidence -> each drug course against the event: what kind of trigger it can be, and what the dates say about that."""

import polars as pl

from nms_pv.spec.context import Context
from nms_pv.spec.triggers import treatments_of
from nms_pv.tables.canonical import SUSPECT_ROLES
from nms_pv.tables.evidence import EXPOSURES
from nms_pv.tables.labels import KINDS

# What the dates say, from the strongest; the first three name a trigger, the next two only where none of those does.
FIT = pl.Enum(
    ["dated", "suspected_undated", "either_suspected", "undated", "either", "no_stop_documented", "excluded", "no_trigger"]
)
FIRM, LOOSE = ["dated", "suspected_undated", "either_suspected"], ["undated", "either"]
# A dopaminergic drug that may have been withdrawn before the event or given to treat it.
EITHER = ["either_suspected", "either"]
KIND = pl.Enum(KINDS)
DRUG = ["subject_id", "relation", "ingredient"]
THERAPY = [*DRUG, "formulation"]
# Later than any day: a course without an exact end may go on.
NEVER = 10**8


def judged_courses(findings: pl.DataFrame, exposures: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The courses of subjects with a finding, with how each stands to the event.

    Returns
    -------
    Rows and columns of `evidence/exposures`, in key order, and: `kind` of trigger (one of `KINDS`); `fit`, what the dates
    say (one of `FIT`); `follows`, whether the course carries on another of the drug; `next_start`, first day of a course of the
    drug that ends later.

    """
    of_subjects = exposures.join(findings.select("subject_id").unique(), on="subject_id", how="semi")
    chained = _with_increase(_with_neighbours(of_subjects, context.triggers.windows.gap_days))
    return (
        chained.with_columns(_can_trigger(context).alias("can_trigger"), _signalled(findings, context).alias("signalled"))
        .with_columns(kind=_kind(context), fit=_fit(context).cast(FIT))
        .with_columns(kind=_start_before_increase())
        .drop("can_trigger", "signalled", "increased", "therapy_no", "drug_no")
        .sort(EXPOSURES.key)
    )


def goes_on(gap_days: int) -> pl.Expr:
    """Whether another course of the drug ends later and begins at most so many days after this one's last."""
    return (pl.col("next_start") <= pl.col("end_day") + 1 + gap_days).fill_null(value=False)


def _with_neighbours(exposures: pl.DataFrame, gap_days: int) -> pl.DataFrame:
    start = pl.when(pl.col("start_day_precision") == "day").then("start_day")
    reach = pl.when(pl.col("end_day_precision") == "day").then("end_day").otherwise(NEVER)
    reached, next_start = _largest_above(reach, "therapy_no"), -_largest_above(-start.fill_null(NEVER), "drug_no")
    return (
        exposures.sort(*THERAPY, start, "course_no", nulls_last=True)
        .with_columns(therapy_no=pl.struct(THERAPY).rle_id())
        .with_columns(follows=(start - reached - 1 <= gap_days).fill_null(value=False))
        .sort(*DRUG, reach, start, "course_no", descending=[False] * 3 + [True, False, False], nulls_last=True)
        .with_columns(drug_no=pl.struct(DRUG).rle_id())
        .with_columns(next_start=next_start)
    )


def _largest_above(day: pl.Expr, group: str) -> pl.Expr:
    """The largest day in the rows above of the same group; group numbers rise from row to row, so one running maximum does."""
    lift = pl.col(group).cast(pl.Int64) * (4 * NEVER)
    return pl.when(pl.col(group) == pl.col(group).shift()).then((day + lift).cum_max().shift() - lift)


def _with_increase(courses: pl.DataFrame) -> pl.DataFrame:
    """Adds `increased`: the largest dose that starts on the day is larger than that of the start before, in the same unit."""
    same = ["therapy_no", "dose_unit"]
    is_same = pl.all_horizontal(pl.col(column) == pl.col(column).shift() for column in same)
    doses = (
        courses.filter(pl.col("dose_amount").is_not_null(), pl.col("start_day_precision") == "day")
        .group_by(*same, "start_day")
        .agg(pl.col("dose_amount").max())
        .sort(*same, "start_day")
        .filter(is_same & (pl.col("dose_amount") > pl.col("dose_amount").shift()))
        .select(*same, "start_day", increased=pl.lit(value=True))
    )
    return courses.join(doses, on=[*same, "start_day"], how="left").with_columns(pl.col("increased").fill_null(value=False))


def _can_trigger(context: Context) -> pl.Expr:
    """Whether the relation is one to a trigger; a drug that blocks and depletes counts as blocking."""
    drugs = context.drugs.drugs.values()
    both = [drug.ingredient for drug in drugs if {"antagonist", "depleter"} <= set(drug.relations)]
    implicated = [drug.ingredient for drug in drugs if "other_implicated" in drug.roles]
    relation, ingredient = pl.col("relation"), pl.col("ingredient")
    return (
        relation.is_in(["antagonist", "withdrawal"])
        | ((relation == "depleter") & ~ingredient.is_in(both))
        | ((relation == "other_implicated") & ingredient.is_in(implicated))
    )


def _signalled(findings: pl.DataFrame, context: Context) -> pl.Expr:
    """Whether the report suspects the drug, or for a dopaminergic one says that something was withdrawn."""
    terms = [term.upper() for term in context.triggers.withdrawal_terms]
    told = findings.filter(pl.col("term").str.to_uppercase().is_in(terms), pl.col("state") == "present")["subject_id"].unique()
    withdrawn = (pl.col("relation") == "withdrawal") & pl.col("subject_id").is_in(told.implode())
    return pl.col("role").is_in(SUSPECT_ROLES) | withdrawn


def _is_long_acting() -> pl.Expr:
    return (pl.col("formulation") == "long_acting") & (pl.col("relation") == "antagonist")


def _window(context: Context) -> pl.Expr:
    """Days after start or end within which a course can trigger; empty where the dosing interval is not known."""
    windows = context.triggers.windows
    long_acting = pl.col("dosing_interval_days") + windows.long_acting_days
    return pl.when(_is_long_acting()).then(long_acting).otherwise(windows.taken_days)


def _near(distance: str, context: Context) -> pl.Expr:
    windows = context.triggers.windows
    days = _window(context).fill_null(windows.long_acting_days)
    return pl.col(distance).is_between(0, days).fill_null(value=False)


def _kind(context: Context) -> pl.Expr:
    near_start = _near("onset_minus_start", context)
    return (
        pl.when(pl.col("relation") != "antagonist")
        .then(pl.col("relation").cast(pl.String))
        .when(_is_long_acting())
        .then(pl.lit("long_acting_injection"))
        .when(near_start & ~pl.col("follows"))
        .then(pl.lit("antagonist_start"))
        .when(near_start & pl.col("increased"))
        .then(pl.lit("antagonist_dose_increase"))
        .otherwise(pl.lit("antagonist"))
        .cast(KIND, strict=False)
    )


def _start_before_increase() -> pl.Expr:
    """An increase soon after the start of the same drug belongs to starting it."""
    started = (pl.col("kind") == "antagonist_start").any().over("drug_no")
    both = (pl.col("kind") == "antagonist_dose_increase") & started
    return pl.when(both).then(pl.lit("antagonist", KIND)).otherwise("kind")


def _fit(context: Context) -> pl.Expr:
    return (
        pl.when(~pl.col("can_trigger"))
        .then(pl.lit("no_trigger"))
        .when(pl.col("relation") == "withdrawal")
        .then(_fit_of_withdrawal(context))
        .otherwise(_fit_of_taken(context))
    )


def _fit_of_taken(context: Context) -> pl.Expr:
    since_start, since_end = pl.col("onset_minus_start"), pl.col("onset_minus_end")
    through = (since_start >= 0) & (since_end < 0)
    excluded = (pl.col("timing") == "event_before_start") | (since_end > _window(context))
    return (
        pl.when(excluded)
        .then(pl.lit("excluded"))
        .when(_near("onset_minus_start", context) | _near("onset_minus_end", context) | through)
        .then(pl.lit("dated"))
        .when("signalled")
        .then(pl.lit("suspected_undated"))
        .otherwise(pl.lit("undated"))
    )


def _fit_of_withdrawal(context: Context) -> pl.Expr:
    """A drug is withdrawn only when it was taken before the event and ended by then."""
    since_start, since_end, days = (
        pl.col("onset_minus_start"),
        pl.col("onset_minus_end"),
        context.triggers.windows.withdrawal_days,
    )
    not_ended = (since_end < 0) | goes_on(0)
    excluded = (pl.col("timing") == "event_before_start") | (since_start == 0) | not_ended | (since_end > days)
    may_treat = pl.col("ingredient").is_in(list(treatments_of(context.drugs)))
    either = may_treat & since_start.is_null() & (since_end.is_null() | (since_end == 0))
    return (
        pl.when(excluded)
        .then(pl.lit("excluded"))
        .when(either & pl.col("signalled"))
        .then(pl.lit("either_suspected"))
        .when(either)
        .then(pl.lit("either"))
        .when(since_end.is_not_null())
        .then(pl.lit("dated"))
        .when("signalled")
        .then(pl.lit("suspected_undated"))
        .otherwise(pl.lit("no_stop_documented"))
    )
