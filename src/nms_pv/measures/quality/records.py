"""The records of each table of a snapshot -> what they state, by calendar year."""

import polars as pl

from nms_pv.measures.quality.rows import Pairs, checks_of, counted, sums_of
from nms_pv.tables.cdm import CONDITION_OCCURRENCE, DRUG_EXPOSURE, MEASUREMENT, PROCEDURE_OCCURRENCE
from nms_pv.tables.contract import Table
from nms_pv.tables.snapshot import source_id

EVERY = pl.col("source_line").is_not_null()
_END, _START = pl.col("drug_exposure_end_date"), pl.col("drug_exposure_start_date")
_HAS_VALUE = pl.col("value_as_number").is_not_null()


def _has_concept(column: str) -> pl.Expr:
    return (pl.col(column) != 0).fill_null(value=False)


_HAS_UNIT = _has_concept("unit_concept_id") | (pl.col("unit_source_value").fill_null("").str.strip_chars() != "")
# For each table the column of its date, and for each check which records are in the numerator and which in the denominator.
RECORDS: list[tuple[Table, str, Pairs]] = [
    (
        DRUG_EXPOSURE,
        "drug_exposure_start_date",
        {
            "concept_known": (_has_concept("drug_concept_id"), EVERY),
            "end_recorded": (_END.is_not_null(), EVERY),
            "supply_recorded": (pl.col("days_supply").is_not_null(), EVERY),
            "end_before_start": ((_END < _START).fill_null(value=False), _END.is_not_null()),
        },
    ),
    (CONDITION_OCCURRENCE, "condition_start_date", {"concept_known": (_has_concept("condition_concept_id"), EVERY)}),
    (
        MEASUREMENT,
        "measurement_date",
        {
            "concept_known": (_has_concept("measurement_concept_id"), EVERY),
            "value_recorded": (_HAS_VALUE, EVERY),
            "unit_recorded": (_HAS_VALUE & _HAS_UNIT, _HAS_VALUE),
        },
    ),
    (PROCEDURE_OCCURRENCE, "procedure_date", {"concept_known": (_has_concept("procedure_concept_id"), EVERY)}),
]


def year_of(day: str) -> pl.Expr:
    """The calendar year of a day, as text."""
    return pl.col(day).cast(pl.Date).dt.year().cast(pl.String)


def records_checked(table: Table, rows: pl.LazyFrame, date: str, pairs: Pairs) -> pl.DataFrame:
    """Counts of one table by year: columns of `rows.COUNTED`.

    Parameters
    ----------
    table, date, pairs
        As in `RECORDS`.
    rows
        Rows of the table.

    """
    sums = rows.group_by(period=year_of(date)).agg(sums_of(pairs)).collect(engine="streaming")
    return counted(checks_of(sums, pairs, ["period"]), source_id(table.name.removeprefix("sources/")))
