"""`study/elements.csv`: which reaction terms mean which clinical element, and how directly."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.strict import StudyError

# `verify`: the term was recalled, not seen in a public file; it counts as background until it is seen.
GRADE_USED = {"core": "core", "weak": "weak", "context": "context", "verify": "context"}
EXCLUDED = "exclude"


@dataclass(frozen=True)
class ElementTerm:
    """One reaction term that speaks of one element."""

    element: str
    term: str
    grade: str


def load_elements(study: Path) -> list[ElementTerm]:
    """Read the terms that count; terms graded `exclude` are listed there only so that nobody adds them.

    Raises
    ------
    StudyError
        For an unknown grade, or a term listed twice for one element.

    """
    path = study / "elements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, start=2):
        here = (row["element"], row["term"].upper())
        if row["grade"] not in {*GRADE_USED, EXCLUDED}:
            raise StudyError(f"{path}, line {number}: grade {row['grade']!r}; known are {sorted({*GRADE_USED, EXCLUDED})}")
        if here in seen:
            raise StudyError(f"{path}, line {number}: {row['term']!r} stands twice under {row['element']!r}; keep one row")
        seen.add(here)
    return [ElementTerm(r["element"], r["term"], GRADE_USED[r["grade"]]) for r in rows if r["grade"] != EXCLUDED]
