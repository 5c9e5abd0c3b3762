"""Tidy tables of the report -> tables as a paper prints them: label, n/N, estimate with interval, footnotes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from nms_pv.report.numbers import DASH, HIDDEN, Row, count, estimate_and_interval, is_drawable, is_percent, rounded, shown
from nms_pv.report.papers.titles import heading, is_of_cohort, title
from nms_pv.report.style import GENERATIONS, MIXED, SWITCH
from nms_pv.report.words import clean, visible
from nms_pv.tables.measures import MEASURE, RESULTS

# A longer table is cut: nobody prints it, and all of it lies beside the report.
MOST_ROWS = 100
INTERVAL = ("estimate", "low", "high")
# Columns that say how a number was made; they go below the table.
BELOW = ("unit", "method", "level", "data_version")
LEFT_OUT = (*INTERVAL, *BELOW, "undefined_reason", "arm", "question", "suppressed", "screen_met", "result_id")
COUNTS = ("numerator", "denominator", "reference_numerator", "reference_denominator")
# Columns of a result that name it; where all rows have the same, it goes below the table.
NAMING = ("measure", "group", "group_kind", "reference", "stratum", "definition", "analysis", "roles", "duplicates")
CODES = ("measure", "group", "group_kind", "reason", "stratum", "reading", "quantity")


@dataclass(frozen=True)
class Column:
    """One column: its heading, and its text in each row."""

    heading: str
    cells: list[str]
    is_number: bool


@dataclass(frozen=True)
class PaperTable:
    """A table ready to print: only text, cleaned of what a reader cannot see."""

    name: str
    title: str
    columns: list[Column]
    notes: list[str]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells row by row."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


def paper_table(name: str, frame: pl.DataFrame, titles: dict[str, str], version: str, *, simulated: bool) -> PaperTable:
    """One table of the report.

    Parameters
    ----------
    name, frame
        Its file name without ending, and its rows.
    titles
        Titles of case definitions.
    version
        Of nms-pv.
    simulated
        Whether the data are; the title and a note say so.

    """
    shown_text = visible if is_of_cohort(name) else clean
    rows = frame.head(MOST_ROWS).rows(named=True)
    is_results = set(RESULTS.types) <= set(frame.columns)
    columns = (_of_results if is_results else _of_any)(frame.head(MOST_ROWS), rows)
    below = _below(frame, titles, is_results=is_results)
    if frame.height > MOST_ROWS:
        below.insert(
            0, f"The first {MOST_ROWS} of {count(frame.height)} rows; all of them are in tables/{name}.csv of the report."
        )
    if simulated:
        below.insert(0, "SIMULATED DATA: no number here says anything about any drug.")
    called = f"SIMULATED DATA. {title(name)}" if simulated else title(name)
    return PaperTable(
        name=name,
        title=shown_text(called),
        columns=[
            Column(shown_text(column.heading), [shown_text(cell) for cell in column.cells], column.is_number)
            for column in columns
        ],
        notes=[shown_text(note) for note in [*below, f"Source: nms-pv {version}, table {name}."]],
    )


def _of_results(frame: pl.DataFrame, rows: list[Row]) -> list[Column]:
    naming = [name for name in NAMING if name == "group" or frame[name].n_unique() > 1]
    columns = [_plain(name, frame) for name in naming]
    columns.append(Column("n/N", [_share(row, *COUNTS[:2]) for row in rows], is_number=True))
    if frame[COUNTS[2]].count():
        columns.append(Column("n/N of the reference", [_reference(row) for row in rows], is_number=True))
    return [*columns, Column(_interval_heading(frame), [_estimate(row) for row in rows], is_number=True)]


def _of_any(frame: pl.DataFrame, rows: list[Row]) -> list[Column]:
    has_estimate = set(INTERVAL) <= set(frame.columns)
    kept = [name for name in frame.columns if name not in LEFT_OUT and frame[name].count()]
    columns = [_plain(name, frame) for name in kept]
    if has_estimate:
        columns.append(Column(_interval_heading(frame), [_plain_estimate(row) for row in rows], is_number=True))
    return columns


def _plain(name: str, frame: pl.DataFrame) -> Column:
    series = frame[name]
    show: Callable[[Any], str]
    if series.dtype.is_float():
        show = rounded
    elif series.dtype.is_integer() and "year" not in name:
        show = count
    elif series.dtype == pl.Boolean:
        show = _yes_or_no
    else:
        show = heading if name in CODES else str
    cells = [DASH if value is None else show(value) for value in series]
    return Column(heading(name), cells, series.dtype.is_numeric())


def _yes_or_no(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"


def _share(row: Row, part: str, whole: str) -> str:
    if row["suppressed"]:
        return HIDDEN
    return shown(row, part) if row[whole] is None else f"{shown(row, part)}/{shown(row, whole)}"


def _reference(row: Row) -> str:
    """In a cohort a number without reference is compared with nothing; in reports, with all others."""
    return _share(row, *COUNTS[2:]) if row["reference"] or row["arm"] == "reports" else DASH


def _estimate(row: Row) -> str:
    if not is_drawable(row):
        return f"{DASH} ({HIDDEN if row['suppressed'] else row['undefined_reason'] or 'undefined'})"
    interval = estimate_and_interval(row) if row["low"] is not None or row["high"] is not None else shown(row, "estimate")
    return f"{interval} %" if is_percent(row, "estimate") else interval


def _plain_estimate(row: Row) -> str:
    if row["estimate"] is None:
        return f"{DASH} ({row.get('undefined_reason') or 'undefined'})"
    ends = [DASH if row[end] is None else rounded(row[end]) for end in ("low", "high")]
    return rounded(row["estimate"]) if ends == [DASH, DASH] else f"{rounded(row['estimate'])} ({ends[0]}–{ends[1]})"


def _interval_heading(frame: pl.DataFrame) -> str:
    levels = frame["level"].drop_nulls().unique().sort().to_list() if "level" in frame.columns else []
    limits = " or ".join(f"{100 * level:g} %" for level in levels)
    return f"estimate ({limits} CI)" if limits else "estimate (interval)"


def _below(frame: pl.DataFrame, titles: dict[str, str], *, is_results: bool) -> list[str]:
    """Footnotes: what was measured and counted, under which definition, how, and from which data."""
    notes = []
    if is_results:
        notes += [f"{_capital(heading(name))}: {MEASURE[name]}." for name in _values(frame, "measure")]
        constant = [name for name in NAMING[2:] if frame[name].n_unique() == 1 and frame[name].count()]
        notes += [f"{_capital(heading(name))}: {_values(frame, name)[0]}." for name in constant]
    notes += [f"{name}: {titles[name]}." for name in _values(frame, "definition") if name in titles]
    groups = {*_values(frame, "group"), *_values(frame, "reference")}
    notes += [f"{look.code}: {look.label.lower()}." for look in [*GENERATIONS, MIXED, SWITCH] if look.code in groups]
    for name, words in (("unit", "Counted"), ("method", "Method"), ("data_version", "Data version")):
        values = _values(frame, name)
        notes += [f"{words}: {'; '.join(values)}."] if values else []
    return notes


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _values(frame: pl.DataFrame, name: str) -> list[str]:
    return frame[name].drop_nulls().cast(pl.String).unique().sort().to_list() if name in frame.columns else []
