"""The shape of FDA's quarterly files: zip and member names, headers, delimiters, line ends. All bytes are fixed by the rows."""

import io
import zipfile
from pathlib import Path

import polars as pl

from nms_pv.simulate.faers.quarters import Span
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.contract import replacing

DELIMITER = "$"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Stands where FDA has its read-me; files beside it are refused where real ones are added.
NOTICE_MEMBER = "SIMULATED.txt"

MISSPELLED_HEADERS = {("2012Q4", "rept_dt"): " rept_dt"}
HEADERS_WITH_TRAILING_DELIMITER = ("2006Q1",)
FILES_WITH_BYTE_ORDER_MARK = (("2012Q4", "DRUG"),)
QUARTERS_WITH_BARE_LINE_FEEDS = ("2017Q4",)
CAPITAL_FOLDERS_SINCE, CAPITAL_FOLDER_BEFORE = "2020Q1", "2013Q3"
CAPITAL_ZIP_NAMES_SINCE = "2019Q1"
LISTS_WITHOUT_BLANK_FIRST_LINE = ("2020Q1", "2026Q1")

# Signs that occur in no file otherwise. A cell that ends in GLUE swallows the end of its line, so that two records stand in
# one; BYTE stands for a byte that is not valid UTF-8; nothing of the file remains from CUT on.
GLUE, BYTE, CUT = "\x02", "\x03", "\x04"
INVALID_UTF8 = b"\xe9"

# Fixed, or the same rows would give other bytes on another day or system. Stored, because what a compressor writes
# depends on the version of zlib.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def zip_name(span: Span) -> str:
    """As FDA names the zip of the quarter."""
    quarter = span.label if span.label >= CAPITAL_ZIP_NAMES_SINCE else span.label.lower()
    return f"{'faers' if span.is_current else 'aers'}_ascii_{quarter}.zip"


def table_member(span: Span, table: str) -> str:
    """As FDA names the file of a table inside the zip."""
    folder = "ASCII" if span.label >= CAPITAL_FOLDERS_SINCE or span.label == CAPITAL_FOLDER_BEFORE else "ascii"
    if not span.is_current:
        return f"{folder}/{table}{span.short}.TXT"
    if span.label == "2012Q4":
        return f"{folder}/{table}{span.short}.txt".lower()
    new = "_new" if (span.label, table) == ("2018Q1", "DEMO") else ""
    return f"{folder}/{table}{span.short}{new}.txt"


def deleted_member(span: Span) -> str:
    """As FDA names the list of deleted cases."""
    if span.label < "2020Q1":
        return f"deleted/ADR{span.short}DeletedCases.txt"
    if span.label < "2020Q3":
        return f"DELETED/ADR{span.short}DeletedCases.txt"
    if span.label == "2020Q3":
        return f"Deleted/ADR{span.short}DeletedCases.txt"
    if span.label < "2021Q4":
        return f"Deleted/{span.short}DeletedCases.txt"
    return f"Deleted/DELETE{span.short}.txt"


def columns(span: Span, table: str, faers: FaersSpec) -> list[tuple[str, str]]:
    """Header of a table: pairs of FDA's name and ours, in FDA's order."""
    era = "current" if span.is_current else "legacy"
    found = [(c.raw_column, c.column) for c in faers.columns_of(era, table) if c.expected_in(span.label)]
    return [(MISSPELLED_HEADERS.get((span.label, raw), raw), ours) for raw, ours in found]


def table_bytes(rows: pl.DataFrame, span: Span, table: str, faers: FaersSpec) -> bytes:
    """One table as FDA writes it; `rows` has our column names, all text."""
    pairs = columns(span, table, faers)
    names = [raw if span.is_current else raw.upper() for raw, _ in pairs]
    end = line_end(span)
    header = DELIMITER.join(names) + (DELIMITER if span.label in HEADERS_WITH_TRAILING_DELIMITER else "") + end
    body = rows.select(ours for _, ours in pairs)
    if not span.is_current:
        body = body.with_columns(rows["trailing"] if "trailing" in rows.columns else pl.lit(None, pl.String).alias("trailing"))
    buffer = io.BytesIO()
    body.write_csv(buffer, include_header=False, separator=DELIMITER, line_terminator=end, quote_style="never")
    text = buffer.getvalue().replace((GLUE + end).encode(), b"").replace(BYTE.encode(), INVALID_UTF8)
    text = text.partition(CUT.encode())[0]
    mark = BYTE_ORDER_MARK if (span.label, table) in FILES_WITH_BYTE_ORDER_MARK else b""
    return mark + header.encode() + text


def deleted_lines(span: Span, cases: list[int], with_tab: list[int]) -> list[str]:
    """Lines of a list of deleted cases: no header, mostly a single blank first, a tab after some of the last numbers."""
    blank = [] if span.label in LISTS_WITHOUT_BLANK_FIRST_LINE else [" "]
    return [*blank, *map(str, cases), *(f"{case}\t" for case in with_tab)]


def line_end(span: Span) -> str:
    """How lines end in the quarter."""
    return "\n" if span.label in QUARTERS_WITH_BARE_LINE_FEEDS else "\r\n"


class Archive:
    """Writes the zip of one quarter, member by member; a reader sees the whole zip or none of it."""

    def __init__(self, path: Path) -> None:
        self._replacing = replacing(path)

    def __enter__(self) -> "Archive":
        self._zip = zipfile.ZipFile(self._replacing.__enter__(), "w")
        return self

    def add(self, member: str, content: bytes) -> None:
        """Add one file."""
        entry = zipfile.ZipInfo(member, _TIMESTAMP)
        entry.create_system = _UNIX
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content, zipfile.ZIP_STORED)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._zip.close()
        self._replacing.__exit__(kind, error, trace)
