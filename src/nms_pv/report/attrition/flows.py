"""Attrition tables -> one flow for each kind of thing in each layer, over all files or parts of the data."""

from dataclasses import dataclass
from itertools import groupby

import polars as pl

from nms_pv.report.numbers import Row

# The part of the data that a scope begins with: a quarter, or a block of persons. What follows is what was counted.
PART = r"^(\d{4}Q[1-4]|persons-\d+):"


@dataclass(frozen=True)
class Flow:
    """One kind of thing in one layer: what came, what left and why, what stayed."""

    layer: str
    what: str
    unit: str
    n_in: int
    left: list[tuple[str, int]]
    n_kept: int

    @property
    def unaccounted(self) -> int:
        """What came and neither stayed nor left with a reason."""
        return self.n_in - self.n_kept - sum(n for _, n in self.left)


def flows(attrition: pl.DataFrame) -> list[Flow]:
    """The attrition (rows of `attrition`) in order of layers, summed over the parts of the data and over nothing else.

    `2025Q4:DRUG` is summed under `DRUG`; `exact:persons`, the persons of one analysis, stays apart from those of another.
    """
    layers = attrition["layer"].unique(maintain_order=True).to_list()
    summed = (
        attrition.with_columns(pl.col("scope").str.replace(PART, "").alias("what"))
        .group_by("layer", "what", "unit", "reason", maintain_order=True)
        .agg(
            pl.col("n_in").filter(pl.col("step") == 1).sum(),
            pl.col("n_left").sum(),
            pl.col("n_kept").filter(pl.col("reason") == "kept").sum(),
        )
    )
    rows = sorted(summed.iter_rows(named=True), key=lambda row: (layers.index(row["layer"]), row["what"], row["unit"]))
    return [_flow(*kind, list(found)) for kind, found in groupby(rows, key=lambda row: (row["layer"], row["what"], row["unit"]))]


def _flow(layer: str, what: str, unit: str, rows: list[Row]) -> Flow:
    return Flow(
        layer=layer,
        what=what,
        unit=unit,
        n_in=sum(row["n_in"] for row in rows),
        left=[(row["reason"], row["n_left"]) for row in rows if row["reason"] != "kept"],
        n_kept=sum(row["n_kept"] for row in rows),
    )
