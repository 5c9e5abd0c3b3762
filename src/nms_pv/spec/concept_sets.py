"""`study/concept_sets.csv`: which codes of which vocabulary mean which clinical element in an OMOP common data model."""

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from nms_pv.spec.strict import StudyError

DOMAINS = ("condition", "measurement", "procedure")
GRADES = ("core", "weak", "context")
# What is said of a whole set, and so must be the same in each of its rows.
OF_THE_SET = ("domain", "element", "grade", "candidate", "required")
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class ConceptCode:
    """One code of one concept set."""

    concept_set: str
    domain: str
    vocabulary: str
    code: str
    with_descendants: bool
    element: str
    grade: str
    candidate: bool
    required: bool
    source: str
    note: str


def load_concept_sets(study: Path) -> list[ConceptCode]:
    """Read the codes of every concept set, in order of the file.

    Raises
    ------
    StudyError
        For other columns than declared, an unknown domain or grade, a flag that is neither `yes` nor `no`, a repeated code, or
        a set of which two rows state a different domain, element, grade, or flag `candidate` or `required`.

    """
    path = study / "concept_sets.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = [field.name for field in fields(ConceptCode)]
        if reader.fieldnames != columns:
            raise StudyError(f"{path}: its columns are {reader.fieldnames}; they must be {columns}")
        codes = [_code(f"{path}, line {number}", row) for number, row in enumerate(reader, start=2)]
    first: dict[str, ConceptCode] = {}
    seen: set[tuple[str, str, str]] = set()
    for number, code in enumerate(codes, start=2):
        here = (code.concept_set, code.vocabulary, code.code)
        if here in seen:
            raise StudyError(f"{path}, line {number}: {here} stands there twice; keep one row")
        seen.add(here)
        begun = first.setdefault(code.concept_set, code)
        for name in OF_THE_SET:
            if getattr(code, name) != getattr(begun, name):
                raise StudyError(
                    f"{path}, line {number}: set {code.concept_set!r} has {name} {getattr(code, name)!r} here and "
                    f"{getattr(begun, name)!r} above; make them the same, or two sets"
                )
    return codes


def _code(where: str, row: dict[str, str]) -> ConceptCode:
    for name, allowed in {"domain": DOMAINS, "grade": GRADES}.items():
        if row[name] not in allowed:
            raise StudyError(f"{where}: {name} {row[name]!r}; allowed are {allowed}")
    for name in ("with_descendants", "candidate", "required"):
        if row[name] not in _YES_NO:
            raise StudyError(f"{where}: {name} {row[name]!r}; allowed are yes and no")
    return ConceptCode(
        concept_set=row["concept_set"],
        domain=row["domain"],
        vocabulary=row["vocabulary"],
        code=row["code"],
        with_descendants=_YES_NO[row["with_descendants"]],
        element=row["element"],
        grade=row["grade"],
        candidate=_YES_NO[row["candidate"]],
        required=_YES_NO[row["required"]],
        source=row["source"],
        note=row["note"],
    )
