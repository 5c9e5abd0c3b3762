"""evidence -> one Boolean column for each element of a definition: true present, false absent, null not documented."""

import polars as pl

from nms_pv.labels.logic import value
from nms_pv.spec.definitions import Definition, ElementUse, ExposureUse, Stopped, Taken
from nms_pv.tables.canonical import SUSPECT_ROLES


def states(findings: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """One row for each subject with a finding: `subject_id` and a column for each element, read or combined."""
    frame = findings.group_by("subject_id", maintain_order=True).agg(
        element_state(use).alias(name) for name, use in definition.elements.items()
    )
    for name, exposure in definition.exposures.items():
        frame = frame.join(exposure_states(exposures, exposure, name), on="subject_id", how="left", maintain_order="left")
    frame = frame.with_columns(_as_assessable(name, definition) for name in definition.leaves)
    for name, rule in definition.combined.items():
        frame = frame.with_columns(value(rule).alias(name))
    return frame


def element_state(use: ElementUse) -> pl.Expr:
    """The state of one element of one subject: present if any finding that counts says so, absent if all deny it."""
    state = pl.when(counts(use)).then(pl.col("state") == "present").max()
    return state.fill_null(value=False) if use.silence == "absent" else state


def counts(use: ElementUse) -> pl.Expr:
    """Whether the finding speaks of the element, and directly enough."""
    return pl.col("element").is_in(use.sources) & pl.col("grade").is_in(use.grades)


def exposure_states(exposures: pl.DataFrame, use: ExposureUse, name: str) -> pl.DataFrame:
    """The state of one exposure of each subject with a course that counts: absent only if every such course is."""
    return course_states(exposures, use).group_by("subject_id").agg(pl.col("counts_as").any(ignore_nulls=False).alias(name))


def course_states(exposures: pl.DataFrame, use: ExposureUse) -> pl.DataFrame:
    """The courses that could count, with what each counts as in the column `counts_as`."""
    taken = _of(exposures, use.taken.relations).with_columns(counts_as=_taken(use.taken))
    if use.stopped is None:
        return taken
    # A dopaminergic drug that was started after the event (treatment of NMS) is no sign that none was stopped before.
    begun = _of(exposures, use.stopped.relations).filter(pl.col("timing") != "event_before_start")
    return pl.concat([taken, begun.with_columns(counts_as=_stopped(use.stopped))])


def _of(exposures: pl.DataFrame, relations: list[str]) -> pl.DataFrame:
    return exposures.filter(pl.col("relation").is_in(relations))


def _taken(use: Taken) -> pl.Expr:
    since_start, since_end = pl.col("onset_minus_start"), pl.col("onset_minus_end")
    window = pl.when(pl.col("formulation") == "long_acting").then(use.days.long_acting).otherwise(use.days.oral)
    outside = (pl.col("timing") == "event_before_start") | (since_end > window)
    inside = since_start.is_between(0, window) | since_end.is_between(0, window) | ((since_start >= 0) & (since_end < 0))
    return _dated_or_suspected(inside, outside, use)


def _stopped(use: Stopped) -> pl.Expr:
    since_end = pl.col("onset_minus_end")
    inside = since_end.is_between(0, use.days)
    return _dated_or_suspected(inside, since_end.is_not_null() & ~inside, use)


def _dated_or_suspected(inside: pl.Expr, outside: pl.Expr, use: Taken | Stopped) -> pl.Expr:
    suspected = pl.col("role").is_in(SUSPECT_ROLES) & (use.undated_suspect == "present")
    return pl.when(outside).then(pl.lit(False)).when(inside | suspected).then(pl.lit(True))


def _as_assessable(name: str, definition: Definition) -> pl.Expr:
    """The column, emptied for subjects of a source that can never show the element."""
    blind = [source for source, names in definition.not_assessable.items() if name in names]
    return pl.when(~pl.col("subject_id").str.extract("^([a-z0-9]+):").is_in(blind)).then(pl.col(name)) if blind else pl.col(name)
