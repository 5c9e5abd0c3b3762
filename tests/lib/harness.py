"""Tables that a clinician can read and sign: `x` present, `-` recorded absent, blank not recorded.

A column is one of three kinds. A clinical element of study/elements.csv, with `(weak)` or `(context)` where the term suggests it.
A relation of a drug to the syndrome (`exposure` is an antagonist): `x` taken until the day before the event, `-` stopped 300 days
before it. Or a quantity of study/measurements.yaml, whose cells are values in the unit named there, blank where nothing was
measured: `38.4 38.6` on two days, one after the other, `38.4,38.6` twice on one day, `900/200` with the recorded upper limit of
normal, `140~30` with a change of 30 within 24 hours; `heart_rate (baseline 80)` has a baseline.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from nms_pv.labels.reasoning import reason
from nms_pv.labels.verdicts import verdicts
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.elements import load_elements
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.meddra import SMQ_ELEMENTS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EXPOSURES, FINDINGS, GRADE, MEASURED, OF_VALUES, RELATION

STUDY = Path(__file__).parents[2] / "study"
CASES = {definition.name: definition for definition in load_definitions(STUDY)}
DIFFERENTIAL = {definition.name: definition for definition in load_differential(STUDY)}
DEFINITIONS = CASES | DIFFERENTIAL
TERMS = load_elements(STUDY)
ELEMENTS = {term.element for term in TERMS} | set(SMQ_ELEMENTS.values())
QUANTITIES = load_measurements(STUDY).quantities
DRUGS = {"exposure": "antagonist"} | {relation: relation for relation in RELATION}
OUTCOME = ("low", "high", "met", "failed", "missing", "verdict")
STATE = {"x": "present", "-": "absent"}
COURSE = {"x": {"onset_minus_start": 400, "onset_minus_end": 1}, "-": {"onset_minus_start": 400, "onset_minus_end": 300}}
VERDICT = {True: "met", False: "not_met", None: "indeterminate"}
FILLED = {**dict.fromkeys(OF_VALUES), "day": None, "day_precision": "none", "source_id": "faers:2025Q4:REAC"}
DAY_0 = date(2022, 1, 8)
Row = dict[str, object]


def spec_test(definition: str, table: str, source: str = "faers", also: Mapping[str, str] | None = None) -> None:
    """Each row of the table is one subject, of whom `also` holds; the last columns say what the definition must answer."""
    for number, row in enumerate(read(table), start=1):
        cells = {**(also or {}), **{heading: mark for heading, mark in row.items() if heading not in OUTCOME}}
        answer = judge(*evidence({f"{source}:{number}": cells}), DEFINITIONS[definition])
        expected = {column: row[column] for column in OUTCOME if column in row}
        assert {column: answer[column] for column in expected} == expected, f"row {number}: {cells}"


def window_test(definition: str, table: str) -> None:
    """Each row is the one drug course of a report; the last column but `why` names an exposure of the definition and its state.

    `start` and `end` are the days from there to the event (negative: the event came first), blank where not known to the day.
    """
    for row in read(table):
        name = list(row)[-2]
        assert exposure_state(definition, name, [row]) == row[name], row["why"]


def exposure_state(definition: str, name: str, courses: list[dict[str, str]]) -> str:
    """The state of one exposure under these courses of one report, as in the tables of `window_test`."""
    given = [_course(row) for row in courses]
    answer = judge(findings("faers:1", []), exposures("faers:1", given), DEFINITIONS[definition])
    where = {"met": "present", "failed": "absent", "missing": "not documented"}
    return next(word for column, word in where.items() if name in answer[column].split(";"))


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


def evidence(subjects: Mapping[str, Mapping[str, str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings and exposures of the subjects, each from its row of a table."""
    found, given = [], []
    for subject_id, cells in subjects.items():
        said, measured, courses = [], [], []
        for heading, mark in ((heading, mark) for heading, mark in cells.items() if mark):
            if heading in DRUGS:
                courses.append({"relation": DRUGS[heading], "timing": "known", **COURSE[mark]})
            elif _name(heading) in QUANTITIES:
                measured += values(heading, mark)
            else:
                said.append((*_graded(heading), STATE[mark]))
        found += finding_rows(subject_id, said, measured)
        given += exposure_rows(subject_id, courses)
    return _table(FINDINGS, found), _table(EXPOSURES, given)


def findings(subject_id: str, said: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Findings of one subject from (element, grade, state)."""
    return _table(FINDINGS, finding_rows(subject_id, said))


def finding_rows(subject_id: str, said: Iterable[tuple[str, str, str]], measured: Iterable[Row] = ()) -> list[Row]:
    """Rows from (element, grade, state) and of values; one of no clinical meaning is always there, so that a verdict is."""
    named = [
        {"element": element, "grade": grade, "state": state}
        for element, grade, state in [*said, ("dose_context", "context", "present")]
    ]
    return [
        {**FILLED, "subject_id": subject_id, "finding_no": n, "source_line": n, "term": row["element"], **row}
        for n, row in enumerate([*named, *measured], start=1)
    ]


def values(heading: str, cell: str) -> list[Row]:
    """The measured values of one cell; days count from `DAY_0`, and several values of a day lie an hour apart."""
    baseline = heading.partition(" (baseline ")[2].rstrip(")")
    return [
        _value(_name(heading), DAY_0 + timedelta(days), hour, text, float(baseline) if baseline else None)
        for days, of_day in enumerate(cell.split())
        for hour, text in enumerate(of_day.split(","))
    ]


def exposures(subject_id: str, courses: list[Row]) -> pl.DataFrame:
    """Exposures of one subject; what a course does not say is filled in."""
    return _table(EXPOSURES, exposure_rows(subject_id, courses))


def exposure_rows(subject_id: str, courses: Iterable[Row]) -> list[Row]:
    """The same as rows."""
    usual = {
        "subject_id": subject_id, "relation": "antagonist", "ingredient": "haloperidol", "formulation": "other", "role": "PS",
        "start_day": None, "start_day_precision": "none", "end_day": None, "end_day_precision": "none",
        "onset_minus_start": None, "onset_minus_end": None, "timing": "start_date_missing",
        "dechallenge": "not_documented", "rechallenge": "not_documented",
        "source_id": "faers:2025Q4:DRUG", "source_line": 2,
    }  # fmt: skip
    return [{**usual, "course_no": n, **course} for n, course in enumerate(courses, start=1)]


def _table(table: Table, rows: list[Row]) -> pl.DataFrame:
    return table.check(pl.DataFrame(rows, schema=table.types))


def _value(quantity: str, day: date, hour: int, text: str, baseline: float | None) -> Row:
    size, _, change = text.partition("~")
    value, _, limit = size.partition("/")
    return {
        "element": quantity,
        "grade": "core",
        "state": MEASURED,
        "value": float(value),
        "unit": QUANTITIES[quantity].unit,
        "occasion": f"{day}T{hour:02}:00",
        "upper_limit": float(limit) if limit else QUANTITIES[quantity].default_upper_limit,
        "upper_limit_is_recorded": bool(limit),
        "baseline": baseline,
        "change_24h": float(change) if change else None,
        "day": (day - date(1970, 1, 1)).days,
        "day_precision": "day",
    }


def _course(row: Mapping[str, str]) -> Row:
    start, end, interval = (int(row[name]) if row.get(name) else None for name in ("start", "end", "interval"))
    before = start is not None and start < 0
    return {
        "relation": row["drug"],
        "formulation": row["form"],
        "role": row["role"],
        "onset_minus_start": None if before else start,
        "onset_minus_end": end,
        "timing": "start_date_missing" if start is None else "event_before_start" if before else "known",
        "dosing_interval_days": interval,
    }


def _name(heading: str) -> str:
    return heading.partition(" (")[0]


def _graded(heading: str) -> tuple[str, str]:
    grade = heading.partition(" (")[2].rstrip(")") or "core"
    assert _name(heading) in ELEMENTS, f"{heading!r} is no element, drug or quantity of the study"
    assert grade in GRADE, f"{heading!r}: no grade {grade!r}"
    return _name(heading), grade
