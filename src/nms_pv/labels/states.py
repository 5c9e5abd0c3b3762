"""evidence -> one Boolean column for each element of a definition: true present, false absent, null not documented."""

from collections.abc import Sequence

import polars as pl

from nms_pv.labels.logic import value
from nms_pv.labels.measured import OfElement, measured_states
from nms_pv.spec.definitions import BeyondInterval, Definition, ElementUse, ExposureUse, Stopped, Taken
from nms_pv.tables.canonical import SUSPECT_ROLES


def states(findings: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """One row for each subject with a finding: `subject_id` and a column for each element, read or combined."""
    return with_combined(leaf_states(element_states(findings, [definition]), exposures, definition), definition)


def element_states(findings: pl.DataFrame, definitions: Sequence[Definition]) -> pl.DataFrame:
    """What is said or measured: `subject_id` and a column `<definition>/<element>` for each element that is read from findings.

    Definitions share most of their elements, so each distinct use is worked out once. An element is present if a term that counts
    or a value says so, absent if all it is read from deny it, or a value does, and none says otherwise.
    """
    subjects = findings.select("subject_id").unique(maintain_order=True).with_row_index("subject_no")
    rows = findings.join(subjects, on="subject_id", how="left", maintain_order="left")
    of_element = rows.partition_by("element", as_dict=True)
    uses = {_key(use): use for definition in definitions for use in definition.elements.values()}
    columns = {key: _state(of_element, use, subjects) for key, use in uses.items()}
    named = [columns[_key(use)].alias(f"{d.name}/{name}") for d in definitions for name, use in d.elements.items()]
    return subjects.select("subject_id").with_columns(named)


def leaf_states(elements: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The elements and exposures of one definition: `subject_id` and a column for each, empty where its source cannot show it."""
    frame = elements.select("subject_id", *(pl.col(f"{definition.name}/{name}").alias(name) for name in definition.elements))
    for name, exposure in definition.exposures.items():
        frame = frame.join(exposure_states(exposures, exposure, name), on="subject_id", how="left", maintain_order="left")
    return frame.with_columns(_as_assessable(name, definition) for name in definition.leaves)


def with_combined(leaves: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The leaves, and what the definition combines them to."""
    for name, rule in definition.combined.items():
        leaves = leaves.with_columns(value(rule).alias(name))
    return leaves


def counts(use: ElementUse) -> pl.Expr:
    """Whether the finding speaks of the element, and directly enough."""
    return pl.col("element").is_in(use.sources) & pl.col("grade").is_in(use.grades)


def _state(of_element: OfElement, use: ElementUse, subjects: pl.DataFrame) -> pl.Series:
    said = [of_element[(source,)].filter(counts(use)) for source in use.sources if (source,) in of_element]
    stated = [_said(pl.concat(said), len(use.sources))] if said else []
    found = (
        pl.concat([*stated, measured_states(of_element, use.measured or [])]).group_by("subject_no").agg(pl.col("state").max())
    )
    state = subjects.select("subject_no").join(found, on="subject_no", how="left", maintain_order="left")["state"]
    return state.fill_null(value=False) if use.silence == "absent" else state


def _said(rows: pl.DataFrame, sources: int) -> pl.DataFrame:
    """Present if a term says so of any source; absent only if every source is denied, for silence about one denies nothing."""
    is_present = (pl.col("state") == "present").any()
    is_denied = pl.col("element").n_unique() == sources
    state = pl.when(is_present).then(pl.lit(True)).when(is_denied).then(pl.lit(False))
    return rows.group_by("subject_no").agg(state=state)


def exposure_states(exposures: pl.DataFrame, use: ExposureUse, name: str) -> pl.DataFrame:
    """The state of one exposure of each subject with a course that counts: absent only if every such course is."""
    return course_states(exposures, use).group_by("subject_id").agg(pl.col("counts_as").any(ignore_nulls=False).alias(name))


def course_states(exposures: pl.DataFrame, use: ExposureUse) -> pl.DataFrame:
    """The courses that could count, with what each counts as in the column `counts_as`."""
    courses = []
    if use.taken:
        courses.append(_of(exposures, use.taken.relations).with_columns(counts_as=_taken(use.taken)))
    if use.stopped:
        # A dopaminergic drug that was started after the event (treatment of NMS) is no sign that none was stopped before.
        begun = _of(exposures, use.stopped.relations).filter(pl.col("timing") != "event_before_start")
        courses.append(begun.with_columns(counts_as=_stopped(use.stopped)))
    return pl.concat(courses)


def _of(exposures: pl.DataFrame, relations: list[str]) -> pl.DataFrame:
    return exposures.filter(pl.col("relation").is_in(relations))


def _taken(use: Taken) -> pl.Expr:
    since_start, since_end = pl.col("onset_minus_start"), pl.col("onset_minus_end")
    window = pl.when(pl.col("formulation") == "long_acting").then(_long_acting(use.days.long_acting)).otherwise(use.days.oral)
    outside = (pl.col("timing") == "event_before_start") | (since_end > window)
    inside = since_start.is_between(0, window) | since_end.is_between(0, window) | ((since_start >= 0) & (since_end < 0))
    return _dated_or_suspected(inside, outside, use)


def _long_acting(days: int | BeyondInterval) -> pl.Expr:
    """The window after the last injection; a product without a known interval has none to add."""
    if isinstance(days, BeyondInterval):
        return pl.col("dosing_interval_days").fill_null(0) + days.beyond_interval
    return pl.lit(days)


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


def _key(use: ElementUse) -> str:
    """Equal for uses that come to the same."""
    return use.model_dump_json(exclude={"note", "status"})
