"""evidence -> what a reviewer reads of a case: its findings and its drugs, in words."""

import polars as pl

from nms_pv.tables.canonical import ROLE
from nms_pv.tables.evidence import MEASURED, TIMING

DAY_WORDS = {"month": "%Y-%m", "year": "%Y", "padded": "%Y-%m-%d (day perhaps filled in)", "day": "%Y-%m-%d"}
# Without the claim that a drug was given as treatment, or that it was withdrawn: that is for the reviewer to say.
RELATION_WORDS = {
    "antagonist": "blocks dopamine receptors",
    "depleter": "depletes dopamine",
    "withdrawal": "dopaminergic",
    "serotonergic": "serotonergic",
    "mh_trigger": "trigger of malignant hyperthermia",
    "anticholinergic": "anticholinergic",
    "treatment": "possible treatment",
    "other_implicated": "other drug implicated",
}
# A spreadsheet refuses some of them in a cell, and a reader sees none.
CONTROL = r"[\x00-\x1f\x7f]+"


def findings_in_words(findings: pl.DataFrame) -> pl.DataFrame:
    """One row a subject, sorted: `subject_id`, `findings`: the terms of the source, denied ones and values marked as such.

    A term that speaks of several elements is told once.
    """
    state = pl.col("state")
    marked = pl.when(state == "absent").then(pl.lit("documented as absent: ")).otherwise(pl.lit(""))
    number = pl.col("value").round(2).cast(pl.String).str.strip_suffix(".0")
    unit = (pl.lit(" ") + pl.col("unit")).fill_null("")
    value = pl.when(state == MEASURED).then(pl.lit(": ") + number + unit)
    text = pl.concat_str(marked, pl.col("term"), value.fill_null(""), _on("day", ", "))
    return _told(findings.sort("subject_id", "day", "finding_no", nulls_last=True).select("subject_id", findings=text))


def drugs_in_words(exposures: pl.DataFrame) -> pl.DataFrame:
    """One row a subject, sorted: `subject_id`, `drugs`: each course with role, dates and distance from the event.

    A course with several relations to NMS is told once.
    """
    course = ["subject_id", "course_no", "ingredient"]
    form = pl.when(pl.col("formulation") == "long_acting").then(pl.lit(", long-acting")).otherwise(pl.lit(""))
    role = pl.when(pl.col("role") != "unknown").then(pl.lit(", ") + _code("role", ROLE)).fill_null("")
    no_days = pl.when(pl.col("timing") != "known").then(pl.lit(", ") + _code("timing", TIMING)).fill_null("")
    about = pl.concat_str(pl.col("ingredient"), form, pl.lit(" ("), pl.col("relations"), role, pl.lit(")"))
    text = pl.concat_str(
        about, _on("start_day", ", from "), _on("end_day", ", to "), _distance("start"), _distance("end"), no_days
    )
    told = exposures.with_columns(relations=_code("relation", RELATION_WORDS)).sort(*course, "relation")
    courses = told.group_by(course, maintain_order=True).agg(pl.exclude("relations").first(), pl.col("relations").str.join(", "))
    return _told(courses.select("subject_id", drugs=text))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    column = rows.columns[-1]
    plain = pl.col(column).str.replace_all(CONTROL, " ")
    return (
        rows.with_columns(plain)
        .unique(maintain_order=True)
        .group_by("subject_id", maintain_order=True)
        .agg(pl.col(column).str.join("; "))
        .sort("subject_id")
    )


def _on(day: str, before: str) -> pl.Expr:
    """The date as exactly as it is known, after `before`; nothing where there is none."""
    date, precision = pl.col(day).cast(pl.Date), pl.col(f"{day}_precision").cast(pl.String)
    texts = [pl.when(precision == name).then(date.dt.strftime(form)) for name, form in DAY_WORDS.items()]
    return (pl.lit(before) + pl.coalesce(texts)).fill_null("")


def _distance(end: str) -> pl.Expr:
    days = pl.col(f"onset_minus_{end}")
    side = pl.when(days >= 0).then(pl.lit("after")).otherwise(pl.lit("before"))
    return pl.format(f", event {{}} days {{}} {end}", days.abs(), side).fill_null("")


def _code(column: str, meanings: dict[str, str]) -> pl.Expr:
    return pl.col(column).cast(pl.String).replace_strict(meanings, return_dtype=pl.String)
