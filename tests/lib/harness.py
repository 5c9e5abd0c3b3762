"""Tables that a clinician can read and sign: `x` present, `-` recorded absent, blank not recorded.

A column is a clinical element of study/elements.csv, with `(weak)` or `(context)` where the term only suggests it.
`exposure` is a dopamine antagonist: `x` started the day before the event, `-` stopped 300 days before it.
"""

from itertools import count
from pathlib import Path

import polars as pl

from nms_pv.labels.reasoning import reason
from nms_pv.labels.verdicts import verdicts
from nms_pv.spec.definitions import Definition, load_definitions
from nms_pv.tables.evidence import EXPOSURES, FINDINGS

STUDY = Path(__file__).parents[2] / "study"
DEFINITIONS = {definition.name: definition for definition in load_definitions(STUDY)}
OUTCOME = ("low", "high", "met", "failed", "missing", "verdict")
STATE = {"x": "present", "-": "absent"}
VERDICT = {True: "met", False: "not_met", None: "indeterminate"}
FILLED = {"value": None, "unit": None, "day": None, "day_precision": "none", "source_id": "faers:2025Q4:REAC"}


def spec_test(definition: str, table: str, source: str = "faers") -> None:
    """Each row of the table is one report; the last columns say what the definition must answer."""
    for number, row in enumerate(read(table), start=1):
        cells = {heading: mark for heading, mark in row.items() if heading not in OUTCOME}
        marked = {heading: STATE[mark] for heading, mark in cells.items() if mark and heading != "exposure"}
        found = findings(f"{source}:{number}", [(*_graded(heading), state) for heading, state in marked.items()])
        answer = judge(found, typical_exposure(f"{source}:{number}", cells.get("exposure", "")), DEFINITIONS[definition])
        expected = {column: row[column] for column in OUTCOME if column in row}
        assert {column: answer[column] for column in expected} == expected, f"row {number}: {cells}"


def judge(found: pl.DataFrame, exposed: pl.DataFrame, definition: Definition) -> dict[str, str]:
    """The verdict row of one subject as text; the reasoning must come to the same verdict."""
    row = verdicts(found, exposed, definition).row(0, named=True)
    assert VERDICT[reason(found, exposed, definition).value] == row["verdict"]
    return {
        **{column: str(row[column]) for column in ("met", "failed", "missing", "verdict")},
        "low": str(row["points_low"]),
        "high": str(row["points_high"]),
    }


def read(table: str) -> list[dict[str, str]]:
    """The rows of an ASCII table as dictionaries."""
    lines = [
        [cell.strip() for cell in text.split("|")] for text in table.strip().splitlines() if not text.strip().startswith("-" * 3)
    ]
    assert all(len(cells) == len(lines[0]) for cells in lines), "every row has as many cells as the heading"
    return [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]


def findings(subject_id: str, said: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Findings of one subject from (element, grade, state); one of no clinical meaning is always there, so that a verdict is."""
    rows = [
        {
            "subject_id": subject_id,
            "finding_no": n,
            "element": element,
            "grade": grade,
            "state": state,
            "term": element,
            "source_line": n,
            **FILLED,
        }
        for n, (element, grade, state) in zip(count(1), [*said, ("dose_context", "context", "present")], strict=False)
    ]
    return FINDINGS.check(pl.DataFrame(rows, schema_overrides=FINDINGS.types))


def exposures(subject_id: str, courses: list[dict[str, object]]) -> pl.DataFrame:
    """Exposures of one subject; what a course does not say is filled in."""
    usual = {
        "subject_id": subject_id, "relation": "antagonist", "ingredient": "haloperidol", "formulation": "other", "role": "PS",
        "start_day": None, "start_day_precision": "none", "end_day": None, "end_day_precision": "none",
        "onset_minus_start": None, "onset_minus_end": None, "timing": "start_date_missing",
        "source_id": "faers:2025Q4:DRUG", "source_line": 2,
    }  # fmt: skip
    rows = [{**usual, "course_no": n, **course} for n, course in enumerate(courses, start=1)]
    return EXPOSURES.check(pl.DataFrame(rows, schema=EXPOSURES.types))


def typical_exposure(subject_id: str, mark: str) -> pl.DataFrame:
    """A course that clearly counts, one that clearly does not, or none."""
    course = {
        "x": {"onset_minus_start": 1, "timing": "known"},
        "-": {"onset_minus_start": 400, "onset_minus_end": 300, "timing": "known"},
    }
    return exposures(subject_id, [course[mark]] if mark else [])


def _graded(heading: str) -> tuple[str, str]:
    element, _, grade = heading.partition(" (")
    return element, grade.rstrip(")") or "core"
