"""What the grid comes to: the spread of the estimates of a group, and which choice moves them."""

from typing import NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.interval import Floats
from nms_pv.tables.grid import GRID_FACTORS, GRID_SUMMARY

GROUP = ["arm", "group_kind", "group"]
CHOICES = {
    "reports": ["definition", "roles", "duplicates", "comparator", "era"],
    "cohort": ["definition", "analysis", "comparator", "era"],
}
METHOD = (
    "analysis of variance of the logarithms of the estimates above 0, every choice a factor: the sum of squares that only it "
    "explains, as a share of the total; descriptive, no test"
)
# Beyond these a share of a sum of squares is noise.
DECIMALS = 9
TOO_FEW = "fewer than two different estimates above 0"


class Shares(NamedTuple):
    """Share of the variance of each factor, and the share that none explains alone; not a number where undefined."""

    factors: dict[str, float]
    rest: float


def variance_shares(values: Floats, levels: dict[str, list[str]]) -> Shares:
    """Share of the variance that each factor explains.

    Parameters
    ----------
    values
        Shape (specifications,): logarithms of estimates.
    levels
        Of each factor the level of every specification.

    Returns
    -------
    Shares
        For each factor ``(R - R_all) / S``: S the sum of squares about the mean, R_all what is left with all factors (main
        effects), R what is left without this one. The rest is what all factors do not explain, and what they explain only
        together, where they are not balanced; the shares and the rest add up to 1.

    Notes
    -----
    Undefined when all values are equal. The specifications are no sample: the shares describe them and test nothing.
    """
    about_mean = values - values.mean()
    total = float(about_mean @ about_mean)
    if np.ptp(values) < 1e-9:
        return Shares(dict.fromkeys(levels, np.nan), np.nan)
    columns = {factor: _indicators(names) for factor, names in levels.items()}
    left = _left_over(about_mean, list(columns.values()))
    without = {factor: _left_over(about_mean, [other for name, other in columns.items() if name != factor]) for factor in levels}
    shares = {factor: round((more - left) / total, DECIMALS) for factor, more in without.items()}
    return Shares(shares, round(1 - sum(shares.values()), DECIMALS))


def summary_rows(grid: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of `measures/grid_summary` and of `measures/grid_factors`, from rows of `measures/grid`."""
    factors = pl.concat(
        [
            _factors(dict(zip(GROUP, map(str, group), strict=True)), rows)
            for group, rows in sorted(grid.sort("specification_id").partition_by(GROUP, as_dict=True).items(), key=str)
        ]
    )
    alone = factors.filter(pl.col("factor") != "rest", pl.col("variance_share").is_not_null())
    most = alone.sort("variance_share", descending=True, maintain_order=True).group_by(GROUP, maintain_order=True)
    estimate, types = pl.col("estimate"), GRID_SUMMARY.types
    summary = (
        grid.group_by(*GROUP, "measure")
        .agg(
            specifications=pl.len(),
            undefined=estimate.is_null().sum(),
            above=(pl.col("low") > 1).sum(),
            main=estimate.filter("is_main").first(),
            median=estimate.median(),
            lowest=estimate.min(),
            highest=estimate.max(),
        )
        .join(most.agg(moves_most=pl.col("factor").first()), on=GROUP, how="left")
        .with_columns(undefined_reason=pl.when(pl.col("moves_most").is_null()).then(pl.lit(TOO_FEW)))
    )
    return summary.select(pl.col(name).cast(dtype) for name, dtype in types.items()), factors


def _factors(group: dict[str, str], rows: pl.DataFrame) -> pl.DataFrame:
    defined = rows.filter(pl.col("estimate") > 0)
    levels = {choice: defined[choice].cast(pl.String).to_list() for choice in CHOICES[group["arm"]]}
    shares = Shares(dict.fromkeys(levels, np.nan), np.nan)
    if not defined.is_empty():
        shares = variance_shares(np.log(defined["estimate"].to_numpy()), levels)
    values = {**shares.factors, "rest": shares.rest}
    return (
        pl.DataFrame(
            {
                "factor": list(values),
                "levels": [len(set(levels.get(factor, []))) for factor in values],
                "variance_share": list(values.values()),
            }
        )
        .with_columns(
            pl.col("variance_share").fill_nan(None),
            *(pl.lit(name).alias(column) for column, name in group.items()),
            method=pl.lit(METHOD),
            undefined_reason=pl.lit(TOO_FEW if np.isnan(shares.rest) else None),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in GRID_FACTORS.types.items())
    )


def _indicators(names: list[str]) -> Floats:
    return (np.array(names)[:, None] == np.array(sorted(set(names)))).astype(float)


def _left_over(values: Floats, columns: list[Floats]) -> float:
    design = np.hstack([np.ones((values.size, 1)), *columns])
    residual = values - design @ np.linalg.lstsq(design, values)[0]
    return float(residual @ residual)
