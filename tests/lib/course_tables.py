"""Tables of drug courses that a clinician can read and sign: one row a course, rows of one `case` together.

`start` and `end` are days from the event (`-3` three days before, `0` the day itself, `+2` two days after), blank where the
source does not say. `drug` is an ingredient of study/drugs.csv, with `depot` behind it for a long-acting product, and the days of
action that are still to be added to its end where they are known. `stopped` and `again` are dechallenge and rechallenge: `x` the
event abated, or came back; `-` it did not; `n/a` does not apply; blank not documented. `found` are terms, joined by `;`: recorded
absent with `-` in front, with ` @` and a day behind if dated. What follows `->` is the answer, in the first row of a case.
"""

from collections.abc import Iterable

import polars as pl

from nms_pv.labels.courses import judged_courses
from nms_pv.spec.context import load_context
from nms_pv.spec.elements import load_elements
from nms_pv.tables.evidence import EXPOSURES, FINDINGS, OF_VALUES
from tests.lib.harness import STUDY, read

CONTEXT = load_context(STUDY)
ELEMENT_OF = {one.term: (one.element, one.grade) for one in load_elements(STUDY)}
EVENT = 19000
CHALLENGE = {"x": "positive", "-": "negative", "n/a": "does_not_apply", "": "not_documented"}
Row = dict[str, str]


def cases(table: str) -> dict[str, list[Row]]:
    """The rows of each case; a blank case is that of the row above."""
    found: dict[str, list[Row]] = {}
    for row in read(table):
        name = row["case"] or list(found)[-1]
        found.setdefault(name, []).append(row)
    return found


def answers(rows: list[Row]) -> Row:
    """What the table says must come out: the columns after `->`."""
    columns = list(rows[0])
    return {column: rows[0][column] for column in columns[columns.index("->") + 1 :]}


def evidence(subject_id: str, rows: Iterable[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings and exposures of one case."""
    rows = list(rows)
    given = [course for n, row in enumerate(rows, start=1) if row["drug"] for course in courses(subject_id, n, row)]
    said = [term for row in rows for term in row.get("found", "").split(";") if term]
    found = [finding(subject_id, n, term) for n, term in enumerate([*said, "Overdose"], start=1)]
    return (
        FINDINGS.check(pl.DataFrame(found, schema=FINDINGS.types)),
        EXPOSURES.check(pl.DataFrame(given, schema=EXPOSURES.types)),
    )


def judged(subject_id: str, rows: Iterable[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings and judged courses of one case."""
    found, given = evidence(subject_id, rows)
    return found, judged_courses(found, given, CONTEXT)


def courses(subject_id: str, course_no: int, row: Row) -> list[dict[str, object]]:
    """The exposure rows of one course: one for each relation of its ingredient."""
    ingredient, _, depot = row["drug"].partition(" depot")
    start, end = (int(row[name]) if row.get(name) else None for name in ("start", "end"))
    amount, _, unit = row.get("dose", "").partition(" ")
    after = start is not None and start > 0
    course = {
        "subject_id": subject_id,
        "course_no": course_no,
        "ingredient": ingredient,
        "formulation": "long_acting" if row["drug"] != ingredient else "other",
        "role": row.get("role") or "PS",
        "start_day": None if start is None else EVENT + start,
        "start_day_precision": "none" if start is None else "day",
        "end_day": None if end is None else EVENT + end,
        "end_day_precision": "none" if end is None else "day",
        "onset_minus_start": None if start is None or after else -start,
        "onset_minus_end": None if end is None else -end,
        "timing": "start_date_missing" if start is None else "event_before_start" if after else "known",
        "dosing_interval_days": int(depot) if depot else None,
        "dose_amount": float(amount) if amount else None,
        "dose_unit": unit or None,
        "dechallenge": CHALLENGE[row.get("stopped", "")],
        "rechallenge": CHALLENGE[row.get("again", "")],
        "source_id": "faers:2025Q4:DRUG",
        "source_line": course_no + 1,
    }
    return [{**course, "relation": relation} for relation in CONTEXT.drugs.drugs[ingredient].relations]


def finding(subject_id: str, finding_no: int, said: str) -> dict[str, object]:
    """One finding: a term of study/elements.csv, `-` in front if recorded absent, ` @` and a day behind if it has its own."""
    term, _, day = said.strip().partition(" @")
    element, grade = ELEMENT_OF[term.removeprefix("-")]
    return {
        **dict.fromkeys(OF_VALUES),
        "subject_id": subject_id,
        "finding_no": finding_no,
        "element": element,
        "state": "absent" if term.startswith("-") else "present",
        "grade": grade,
        "term": term.removeprefix("-"),
        "day": EVENT + int(day) if day else None,
        "day_precision": "day" if day else "none",
        "source_id": "faers:2025Q4:REAC",
        "source_line": finding_no + 1,
    }
