"""`study/adjudications.csv`: what reviewers made of single cases, as `nms-pv review import` took it from their sheets."""

import csv
from collections import Counter
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.spec.strict import StudyError
from nms_pv.tables.export import write_csv
from nms_pv.tables.review import REVIEW_VERDICT

FILE = "adjudications.csv"


@dataclass(frozen=True)
class Adjudication:
    """The verdict of one reviewer on one case as it was shown; `date` is ISO, `case_hash` says what was shown."""

    subject_id: str
    verdict: str
    reviewer: str
    date: str
    comment: str
    case_hash: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Of which there is one verdict: a reviewer may judge a case again only when it has changed."""
        return self.subject_id, self.reviewer, self.case_hash


COLUMNS = [field.name for field in fields(Adjudication)]


def load_adjudications(study: Path) -> list[Adjudication]:
    """Read all adjudications, in order of the file.

    Raises
    ------
    StudyError
        Naming the file and every line with an unknown verdict, an empty cell that must be filled, a date that is not ISO, or a
        second verdict of one reviewer on one case.

    """
    path = study / FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True, restkey="")
            rows = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise StudyError(f"{path}: cannot be read as CSV: {error}. A study without reviews has only the header there") from error
    if reader.fieldnames != COLUMNS:
        raise StudyError(f"{path}: the header is {reader.fieldnames}; it must be {COLUMNS}")
    # A line with a cell too few holds None, one with a cell too many has the key "".
    ragged = [n for n, row in enumerate(rows, start=2) if None in row.values() or "" in row]
    if ragged:
        raise StudyError(f"{path}: lines {ragged} have not {len(COLUMNS)} cells")
    read = [Adjudication(**row) for row in rows]
    times = Counter(one.key for one in read)
    problems = [f"line {n}: {text}" for n, one in enumerate(read, start=2) for text in _problems(one, times[one.key])]
    if problems:
        raise StudyError(f"{path}: {'; '.join(problems)}")
    return read


def write_adjudications(adjudications: list[Adjudication], study: Path) -> None:
    """Write all adjudications, in the order given; a reader sees the whole file or none of it."""
    rows = pl.DataFrame([astuple(one) for one in adjudications], schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    write_csv(rows, study / FILE)


def is_iso_date(text: str) -> bool:
    """Whether the text is a day of the calendar, written as 2026-03-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _problems(one: Adjudication, times: int) -> list[str]:
    found = [f"{name} is empty" for name in ("subject_id", "reviewer", "case_hash") if not getattr(one, name)]
    if one.verdict not in REVIEW_VERDICT:
        found.append(f"verdict is {one.verdict!r}; known are {', '.join(REVIEW_VERDICT)}")
    if not is_iso_date(one.date):
        found.append(f"date is {one.date!r}; write it as 2026-03-31")
    if times > 1:
        found.append(f"{one.reviewer!r} judges {one.subject_id!r} {times} times; keep one line")
    return found
