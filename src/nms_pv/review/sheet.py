"""The sheet as a file: CSV, or XLSX by openpyxl; all cells are text, and none acts as a formula."""

import zipfile
from datetime import datetime
from pathlib import Path

import polars as pl

from nms_pv.tables.contract import replacing
from nms_pv.tables.errors import UserError
from nms_pv.tables.export import neutralised, write_csv
from nms_pv.tables.review import REVIEW_VERDICT

ANSWER = ["verdict", "reviewer", "date", "comment"]
# What must come back.
COLUMNS = ["subject_id", *ANSWER, "case_hash"]
WIDE = {"findings": 60, "drugs": 60, "definitions": 40, "comment": 40}
# A sheet of a hundred thousand cases is smaller. XML entities are refused by defusedxml, which openpyxl takes by itself.
LARGEST_UNPACKED = 500_000_000
SAVE_AS = "Save the sheet as .xlsx, or as .csv with commas and in UTF-8"


class SheetError(UserError):
    """A sheet that cannot be written or read, or whose answers cannot be taken."""


def write_sheet(rows: pl.DataFrame, path: Path) -> None:
    """Write the rows by the suffix of `path`; nothing is overwritten, and nothing is half-written.

    Raises
    ------
    SheetError
        When the suffix is neither `.csv` nor `.xlsx`, or the file is there.

    """
    kind = _kind(path)
    if path.exists():
        raise SheetError(f"{path}: is there already, perhaps with verdicts. Choose another name")
    if kind == ".csv":
        write_csv(rows, path)
    else:
        _write_xlsx(neutralised(rows), path)


def read_sheet(path: Path) -> pl.DataFrame:
    """The columns that must come back, as text without spaces around it; row 1 of the frame is row 2 of the sheet.

    Raises
    ------
    SheetError
        When the file cannot be read, or a column is missing.

    """
    kind = _kind(path)
    try:
        rows = _read_csv(path) if kind == ".csv" else _read_xlsx(path)
    except Exception as error:  # damaged files fail in too many ways to list
        raise SheetError(f"{path}: cannot be read as {kind}: {error}. {SAVE_AS}") from error
    missing = [name for name in COLUMNS if name not in rows.columns]
    if missing:
        raise SheetError(f"{path}: has no column {missing}; its header is {rows.columns}. {SAVE_AS}")
    return neutralised(rows.select(pl.col(COLUMNS).fill_null("").str.replace_all(r"\s+", " ").str.strip_chars()))


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise SheetError(f"{path}: a sheet is a .csv or an .xlsx file")
    return kind


def _read_csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _read_xlsx(path: Path) -> pl.DataFrame:
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as packed:
        size = sum(member.file_size for member in packed.infolist())
    if size > LARGEST_UNPACKED:
        raise ValueError(f"it unpacks to {size:,} bytes, more than the {LARGEST_UNPACKED:,} of a sheet")
    workbook = load_workbook(path, read_only=True, data_only=True)
    header, *lines = list(workbook.worksheets[0].iter_rows(values_only=True)) or [()]
    workbook.close()
    names = [str(name) for name in header if name is not None]
    cells = [[_text(cell) for cell in line[: len(names)]] for line in lines]
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")


def _text(cell: object) -> str:
    """A cell as text; of a date and time only the date, since a spreadsheet turns a typed date into both."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def _write_xlsx(rows: pl.DataFrame, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = Workbook()
    page = workbook.active
    page.title = "review"
    page.freeze_panes = "B2"
    for line in [rows.columns, *rows.rows()]:
        page.append(line)
    for number, name in enumerate(rows.columns, start=1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = WIDE.get(name, 18)
        page.cell(1, number).font = Font(bold=True)
        for (cell,) in page.iter_rows(min_row=2, min_col=number, max_col=number):
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
        if name == "verdict":
            choices = DataValidation(type="list", formula1=f'"{",".join(REVIEW_VERDICT)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{rows.height + 1}")
            page.add_data_validation(choices)
    with replacing(path) as partial:
        workbook.save(partial)
