"""The same logic as the verdict, told for one subject: every node with its value and what lies behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from nms_pv.labels.logic import value
from nms_pv.labels.states import counts, course_states, states
from nms_pv.labels.verdicts import outcome, points_interval
from nms_pv.spec.definitions import Definition
from nms_pv.spec.rules import Rule
from nms_pv.tables.evidence import MEASURED

VALUE = {True: "beyond it", False: "not beyond it", None: "nothing to compare it with"}


@dataclass(frozen=True)
class Reason:
    """One node of the reasoning: true is present or met, false absent or not met, null not documented."""

    words: str
    value: bool | None
    points: int | None = None
    behind: tuple[str, ...] = ()
    parts: tuple["Reason", ...] = ()


def reason(findings: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> Reason:
    """Why one subject gets its verdict: `findings` and `exposures` are its rows, with at least one finding."""
    return _Subject(findings, exposures, definition).outcome()


class _Subject:
    """One subject under one definition."""

    def __init__(self, findings: pl.DataFrame, exposures: pl.DataFrame, definition: Definition) -> None:
        self.findings, self.exposures, self.definition = findings, exposures, definition
        self.states = states(findings, exposures, definition)

    def outcome(self) -> Reason:
        if self.definition.rule:
            return self.node(self.definition.rule)
        low, high = self.states.select(low=points_interval(self.definition)[0], high=points_interval(self.definition)[1]).row(0)
        words = f"at least {self.definition.threshold} points: {low} documented, {high} with what is not documented"
        parts = tuple(self.named(name, n) for name, n in (self.definition.points or {}).items())
        return Reason(words, self.value_of(outcome(self.definition)), parts=parts)

    def value_of(self, expression: pl.Expr) -> bool | None:
        return self.states.select(value=expression)["value"].item()

    def node(self, branch: str | Rule) -> Reason:
        if isinstance(branch, str):
            return self.named(branch)
        return Reason(branch.phrase, self.value_of(value(branch)), parts=tuple(self.node(b) for b in branch.branches))

    def named(self, name: str, points: int | None = None) -> Reason:
        state = self.value_of(pl.col(name))
        if name in self.definition.combined:
            rule = self.definition.combined[name]
            return Reason(f"{name}: {rule.phrase}", state, points, parts=tuple(self.node(b) for b in rule.branches))
        behind = self.courses(name) if name in self.definition.exposures else self.terms(name) + self.values(name)
        return Reason(name, state, points, tuple(behind + self.blind(name)))

    def terms(self, name: str) -> list[str]:
        use = self.definition.elements[name]
        rows = self.findings.filter(pl.col("element").is_in(use.sources)).with_columns(counted=counts(use)).sort("finding_no")
        return [
            f"finding {row['finding_no']}, {row['term']}: {row['state']}"
            + (f" ({row['grade']})" if row["counted"] else f", but does not count: it is graded {row['grade']}")
            for row in rows.iter_rows(named=True)
        ] + (
            ["nothing recorded says so, and its silence counts as absence"]
            if use.silence == "absent" and not rows["counted"].any()
            else []
        )

    def values(self, name: str) -> list[str]:
        """Each value the element asks about, against each test."""
        return [
            f"finding {row['finding_no']}, {test.phrase(row['unit'])}: {row['value']:g} {row['unit']}, {VALUE[row['met']]}"
            for test in self.definition.elements[name].measured or []
            for row in self.findings.filter(element=test.of, state=MEASURED)
            .with_columns(met=test.meets())
            .sort("finding_no")
            .iter_rows(named=True)
        ]

    def courses(self, name: str) -> list[str]:
        rows = course_states(self.exposures, self.definition.exposures[name]).sort("course_no")
        word = {True: "present", False: "absent", None: "not documented"}
        return [
            f"course {row['course_no']}, {row['ingredient']} ({row['role']}, {row['relation']}): counts as "
            f"{word[row['counts_as']]}, {', '.join(distances(row)) or row['timing'].replace('_', ' ')}"
            for row in rows.iter_rows(named=True)
        ]

    def blind(self, name: str) -> list[str]:
        source = self.states["subject_id"].item().split(":")[0]
        return [f"{source} can never show it"] if name in self.definition.not_assessable.get(source, []) else []


def distances(course: Mapping[str, object]) -> list[str]:
    """How far the event lies from the start and the end of a course, where that is known."""
    known = [(end, course[f"onset_minus_{end}"]) for end in ("start", "end")]
    return [f"event {abs(n)} days {'after' if n >= 0 else 'before'} {end}" for end, n in known if isinstance(n, int)]
