"""A sheet with verdicts -> `study/adjudications.csv`: everything is checked first, and all of it is taken or nothing."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.review.cases import arms, candidates, shown_cases
from nms_pv.review.sheet import SheetError, read_sheet
from nms_pv.spec.adjudications import COLUMNS, Adjudication, is_iso_date, load_adjudications, write_adjudications
from nms_pv.tables.review import REVIEW_VERDICT


@dataclass(frozen=True)
class Imported:
    """How many verdicts were added, were there already, and how many rows had none."""

    added: int
    already_there: int
    without_verdict: int


def import_sheet(project: Path, path: Path, today: date) -> Imported:
    """Take the verdicts of a sheet into the study.

    Raises
    ------
    SheetError
        Naming every row that cannot be taken, and why; then nothing is taken.
    UserError
        When there is no ranking, or a file of the study cannot be used.

    """
    places, known = arms(project / "data"), load_adjudications(project / "study")
    sheet = read_sheet(path)
    named = candidates(places).join(sheet, on="subject_id", how="semi")["subject_id"]
    hashes = dict(shown_cases(places, named).select("subject_id", "case_hash").iter_rows())
    answers = _answers(sheet)
    problems = problems_of(answers, known, hashes, today)
    if problems:
        raise SheetError("\n  ".join([f"{path}: nothing was taken. Mend these rows, and import the sheet again:", *problems]))
    there = {one.key for one in known}
    # The same verdict may stand twice in a sheet.
    new = {one.key: one for one in answers.values() if one.key not in there}
    if new:
        write_adjudications([*known, *new.values()], project / "study")
    return Imported(len(new), len(answers) - len(new), _without_verdict(sheet))


def problems_of(answers: dict[int, Adjudication], known: list[Adjudication], hashes: dict[str, str], today: date) -> list[str]:
    """What keeps answers from being taken, each with its row, in order of rows.

    Parameters
    ----------
    answers
        By row of the sheet; the header is row 1.
    known
        What the study holds already.
    hashes
        The case of each candidate as it stands.
    today
        No verdict is of a later day.

    """
    said = {one.key: (one.verdict, "in study/adjudications.csv") for one in known}
    problems = []
    for row, one in answers.items():
        found = _of_cells(one, today) + _of_case(one, hashes)
        verdict, where = said.setdefault(one.key, (one.verdict, f"in row {row}"))
        if verdict != one.verdict and one.reviewer:
            found.append(f"{one.reviewer!r} judged {one.subject_id!r} {verdict} {where}, and {one.verdict!r} here; keep one")
        problems += [f"row {row}: {text}" for text in found]
    return problems


def _answers(sheet: pl.DataFrame) -> dict[int, Adjudication]:
    """By row of the sheet: every row with a verdict, or with a comment that would be lost."""
    rows = sheet.with_columns(pl.col("verdict").str.to_lowercase()).select(COLUMNS).rows()
    answers = {row: Adjudication(*cells) for row, cells in enumerate(rows, start=2)}
    return {row: one for row, one in answers.items() if one.verdict or one.comment}


def _without_verdict(sheet: pl.DataFrame) -> int:
    return sheet.filter(pl.col("subject_id") != "", pl.all_horizontal(pl.col("verdict", "comment") == "")).height


def _of_cells(one: Adjudication, today: date) -> list[str]:
    found = []
    if not one.verdict:
        found.append("has a comment but no verdict")
    elif one.verdict not in REVIEW_VERDICT:
        found.append(f"verdict {one.verdict!r}; known are {', '.join(REVIEW_VERDICT)}")
    if not one.reviewer:
        found.append("no reviewer")
    if not one.date:
        found.append("no date")
    elif not is_iso_date(one.date):
        found.append(f"date {one.date!r}; write it as {today.isoformat()}")
    elif date.fromisoformat(one.date) > today:
        found.append(f"date {one.date!r} lies in the future")
    return found


def _of_case(one: Adjudication, hashes: dict[str, str]) -> list[str]:
    if one.subject_id not in hashes:
        return [f"subject_id {one.subject_id!r} is no candidate of this study"]
    if one.case_hash != hashes[one.subject_id]:
        return [f"{one.subject_id!r} has changed since it was exported (or its case_hash was edited); export and judge it again"]
    return []
