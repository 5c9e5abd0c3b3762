"""evidence -> what can have triggered the event of each subject: decided by timing, else ambiguous."""

import polars as pl

from nms_pv.labels.courses import EITHER, FIRM, LOOSE
from nms_pv.labels.joined import joined, names_of
from nms_pv.spec.drugs import DrugTable
from nms_pv.tables import attrition
from nms_pv.tables.labels import KINDS, TRIGGERS

CHANGES = ["antagonist_start", "antagonist_dose_increase", "long_acting_injection"]
OF_ANTAGONISTS = [*CHANGES, "antagonist"]
STRONGER_THAN_OTHERS = KINDS[:-1]
# What is said of a subject without any course that could trigger.
WITHOUT_COURSE = {
    "trigger": "none_documented",
    "antagonists": "none",
    "ingredients": "",
    "course_nos": "",
    "certainty": "none",
    "fitting": "",
    "undecided": "",
    "reason": "no_course_could_trigger",
}


def triggers(findings: pl.DataFrame, courses: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """The trigger of every subject with a finding.

    Kinds that dates or suspicion support decide; only where there is none, courses that are merely known to have been given do.
    Two kinds that fit are ambiguous, but a start, increase or injection stands for an antagonist that is only taken, and every
    kind for other implicated drugs. A dopaminergic drug that dates leave between trigger and treatment is ambiguous.

    Parameters
    ----------
    findings
        `evidence/findings`.
    courses
        As `judged_courses` gives.
    drugs
        The drug table: which antagonists are antipsychotics.

    Returns
    -------
    Rows of `labels/triggers`.

    """
    tier = pl.when(pl.col("fit").is_in(FIRM)).then(1).when(pl.col("fit").is_in(LOOSE)).then(2)
    tiered = courses.filter(pl.col("fit") != "no_trigger").with_columns(tier=tier)
    tiered = tiered.with_columns(decides=(pl.col("tier") == pl.col("tier").min().over("subject_id")).fill_null(value=False))
    decided = _facts(tiered).with_columns(_decided())
    found = decided.join(_behind(tiered, decided, drugs), on="subject_id", how="left").with_columns(
        certainty=_certainty(),
        fitting=names_of({kind: pl.col(kind) for kind in KINDS}),
        undecided=names_of({kind: pl.col(f"open {kind}") & ~pl.col(kind) for kind in KINDS}),
    )
    return (
        findings.select("subject_id")
        .unique()
        .join(found.select(list(TRIGGERS.types)), on="subject_id", how="left")
        .with_columns(pl.col(column).fill_null(said) for column, said in WITHOUT_COURSE.items())
    )


def trigger_attrition(part: str, found: pl.DataFrame) -> pl.DataFrame:
    """How many subjects with a finding have no trigger, or an ambiguous one."""
    n_of = dict(found["trigger"].value_counts().iter_rows())
    left = {trigger: n_of.get(trigger, 0) for trigger in ("none_documented", "ambiguous")}
    return attrition.steps("labels", f"{part}:triggers", "subject with a finding", found.height, left)


def _facts(tiered: pl.DataFrame) -> pl.DataFrame:
    """What the courses of each subject say together: a column for each kind that decides, and for each that stays open."""
    kind, decides, is_open = pl.col("kind"), pl.col("decides"), (pl.col("tier") == 2) & ~pl.col("decides")
    return tiered.group_by("subject_id").agg(
        *((decides & (kind == name)).any().alias(name) for name in KINDS),
        *((is_open & (kind == name)).any().alias(f"open {name}") for name in KINDS),
        either=(decides & pl.col("fit").is_in(EITHER)).any(),
        no_stop=(pl.col("fit") == "no_stop_documented").any(),
    )


def _decided() -> list[pl.Expr]:
    stands = {
        name: pl.col(name) & ~pl.any_horizontal(CHANGES) if name == "antagonist" else pl.col(name)
        for name in STRONGER_THAN_OTHERS
    }
    stands["other_implicated"] = pl.col("other_implicated") & ~pl.any_horizontal(STRONGER_THAN_OTHERS)
    n_kinds = pl.sum_horizontal(stands.values())
    of_others = pl.any_horizontal(name for name in KINDS if name not in OF_ANTAGONISTS)
    one = pl.coalesce(pl.when(stood).then(pl.lit(name)) for name, stood in stands.items())
    trigger = pl.when(pl.col("either") | (n_kinds > 1)).then(pl.lit("ambiguous")).otherwise(one).fill_null("none_documented")
    reason = (
        pl.when("either")
        .then(pl.lit("trigger_or_treatment"))
        .when((n_kinds > 1) & ~of_others)
        .then(pl.lit("several_antagonist_kinds_fit"))
        .when(n_kinds > 1)
        .then(pl.lit("several_kinds_fit"))
        .when(n_kinds == 1)
        .then(pl.lit("one_kind_fits"))
        .when("no_stop")
        .then(pl.lit("no_stop_documented"))
        .otherwise(pl.lit("dates_exclude_every_course"))
    )
    return [trigger.alias("trigger"), reason.alias("reason")]


def _behind(tiered: pl.DataFrame, decided: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """The ingredients and courses behind each trigger, its best fit, and which antagonists they are."""
    antipsychotics = [drug.ingredient for drug in drugs.drugs.values() if drug.is_antipsychotic]
    is_antagonist, is_antipsychotic = pl.col("relation") == "antagonist", pl.col("ingredient").is_in(antipsychotics)
    named = (pl.col("kind").cast(pl.String) == pl.col("trigger")) | (pl.col("trigger") == "ambiguous")
    behind = tiered.filter("decides").join(decided.select("subject_id", "trigger"), on="subject_id").filter(named)
    of_subject = behind.group_by("subject_id").agg(
        pl.col("fit").min(),
        ingredients="ingredient",
        course_nos="course_no",
        psychiatric=(is_antagonist & is_antipsychotic).any(),
        other=(is_antagonist & ~is_antipsychotic).any(),
    )
    antagonists = (
        pl.when(pl.col("psychiatric") & pl.col("other"))
        .then(pl.lit("both"))
        .when("psychiatric")
        .then(pl.lit("antipsychotic"))
        .when("other")
        .then(pl.lit("non_psychiatric"))
        .otherwise(pl.lit("none"))
    )
    return of_subject.select("subject_id", "fit", joined("ingredients"), joined("course_nos"), antagonists.alias("antagonists"))


def _certainty() -> pl.Expr:
    return (
        pl.when(pl.col("trigger") == "ambiguous")
        .then(pl.lit("ambiguous"))
        .when(pl.col("trigger") == "none_documented")
        .then(pl.lit("none"))
        .otherwise(pl.col("fit").cast(pl.String))
    )
