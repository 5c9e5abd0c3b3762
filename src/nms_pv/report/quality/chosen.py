"""Checks -> the tables of the chapter, and what stands out in them."""

import math
from dataclasses import dataclass
from itertools import groupby, pairwise

import polars as pl

from nms_pv.report.numbers import Row, count, percent, rounded
from nms_pv.tables.quality import ALL, CHECKS, DIMENSION, Check

# A year with less than this share of the year before is called a sudden fall.
FALL = 0.5
COVERAGE = ("people_observed", "exposures_per_person_year")
LOADED, ELEMENT = "tables_loaded", "candidate_element"
# A change is told where at least so many were looked at in both periods: fewer change by chance.
FEWEST = 100


@dataclass(frozen=True)
class Column:
    """One check of one source."""

    source: str
    name: str
    check: Check

    @property
    def title(self) -> str:
        """What heads the column: `drug_exposure: end date`; the source of reports is one for all."""
        of_table = self.source.partition(":")[2]
        return f"{of_table}: {self.check.title}" if of_table else self.check.title


@dataclass(frozen=True)
class Matrix:
    """The checks of one dimension by period: one line for each period, with a row or nothing for each column.

    `not_made` are the checks that say the same reason in every period instead of a number.
    """

    columns: list[Column]
    lines: list[tuple[str, list[Row | None]]]
    not_made: list[tuple[Column, str]]


def matrix(rows: list[Row], arm: str, dimension: str) -> Matrix:
    """The checks of a dimension made for each period, in declared order; periods of which nothing is told are left out."""
    of_dimension = [row for row in rows if row["period"] != ALL and row["item"] == ALL and row["dimension"] == dimension]
    told = {row["period"] for row in of_dimension if row["denominator"]} - set(_absent(rows))
    dated = [row for row in of_dimension if row["period"] in told]
    reasons = [(column, _one_reason([row for row in dated if _is_of(row, column)])) for column in _columns(dated, arm)]
    columns = [column for column, reason in reasons if reason is None]
    at = {(row["period"], row["source"], row["check"]): row for row in dated}
    lines = [(period, [at.get((period, c.source, c.name)) for c in columns]) for period in sorted(told)]
    return Matrix(columns, lines, [(column, reason) for column, reason in reasons if reason is not None])


def without_period(rows: list[Row], arm: str, dimension: str) -> list[tuple[Column, Row]]:
    """The checks of a dimension that are made once, in declared order, then by source and item."""
    once = [row for row in rows if row["period"] == ALL and row["dimension"] == dimension and row["check"] != ELEMENT]
    order = list(CHECKS[arm])
    once.sort(key=lambda row: (order.index(row["check"]), row["source"], row["item"]))
    return [(Column(row["source"], row["check"], CHECKS[arm][row["check"]]), row) for row in once]


def elements(leaving: pl.DataFrame) -> pl.DataFrame:
    """The elements that candidates document, added up over periods: columns item, numerator, denominator, the commonest first.

    Periods in which the check could not be made, or was hidden, do not count.
    """
    made = leaving.filter(pl.col("check") == ELEMENT, pl.col("numerator").is_not_null())
    added = made.group_by("item").agg(pl.col("numerator", "denominator").sum())
    return added.sort(["numerator", "item"], descending=[True, False])


def standing_out(rows: list[Row], arm: str) -> list[str]:
    """For each dimension a sentence on its largest change between neighbouring periods.

    Changes of shares are compared by Cohen's h, the difference of arcsines, on which one from 1 to 5 percent is larger than one
    from 48 to 53; those of days by their number. Coverage is told by `not_loaded` and `sudden_falls`.

    References
    ----------
    Cohen J. Statistical power analysis for the behavioral sciences. 2nd ed. 1988, chapter 6 (memory: to be verified)
    """
    sentences = []
    for dimension in DIMENSION:
        found = matrix([row for row in rows if row["check"] not in {LOADED, *COVERAGE}], arm, dimension)
        changes = [
            (abs(_on_scale(later) - _on_scale(earlier)), column, earlier, later)
            for (_, before), (_, after) in pairwise(found.lines)
            for column, earlier, later in zip(found.columns, before, after, strict=True)
            if earlier and later and _is_told(earlier) and _is_told(later)
        ]
        if any(size for size, *_ in changes):
            # The first of equal changes.
            sentences.append(_sentence(dimension, *max(changes, key=lambda change: change[0])[1:]))
    return sentences


def not_loaded(rows: list[Row]) -> list[str]:
    """The quarters between the first and the last of which no table was loaded: `2012Q1 to 2012Q2`."""
    quarters, absent = sorted(row["period"] for row in rows if row["check"] == LOADED), set(_absent(rows))
    gaps = [list(gap) for is_absent, gap in groupby(quarters, key=lambda quarter: quarter in absent) if is_absent]
    return [gap[0] if len(gap) == 1 else f"{gap[0]} to {gap[-1]}" for gap in gaps]


def sudden_falls(rows: list[Row], arm: str) -> list[str]:
    """A sentence for each year in which coverage is less than `FALL` of the year before."""
    told = [row for row in rows if row["check"] in COVERAGE and row["estimate"] is not None]
    dated = sorted(told, key=lambda row: (row["check"], row["period"]))
    return [
        f"{later['period']}: {CHECKS[arm][later['check']].title}, {value(later)} after {value(earlier)} in {earlier['period']}"
        for earlier, later in pairwise(dated)
        if earlier["check"] == later["check"] and later["estimate"] < FALL * earlier["estimate"]
    ]


def value(row: Row) -> str:
    """The estimate of a check as the reader sees it."""
    if row["statistic"] == "share":
        return f"{percent(row['numerator'], row['denominator'])} %"
    return rounded(row["estimate"]) if row["statistic"] == "per_person_year" else f"{count(round(row['estimate']))} d"


def _columns(rows: list[Row], arm: str) -> list[Column]:
    order = list(CHECKS[arm])
    found = sorted({(order.index(row["check"]), row["source"]) for row in rows})
    return [Column(source, order[place], CHECKS[arm][order[place]]) for place, source in found]


def _on_scale(row: Row) -> float:
    estimate: float = row["estimate"]
    return 2 * math.asin(math.sqrt(estimate)) if row["statistic"] == "share" else estimate


def _is_of(row: Row, column: Column) -> bool:
    return (row["source"], row["check"]) == (column.source, column.name)


def _one_reason(rows: list[Row]) -> str | None:
    """The reason that all rows give instead of counts, if they give one."""
    reasons = {row["undefined_reason"] if row["denominator"] is None else None for row in rows}
    return reasons.pop() if len(reasons) == 1 else None


def _absent(rows: list[Row]) -> list[str]:
    return [row["period"] for row in rows if row["check"] == LOADED and row["numerator"] == 0]


def _is_told(row: Row) -> bool:
    return row["estimate"] is not None and row["denominator"] >= FEWEST


def _sentence(dimension: str, column: Column, earlier: Row, later: Row) -> str:
    before, after = (
        f"{value(row)} ({count(row['numerator'])} of {count(row['denominator'])}) in {row['period']}" for row in (earlier, later)
    )
    return f"{dimension.capitalize()}: {column.title}, from {before} to {after}."
