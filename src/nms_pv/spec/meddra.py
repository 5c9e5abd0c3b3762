"""A user's own MedDRA files: the terms of one standardised query. They are licensed, so none is in this repository."""

from collections.abc import Iterator
from pathlib import Path

from nms_pv.spec.elements import ElementTerm
from nms_pv.spec.strict import StudyError

FOLDER = "meddra"
FILES = ("smq_list.asc", "smq_content.asc", "pt.asc")
SMQ = "20000044"
# Narrow terms are category A; broad ones have a category, which the algorithm `A or (B and C and D)` combines.
SMQ_ELEMENTS = {category: f"smq_{SMQ}_{category.lower()}" for category in "ABCD"}
NARROW, PREFERRED_TERM, ACTIVE = "2", "4", "A"
ABSENT = (
    "needs your own licensed MedDRA files smq_list.asc, smq_content.asc and pt.asc in study/meddra; the terms of a standardised "
    "MedDRA query may not be given away, so none is in this repository"
)


def has_meddra(study: Path) -> bool:
    """Whether the user has put the files there.

    Raises
    ------
    StudyError
        When some of them are there and others are not.

    """
    absent = [name for name in FILES if not (study / FOLDER / name).exists()]
    if absent and len(absent) < len(FILES):
        raise StudyError(f"{study / FOLDER}: {', '.join(absent)} absent; the three files {', '.join(FILES)} belong together")
    return not absent


def load_smq_terms(study: Path) -> list[ElementTerm]:
    """Read the active preferred terms of SMQ 20000044, each under the element of its category; none without the files.

    Raises
    ------
    StudyError
        When files are absent or not in the layout of MedDRA's ASCII files, the query or one of its categories is not among them,
        or a term has no name.

    """
    if not has_meddra(study):
        return []
    folder = study / FOLDER
    listed = {row[0] for _, row in _rows(folder / "smq_list.asc", 2)}
    if SMQ not in listed:
        raise StudyError(
            f"{folder / 'smq_list.asc'}: query {SMQ} is not listed among {len(listed)} queries; use a full MedDRA release"
        )
    names = {row[0]: row[1] for _, row in _rows(folder / "pt.asc", 2)}
    found = set()
    for number, row in _rows(folder / "smq_content.asc", 7):
        query, term, level, scope, category, _, status = row[:7]
        if query != SMQ or level != PREFERRED_TERM or status != ACTIVE:
            continue
        here = f"{folder / 'smq_content.asc'}, line {number}"
        element = SMQ_ELEMENTS.get("A" if scope == NARROW else category)
        if element is None:
            raise StudyError(f"{here}: category {category!r} of term {term}; allowed are {', '.join(SMQ_ELEMENTS)}")
        if term not in names:
            raise StudyError(f"{here}: term {term} is not in pt.asc; take the three files from one release")
        found.add(ElementTerm(element, names[term], "core"))
    empty = [category for category, element in SMQ_ELEMENTS.items() if element not in {term.element for term in found}]
    if empty:
        # Without a term the category would be absent of every report, and nothing would show it.
        raise StudyError(
            f"{folder / 'smq_content.asc'}: query {SMQ} has no active preferred term of category {', '.join(empty)}; use a full "
            "MedDRA release"
        )
    return sorted(found, key=lambda term: (term.element, term.term))


def _rows(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The lines of one file, numbered, split at the dollar signs."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = text.split("$")
        if len(cells) < columns:
            raise StudyError(f"{path}, line {number}: {len(cells)} fields, but at least {columns} separated by $ are expected")
        yield number, cells
