"""What came in, what left on the way, and how much of it could be coded."""

from dataclasses import dataclass
from itertools import groupby

import polars as pl

from nms_pv.report.inputs import Inputs
from nms_pv.report.numbers import Row

MOST_NAMES = 30
MOST_NEAR_NAMES = 60
MOST_ISSUES = 60


@dataclass(frozen=True)
class Flow:
    """One kind of thing in one layer: what came, what left and why, what stayed; summed over files or parts."""

    layer: str
    what: str
    unit: str
    n_in: int
    left: list[tuple[str, int]]
    n_kept: int

    @property
    def adds_up(self) -> bool:
        """Whether everything that came either stayed or left with a reason."""
        return self.n_in == self.n_kept + sum(n for _, n in self.left)


def flows(attrition: pl.DataFrame) -> list[Flow]:
    """The attrition of all layers, in order of flow; a scope `2025Q4:DRUG` is summed under `DRUG`."""
    kept = pl.col("reason") == "kept"
    summed = (
        attrition.with_columns(pl.col("scope").str.split(":").list.last().alias("what"))
        .group_by("layer", "what", "unit", "reason", maintain_order=True)
        .agg(
            pl.col("n_in").filter(pl.col("step") == 1).sum(),
            pl.col("n_left").sum(),
            pl.col("n_kept").filter(kept).sum(),
        )
    )
    layers = attrition["layer"].unique(maintain_order=True).to_list()
    rows = sorted(summed.iter_rows(named=True), key=lambda r: (layers.index(r["layer"]), r["what"], r["unit"]))
    return [_flow(*kind, list(found)) for kind, found in groupby(rows, key=lambda r: (r["layer"], r["what"], r["unit"]))]


def _flow(layer: str, what: str, unit: str, rows: list[Row]) -> Flow:
    return Flow(
        layer=layer,
        what=what,
        unit=unit,
        n_in=sum(r["n_in"] for r in rows),
        left=[(r["reason"], r["n_left"]) for r in rows if r["reason"] != "kept"],
        n_kept=sum(r["n_kept"] for r in rows),
    )


def quarters(inputs: Inputs) -> list[Row]:
    """One row for each quarter: files, bytes, lines, and how many lines were quarantined."""
    return (
        inputs.files.join(inputs.quarantined, on="source_id", how="left")
        .group_by("quarter", "era")
        .agg(pl.len().alias("files"), pl.col("bytes", "line_count").sum(), pl.col("lines").sum().alias("quarantined"))
        .sort("quarter", "era")
        .rows(named=True)
    )


def value_issues(inputs: Inputs) -> list[Row]:
    """Columns table, column, reason, values, example, summed over quarters, largest first."""
    return (
        inputs.value_issues.group_by(pl.col("source_id").str.split(":").list.last().alias("table"), "column", "reason")
        .agg(pl.col("values").sum(), pl.col("example").min())
        .sort(["values", "table", "column", "reason"], descending=[True, False, False, False])
        .rows(named=True)
    )


def coding(inputs: Inputs) -> list[Row]:
    """Columns coding_method, rows, over all drug files, in declared order."""
    return inputs.coding_coverage.group_by("coding_method").agg(pl.col("rows").sum()).sort("coding_method").rows(named=True)


def commonest_uncoded(inputs: Inputs) -> list[Row]:
    """The names that would gain most from being coded."""
    names = inputs.uncoded_names.sort(["rows", "name"], descending=[True, False])
    return names.head(MOST_NAMES).rows(named=True)


def near_antipsychotics(inputs: Inputs) -> list[Row]:
    """The uncoded names that resemble an antipsychotic, the most similar first."""
    near = inputs.uncoded_names.filter(pl.col("near").is_not_null())
    return near.sort(["similarity", "rows", "name"], descending=[True, True, False]).rows(named=True)
