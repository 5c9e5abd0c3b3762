"""`study/indications.csv`: which indication terms belong to which group of indications."""

import csv
from pathlib import Path

from nms_pv.spec.strict import StudyError


def load_indications(study: Path) -> dict[str, tuple[str, ...]]:
    """Read the terms of each group, in capitals; a term may stand in several groups.

    Raises
    ------
    StudyError
        For an empty cell, or a term listed twice for one group.

    """
    path = study / "indications.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups: dict[str, list[str]] = {}
    for number, row in enumerate(rows, start=2):
        group, term = row["indication"].strip(), row["term"].strip().upper()
        if not group or not term:
            raise StudyError(f"{path}, line {number}: indication {group!r}, term {term!r}; fill in both, or delete the line")
        if term in groups.setdefault(group, []):
            raise StudyError(f"{path}, line {number}: {row['term']!r} stands twice under {group!r}; keep one row")
        groups[group].append(term)
    return {group: tuple(terms) for group, terms in groups.items()}
