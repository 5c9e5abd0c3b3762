"""Rows as received -> rows of the declared types, rows in quarantine with all their reasons, values that were not believed."""

from dataclasses import dataclass

import polars as pl

from nms_pv.sources.omop.cells import Cell, cell, csv_text, is_header
from nms_pv.sources.omop.source import CdmError
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.contract import Table
from nms_pv.tables.snapshot import source_id
from nms_pv.tables.sources import QUARANTINE

LINE = "source_line"


@dataclass(frozen=True)
class Rows:
    """What became of some rows: rows received = kept + quarantine. `left` counts those in quarantine by their first reason."""

    kept: pl.DataFrame
    quarantine: pl.DataFrame
    left: pl.DataFrame
    issues: pl.DataFrame


def read_rows(received: pl.DataFrame, name: str, table: Table, before: int, last: pl.DataFrame) -> Rows:
    """Read the next rows of a table.

    Parameters
    ----------
    received
        Rows of the snapshot, in order of the key.
    name, table
        The table of the common data model, and its declaration.
    before
        How many rows of the snapshot came earlier.
    last
        The last row kept before these (or none): a row with its key is a repetition.

    Raises
    ------
    CdmError
        When the rows are not in order of the key.

    """
    cells = [cell(column, received.schema[column], table) for column in received.columns]
    parsed = (
        received.with_row_index(LINE, offset=before + 1)
        .with_columns(pl.col(LINE).cast(pl.Int64), *(each.parsed.alias(f"{each.column} parsed") for each in cells))
        .with_columns(each.reason.alias(f"{each.column} reason") for each in cells)
        .with_columns(_reasons(cells, received, table).alias("reasons"))
    )
    good = parsed.filter(pl.col("reasons") == "")
    missing = [pl.lit(None, kind).alias(c) for c, kind in table.types.items() if c not in (*received.columns, LINE)]
    typed = good.select(*(each.value for each in cells), LINE, *missing).select(list(table.types))
    place = _place(pl.concat([last, typed]).select(table.key), table, name).slice(last.height)
    repeated = good.filter(place == "repeated").with_columns(pl.lit("key_repeated").alias("reasons"))
    bad = pl.concat([parsed.filter(pl.col("reasons") != ""), repeated]).sort(LINE)
    return Rows(
        kept=typed.filter(place == "next"),
        quarantine=bad.select(
            pl.lit(source_id(name)).alias("source_id"), LINE, csv_text(received.columns).alias("text"), "reasons"
        ).select(list(QUARANTINE.types)),
        left=bad.group_by(pl.col("reasons").str.split(";").list.first().alias("reason")).agg(pl.len().alias("rows")),
        issues=_issues(good.filter(place != "repeated"), cells, name),
    )


def _reasons(cells: list[Cell], received: pl.DataFrame, table: Table) -> pl.Expr:
    """All that is wrong with a row, joined by `;`; empty text where nothing is."""
    declared = table.schema.columns()
    faults = []
    for each in cells:
        if not declared[each.column].nullable:
            why = pl.when(~each.is_filled).then(pl.lit("missing")).otherwise(pl.col(f"{each.column} reason"))
            faults.append(pl.lit(f"{each.column}_") + why)
    joined = pl.concat_str(faults, separator=";", ignore_nulls=True)
    return pl.when(is_header(received.schema)).then(pl.lit("header_as_row")).otherwise(joined)


def _place(keys: pl.DataFrame, table: Table, name: str) -> pl.Series:
    """For each key, in order: does it come `next`, or is it `repeated`?"""
    before = [pl.col(column).shift(1) for column in table.key]
    is_same: pl.Expr = pl.lit(True)
    is_lower: pl.Expr = pl.lit(False)
    for column, earlier in zip(table.key, before, strict=True):
        is_lower = is_lower | (is_same & (pl.col(column) < earlier))
        is_same = is_same & (pl.col(column) == earlier)
    place = keys.select(
        pl.when(is_lower.fill_null(False))
        .then(pl.lit("back"))
        .when(is_same.fill_null(False))
        .then(pl.lit("repeated"))
        .otherwise(pl.lit("next"))
        .alias("place")
    )["place"]
    if (place == "back").any():
        raise CdmError(
            f"{table.name}: the rows of {name}.parquet in the snapshot are not in order of {', '.join(table.key)}. Register the "
            "data again with `nms-pv add omop SOURCE`, which sorts them."
        )
    return place


def _issues(good: pl.DataFrame, cells: list[Cell], name: str) -> pl.DataFrame:
    """How many values of each column of kept rows were emptied, by reason, with the smallest as text."""
    found = [
        good.filter(pl.col(f"{each.column} reason").is_not_null())
        .group_by(pl.col(f"{each.column} reason").alias("reason"))
        .agg(pl.len().cast(pl.Int64).alias("values"), each.raw.min().alias("example"))
        .select(pl.lit(source_id(name)).alias("source_id"), pl.lit(each.column).alias("column"), "reason", "values", "example")
        for each in cells
    ]
    return pl.concat([VALUE_ISSUES.empty(), *found])
