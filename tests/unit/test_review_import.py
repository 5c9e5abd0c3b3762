from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from nms_pv.cli import app
from nms_pv.review.cases import NoCandidatesError
from nms_pv.review.export import export_sheet
from nms_pv.review.sheet import SheetError, read_sheet, write_sheet
from nms_pv.review.take import Imported, import_sheet
from nms_pv.spec.adjudications import load_adjudications
from tests.lib.review_study import answer, write_review_study

TODAY = date(2026, 4, 1)
GOOD = {"verdict": ["nms", "Not_NMS ", ""], "reviewer": ["AB", "AB", "AB"], "date": ["2026-03-31", "2026-04-01", ""]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_review_study(tmp_path)


def exported(project: Path) -> pl.DataFrame:
    export_sheet(project, project / "out.csv", None, with_verdicts=False)
    return pl.read_csv(project / "out.csv", infer_schema=False)


def returned(project: Path, sheet: pl.DataFrame, name: str = "back.csv") -> Path:
    (project / name).unlink(missing_ok=True)
    sheet.write_csv(project / name)
    return project / name


def problems(project: Path, sheet: pl.DataFrame) -> list[str]:
    before = (project / "study" / "adjudications.csv").read_bytes()
    with pytest.raises(SheetError) as caught:
        import_sheet(project, returned(project, sheet), TODAY)
    assert (project / "study" / "adjudications.csv").read_bytes() == before
    first, *rows = str(caught.value).split("\n  ")
    assert first == f"{project / 'back.csv'}: nothing was taken. Mend these rows, and import the sheet again:"
    return rows


def test_verdicts_are_taken_once(project: Path) -> None:
    back = returned(project, answer(exported(project), **GOOD, comment=["rigid, 41 C", "=1+1", ""]))
    assert import_sheet(project, back, TODAY) == Imported(added=2, already_there=0, without_verdict=1)
    taken = load_adjudications(project / "study")
    assert [(a.subject_id, a.verdict, a.reviewer, a.date, a.comment) for a in taken] == [
        ("faers:1", "nms", "AB", "2026-03-31", "rigid, 41 C"),
        ("faers:2", "not_nms", "AB", "2026-04-01", "'=1+1"),
    ]
    assert import_sheet(project, back, TODAY) == Imported(added=0, already_there=2, without_verdict=1)
    assert load_adjudications(project / "study") == taken


def test_a_second_reviewer_is_added_behind(project: Path) -> None:
    sheet = exported(project)
    import_sheet(project, returned(project, answer(sheet, **GOOD)), TODAY)
    import_sheet(project, returned(project, answer(sheet, **{**GOOD, "reviewer": ["CD", "CD", ""]})), TODAY)
    assert [a.reviewer for a in load_adjudications(project / "study")] == ["AB", "AB", "CD", "CD"]


def test_all_problems_are_told_at_once_with_their_rows(project: Path) -> None:
    sheet = answer(
        exported(project),
        subject_id=["faers:1", "faers:3", "omop:7#1"],
        verdict=["maybe", "nms", ""],
        reviewer=["", "AB", "AB"],
        date=["31.03.2026", "2026-04-02", ""],
        comment=["", "", "fever only"],
    ).with_columns(case_hash=pl.lit("case-0"))
    assert problems(project, sheet) == [
        "row 2: verdict 'maybe'; known are nms, not_nms, cannot_tell",
        "row 2: no reviewer",
        "row 2: date '31.03.2026'; write it as 2026-04-01",
        "row 2: 'faers:1' has changed since it was exported (or its case_hash was edited); export and judge it again",
        "row 3: date '2026-04-02' lies in the future",
        "row 3: subject_id 'faers:3' is no candidate of this study",
        "row 4: has a comment but no verdict",
        "row 4: no date",
        "row 4: 'omop:7#1' has changed since it was exported (or its case_hash was edited); export and judge it again",
    ]


@pytest.mark.parametrize("text", ["20260331", "2026-3-31", "2026-02-30", "2026-W14-2", "yesterday"])
def test_a_date_must_be_a_day_of_the_calendar_in_one_spelling(project: Path, text: str) -> None:
    sheet = answer(exported(project), **{**GOOD, "date": [text, "2026-04-01", ""]})
    assert problems(project, sheet) == [f"row 2: date {text!r}; write it as 2026-04-01"]


def test_a_reviewer_does_not_change_a_verdict_unnoticed(project: Path) -> None:
    sheet = answer(exported(project), **GOOD)
    twice = pl.concat([sheet, sheet.head(1).with_columns(verdict=pl.lit("cannot_tell")), sheet.head(1)])
    assert problems(project, twice) == ["row 5: 'AB' judged 'faers:1' nms in row 2, and 'cannot_tell' here; keep one"]
    import_sheet(project, returned(project, sheet), TODAY)
    changed = answer(sheet, verdict=["not_nms", "not_nms", ""])
    assert problems(project, changed) == [
        "row 2: 'AB' judged 'faers:1' nms in study/adjudications.csv, and 'not_nms' here; keep one"
    ]


def test_the_same_verdict_twice_in_a_sheet_is_one(project: Path) -> None:
    sheet = answer(exported(project), **GOOD)
    assert import_sheet(project, returned(project, pl.concat([sheet, sheet])), TODAY).added == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"subject_id;verdict\nfaers:1;nms\n", "has no column"),
        (b"", "cannot be read as .csv"),
        (b"subject_id,verdict\nfaers:1,nms,AB,x\n", "cannot be read as .csv"),
        (b"subject_id,verdict\n\xff\xfe\xfa,nms\n", "cannot be read as .csv"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(project: Path, content: bytes, said: str) -> None:
    (project / "back.csv").write_bytes(content)
    with pytest.raises(SheetError, match=said):
        import_sheet(project, project / "back.csv", TODAY)


def test_a_suffix_decides_and_nothing_is_overwritten(project: Path) -> None:
    (project / "sheet.csv").write_text("verdicts of weeks")
    for name, said in (("sheet.ods", "is a .csv or an .xlsx file"), ("sheet.csv", "is there already")):
        with pytest.raises(SheetError, match=said):
            export_sheet(project, project / name, None, with_verdicts=False)
    assert (project / "sheet.csv").read_text() == "verdicts of weeks"


def test_without_a_ranking_there_is_nothing_to_review(tmp_path: Path) -> None:
    with pytest.raises(NoCandidatesError, match="there is no ranking of candidates yet"):
        export_sheet(tmp_path, tmp_path / "sheet.csv", None, with_verdicts=False)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write_review_study(tmp_path)
    export_sheet(project, tmp_path / "sheet.xlsx", None, with_verdicts=False)
    monkeypatch.setattr("nms_pv.review.sheet.LARGEST_UNPACKED", 1000)
    with pytest.raises(SheetError, match=r"cannot be read as \.xlsx: it unpacks to .* bytes, more than the 1,000 of a sheet"):
        read_sheet(tmp_path / "sheet.xlsx")


def test_a_sheet_as_a_workbook_comes_back(project: Path) -> None:
    path = project / "sheet.xlsx"
    export_sheet(project, path, 2, with_verdicts=True)
    workbook = openpyxl.load_workbook(path)
    page = workbook.active
    column = {cell.value: cell.column for cell in page[1]}
    assert page.cell(3, column["findings"]).data_type == "s", "no formula"
    assert [str(v.sqref) for v in page.data_validations.dataValidation] == [f"{page.cell(2, column['verdict']).column_letter}2:"
        f"{page.cell(2, column['verdict']).column_letter}3"]  # fmt: skip
    for name, value in {"verdict": "nms", "reviewer": "AB", "date": date(2026, 3, 31), "comment": None}.items():
        page.cell(2, column[name]).value = value
    workbook.save(path)
    assert import_sheet(project, path, TODAY) == Imported(added=1, already_there=0, without_verdict=1)
    assert load_adjudications(project / "study")[0].date == "2026-03-31"


def test_a_workbook_of_nothing_or_of_damaged_bytes_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    (tmp_path / "damaged.xlsx").write_bytes(b"PK\x03\x04 and no more")
    for name, said in (("empty", "has no column"), ("damaged", "cannot be read as .xlsx")):
        with pytest.raises(SheetError, match=said):
            read_sheet(tmp_path / f"{name}.xlsx")


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_csv", fail)
    with pytest.raises(OSError, match="disk full"):
        write_sheet(pl.DataFrame({"a": ["b"]}), tmp_path / "sheet.csv")
    assert not list(tmp_path.iterdir())


def test_the_commands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, ["review", "export", "sheet.csv", "--top", "2"])
    assert done.stdout == "sheet.csv: 2 cases; left out: 0 judged before, 1 less informative.\n"
    sheet = pl.read_csv("sheet.csv", infer_schema=False)
    answer(sheet, verdict=["nms", ""], reviewer=["AB", ""], date=["2026-03-31", ""]).write_csv("back.csv")
    added = "back.csv: {} verdicts added to study/adjudications.csv, {} there before, 1 rows without a verdict.\n"
    anew = "`dvc repro` makes them a definition of their own, and ranks anew.\n"
    assert CliRunner().invoke(app, ["review", "import", "back.csv"]).stdout == added.format(1, 0) + anew
    assert CliRunner().invoke(app, ["review", "import", "back.csv"]).stdout == added.format(0, 1)
    again = CliRunner().invoke(app, ["review", "export", "sheet.csv", "--with-verdicts"])
    assert again.exit_code == 1
    assert again.stderr.startswith("Error: sheet.csv: is there already")
