"""Tables of a paper -> HTML and LaTeX by great-tables, DOCX by python-docx."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from nms_pv.report.papers.extra import needed
from nms_pv.report.papers.table import PaperTable
from nms_pv.tables.contract import replacing

# More columns than these do not fit across an upright page.
UPRIGHT_COLUMNS = 5
# The earliest date that a zip can hold: a file says nothing of when it was written.
NO_DATE = (1980, 1, 1, 0, 0, 0)


def write_table(table: PaperTable, folder: Path) -> list[Path]:
    """Write one table as HTML, LaTeX and DOCX; every text is escaped by the library that writes the format."""
    made = _great_table(table)
    contents = {
        "html": made.as_raw_html(make_page=True).encode(),
        "tex": made.as_latex(use_longtable=True).encode(),
        "docx": _docx(table),
    }
    paths = [folder / f"{table.name}.{suffix}" for suffix in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        with replacing(path) as partial:
            partial.write_bytes(content)
    return paths


def _great_table(table: PaperTable) -> Any:
    great_tables = needed("great_tables")
    names = [str(number) for number in range(len(table.columns))]
    frame = pl.DataFrame(
        {name: column.cells for name, column in zip(names, table.columns, strict=True)}, schema=dict.fromkeys(names, pl.String)
    )
    numbers = [name for name, column in zip(names, table.columns, strict=True) if column.is_number]
    texts = [name for name in names if name not in numbers]
    # The id is given, because great-tables draws one by chance otherwise.
    made = great_tables.GT(frame, id=table.name).tab_header(title=table.title)
    made = made.cols_label(dict(zip(names, (column.heading for column in table.columns), strict=True)))
    made = made.cols_align("right", columns=numbers).cols_align("left", columns=texts)
    for note in table.notes:
        made = made.tab_source_note(note)
    return made


def _docx(table: PaperTable) -> bytes:
    docx = needed("docx")
    document = docx.Document()
    document.core_properties.title = table.title
    document.core_properties.author = "nms-pv"
    section = document.sections[0]
    if len(table.columns) > UPRIGHT_COLUMNS:
        section.orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    document.add_paragraph(table.title, style="Caption")
    grid = document.add_table(rows=0, cols=len(table.columns), style="Light List")
    for line in ([column.heading for column in table.columns], *table.rows):
        for cell, text, column in zip(grid.add_row().cells, line, table.columns, strict=True):
            cell.text = text
            paragraph = cell.paragraphs[0]
            paragraph.runs[0].font.size = docx.shared.Pt(8)
            if column.is_number:
                paragraph.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    _repeat_on_every_page(grid.rows[0], docx)
    for note in table.notes:
        document.add_paragraph().add_run(note).font.size = docx.shared.Pt(8)
    written = BytesIO()
    document.save(written)
    return _without_dates(written)


def _repeat_on_every_page(row: Any, docx: Any) -> None:
    row._tr.get_or_add_trPr().append(docx.oxml.OxmlElement("w:tblHeader"))


def _without_dates(written: BytesIO) -> bytes:
    again = BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, NO_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()
