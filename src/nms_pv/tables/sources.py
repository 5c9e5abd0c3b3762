"""Layer 1: what was received, and what of it could not be read."""

import dataframely as dy
import polars as pl

from nms_pv.tables.contract import Table, code

ERA = {
    "legacy": "FAERS files 2004Q1-2012Q3 (ISR layout)",
    "current": "FAERS files since 2012Q4 (primaryid layout)",
}


class _Files(dy.Schema):
    source_id = dy.String(primary_key=True, description="Source, quarter and table: `faers:2025Q4:DRUG`.")
    quarter = dy.String(regex=r"^\d{4}Q[1-4]$", description="Quarter of publication.")
    table = dy.String(description="Table in the source's own words, or DELETED for a list of deleted cases.")
    era = code(ERA, "Layout of the file.")
    member = dy.String(description="File name inside the quarter's folder or zip.")
    bytes = dy.Int64(min=0, description="Size of the file.", metadata={"unit": "bytes"})
    sha256 = dy.String(regex=r"^[0-9a-f]{64}$", description="SHA-256 of the file's bytes.")
    encoding = dy.String(description="Encoding it was read with: utf-8, or cp1252 where it is not valid UTF-8.")
    line_count = dy.Int64(min=0, description="Lines after the header.")
    origin = dy.String(description="Where the file came from: zip or folder as added, or the simulator.")
    licence = dy.String(description="Licence of the source.")
    retrieved = dy.String(nullable=True, description="Date it was added, ISO 8601; empty for simulated files.")


FILES = Table("sources/files", "one raw file that was read", _Files)


class _Quarantine(dy.Schema):
    source_id = dy.String(primary_key=True, description="File the line stands in.")
    source_line = dy.Int64(primary_key=True, min=1, description="Line number in the file; the header is line 1.")
    text = dy.String(description="The raw line.")
    reasons = dy.String(description="All reason codes, joined by `;`.")


QUARANTINE = Table("sources/quarantine", "one raw line that was rejected", _Quarantine)


class _DeletedCases(dy.Schema):
    caseid = dy.Int64(primary_key=True, min=1, description="Case number in a list of deleted cases.")
    quarter = dy.String(primary_key=True, regex=r"^\d{4}Q[1-4]$", description="Quarter whose files carry the list.")
    source_id = dy.String(description="File the line stands in (the first, if two lists of a quarter agree).")
    source_line = dy.Int64(min=1, description="Line number in the file.")


DELETED_CASES = Table("sources/deleted_cases", "one case in the deleted-case lists of one quarter", _DeletedCases)


def raw_rows(columns: list[str]) -> dict[str, pl.DataType]:
    """Types of a table of raw rows: every cell as text, and where the row stands."""
    return {"source_id": pl.String(), "source_line": pl.Int64(), **{name: pl.String() for name in columns}}
