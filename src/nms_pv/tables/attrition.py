"""Attrition: no row leaves without a reason and a count."""

from pathlib import Path

import dataframely as dy
import polars as pl

from nms_pv.tables.contract import Table, replacing


class _Attrition(dy.Schema):
    layer = dy.String(primary_key=True, description="The layer in which the rows were counted.")
    scope = dy.String(primary_key=True, description="What was counted, for example `2025Q4:DRUG`.")
    step = dy.Int32(primary_key=True, min=1, description="Order of the step within the scope.")
    reason = dy.String(primary_key=True, description="Why the rows left at this step; `kept` closes the scope.")
    unit = dy.String(description="What one counted thing is: record, report, report-drug row.")
    n_in = dy.Int64(min=0, description="How many came to this step.")
    n_left = dy.Int64(description="How many left for this reason; negative where one line held two records.")
    n_kept = dy.Int64(min=0, description="How many went on: n_in - n_left.")


ATTRITION = Table("attrition", "one reason at one step of one scope", _Attrition)


def steps(layer: str, scope: str, unit: str, n_in: int, left: dict[str, int]) -> pl.DataFrame:
    """The attrition rows of one scope: `n_in` things came, and for each reason so many left, in this order."""
    rows, here = [], n_in
    for step, (reason, n_left) in enumerate(left.items(), start=1):
        rows.append((layer, scope, step, reason, unit, here, n_left, here - n_left))
        here -= n_left
    rows.append((layer, scope, len(left) + 1, "kept", unit, here, 0, here))
    return pl.DataFrame(rows, schema=ATTRITION.types, orient="row")


def write_attrition(parts: list[pl.DataFrame], path: Path) -> None:
    """Write the attrition of a layer as CSV, so that it lies in git and reads in a diff."""
    checked = ATTRITION.check(pl.concat([ATTRITION.empty(), *parts]))
    with replacing(path) as partial:
        checked.write_csv(partial)
