"""Physical lines -> records with the right number of fields; what does not fit is split where it is certain, else rejected."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.sources.faers.header import DELIMITER, Header

LINE, TEXT = "source_line", "text"
TOO_FEW, TOO_MANY, CUT = "too_few_fields", "too_many_fields", "last_line_cut"


@dataclass(frozen=True)
class Records:
    """The records of one file as text, and what became of the other lines."""

    lines: int
    complete: pl.DataFrame
    rejected: pl.DataFrame
    blank: int
    glued: int


def scan_lines(path: Path) -> pl.LazyFrame:
    """Every physical line with its number (the first is 1), without line end."""
    return pl.scan_lines(path, name=TEXT, row_index_name=LINE, row_index_offset=1).select(
        pl.col(LINE).cast(pl.Int64), pl.col(TEXT).str.strip_chars_end("\r")
    )


def read_records(path: Path, header: Header) -> Records:
    """Sort the lines after the header by their number of delimiters.

    A complete record has as many fields as the header. Legacy files end each record in a delimiter (one field more);
    whether a file does is read off the majority of its lines, so that a delimiter inside a value is not taken for the end.
    """
    lines = (
        scan_lines(path)
        .filter(pl.col(LINE) > 1)
        .with_columns(
            pl.col(TEXT).str.count_matches(DELIMITER, literal=True).alias("delimiters"),
            pl.col(TEXT).str.ends_with(DELIMITER).alias("ends"),
        )
        .collect(engine="streaming")
    )
    width = header.width
    trailing = _has_trailing_delimiter(lines, width)
    is_blank = pl.col(TEXT).str.strip_chars() == ""
    is_complete = (pl.col("delimiters") == width - 1) & ~(pl.col("ends") & trailing)
    if trailing:
        is_complete |= (pl.col("delimiters") == width) & pl.col("ends")
    complete = lines.filter(is_complete & ~is_blank).select(LINE, TEXT)
    odd = lines.filter(~is_complete & ~is_blank)
    split = _split_glued(odd, header, trailing)
    rejected = _reject(odd.join(split, on=LINE, how="anti"), width + trailing, path, lines.height + 1)
    return Records(
        lines=lines.height,
        complete=pl.concat([complete, split]).sort(LINE, maintain_order=True),
        rejected=rejected,
        blank=lines.height - complete.height - odd.height,
        glued=split.height // 2,
    )


def split_fields(complete: pl.DataFrame, header: Header) -> pl.DataFrame:
    """One column for each field, empty fields as null; columns without a name of ours are called `trailing_<position>`."""
    names = [name or f"trailing_{position}" for position, name in enumerate(header.columns)]
    fields = pl.col(TEXT).str.split_exact(DELIMITER, header.width - 1).struct.rename_fields(names)
    return (
        complete.lazy()
        .select(LINE, fields.struct.unnest())
        .with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)
        .collect()
    )


def _has_trailing_delimiter(lines: pl.DataFrame, width: int) -> bool:
    with_one = lines.filter((pl.col("delimiters") == width) & pl.col("ends")).height
    without = lines.filter(pl.col("delimiters") == width - 1).height
    return with_one > without


def _split_glued(odd: pl.DataFrame, header: Header, trailing: bool) -> pl.DataFrame:
    """Two records whose line break was lost, where the place of the break is certain; both keep the number of their line.

    With a trailing delimiter the second record begins after as many fields as the header has. Without one, the last
    value of the first record and the record identifier of the second run together; they come apart only where the
    identifier (case number and version, one to three digits) is found exactly once in that field.
    """
    width = header.width
    fields = odd.with_columns(pl.col(TEXT).str.split(DELIMITER).alias("fields"))
    if trailing:
        first = pl.col("fields").list.head(width).list.join(DELIMITER)
        second = pl.col("fields").list.slice(width, width).list.join(DELIMITER)
        is_glued = (
            (pl.col("delimiters") == 2 * width)
            & pl.col("ends")
            & pl.col("fields").list.get(0, null_on_oob=True).str.contains(r"^\d+$")
            & pl.col("fields").list.get(width, null_on_oob=True).str.contains(r"^\d+$")
        )
        parts = fields.filter(is_glued).select(LINE, first.alias("first"), second.alias("second"))
    elif header.columns[:2] == ("primaryid", "caseid"):
        case = pl.col("fields").list.get(width, null_on_oob=True)
        joint = pl.col("fields").list.get(width - 1, null_on_oob=True)
        halves = fields.filter((pl.col("delimiters") == 2 * (width - 1)) & case.str.contains(r"^\d+$")).select(
            LINE, "fields", case.alias("case"), joint.str.split(case).alias("halves")
        )
        value, version = (pl.col("halves").list.get(side, null_on_oob=True) for side in (0, 1))
        is_certain = (pl.col("halves").list.len() == 2) & version.str.contains(r"^\d{1,3}$")
        parts = halves.filter(is_certain).select(
            LINE,
            pl.concat_list(pl.col("fields").list.head(width - 1), value).list.join(DELIMITER).alias("first"),
            pl.concat_list(pl.col("case") + version, pl.col("fields").list.slice(width)).list.join(DELIMITER).alias("second"),
        )
    else:
        return odd.select(LINE, TEXT).clear()
    return parts.unpivot(index=LINE, value_name=TEXT).sort(LINE, "variable").select(LINE, TEXT)


def _reject(odd: pl.DataFrame, fields: int, path: Path, last_line: int) -> pl.DataFrame:
    few = pl.col("delimiters") < fields - 1
    reasons = [
        pl.when(few).then(pl.lit(TOO_FEW)).otherwise(pl.lit(TOO_MANY)),
        pl.when(few & (pl.col(LINE) == last_line) & (not _ends_with_newline(path))).then(pl.lit(CUT)),
    ]
    return odd.select(LINE, TEXT, pl.concat_str(reasons, separator=";", ignore_nulls=True).alias("reasons"))


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
