"""element states -> one verdict for each subject and definition."""

import polars as pl

from nms_pv.labels.joined import names_of
from nms_pv.labels.logic import decided, points, value
from nms_pv.labels.states import element_states, leaf_states, with_combined
from nms_pv.spec.definitions import Definition
from nms_pv.tables import attrition


def verdicts(findings: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The verdict of one definition on every subject with at least one finding."""
    return judged(element_states(findings, [definition]), exposures, definition)


def judged(elements: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The verdict of one definition on every subject of `elements`, as `element_states` gives them.

    Few patterns of states occur among many subjects, so each pattern is judged once.
    """
    leaves = leaf_states(elements, exposures, definition).with_columns(states=_states(definition.leaves))
    patterns = with_combined(leaves.unique("states").drop("subject_id"), definition)
    low, high = points_interval(definition)
    answers = patterns.select(
        "states",
        definition=pl.lit(definition.name),
        verdict=word(outcome(definition)),
        points_low=low,
        points_high=high,
        met=names_of({name: pl.col(name) for name in definition.items}),
        failed=names_of({name: ~pl.col(name) for name in definition.items}),
        missing=names_of({name: pl.col(name).is_null() for name in definition.items}),
    )
    judged_subjects = leaves.select("subject_id", "states").join(answers, on="states", how="left", maintain_order="left")
    return judged_subjects.select(pl.exclude("states"), "states")


def _states(leaves: list[str]) -> pl.Expr:
    """One number for each pattern of states: a digit to the base 3 for each leaf."""
    return pl.sum_horizontal(
        pl.col(leaf).cast(pl.UInt64).fill_null(2) * pl.lit(3**place, pl.UInt64) for place, leaf in enumerate(leaves)
    )


def outcome(definition: Definition) -> pl.Expr:
    """True is met, false not met, null indeterminate."""
    if definition.rule:
        return value(definition.rule)
    assert definition.points and definition.threshold  # load_definition refuses anything else
    return decided(*points(definition.points), definition.threshold)


def points_interval(definition: Definition) -> tuple[pl.Expr, pl.Expr]:
    """The documented and the attainable points; empty for a definition without points."""
    return points(definition.points) if definition.points else (pl.lit(None), pl.lit(None))


def word(state: pl.Expr) -> pl.Expr:
    """The verdict that a value means."""
    return pl.when(state).then(pl.lit("met")).when(~state).then(pl.lit("not_met")).otherwise(pl.lit("indeterminate"))


def verdict_attrition(part: str, definition: Definition, labelled: pl.DataFrame) -> pl.DataFrame:
    """How many subjects with a finding the definition does not keep as met, and why."""
    n_of = dict(labelled["verdict"].value_counts().iter_rows())
    left = {verdict: n_of.get(verdict, 0) for verdict in ("not_met", "indeterminate")}
    return attrition.steps("labels", f"{part}:{definition.name}", "subject with a finding", labelled.height, left)
