"""Cells of specifications -> rows of the grid, each with its ratio or the reason why there is none."""

import polars as pl

from nms_pv.measures.interval import Interval
from nms_pv.measures.rates import rate_ratio, why_ratio_undefined
from nms_pv.measures.reports.disproportionality import ror
from nms_pv.measures.rows import with_interval
from nms_pv.spec.params import Main
from nms_pv.tables.grid import GRID

ADDRESS = ["measure", "definition", "roles", "duplicates", "analysis", "comparator", "era", "group_kind", "group"]
ROR_METHOD = "a d / (b c); log-normal (Wald) interval"
RATE_METHOD = "ratio of crude rates; exact interval, binomial given all episodes (Clopper-Pearson)"


def report_rows(cells: pl.DataFrame, main: Main, level: float) -> pl.DataFrame:
    """Rows of `measures/grid` of the reports arm, from the cells of its specifications: the reporting odds ratio."""
    a, c = cells["a"].to_numpy(), cells["reference_a"].to_numpy()
    b, d = cells["group_size"].to_numpy() - a, cells["reference_size"].to_numpy() - c
    is_main = (
        (pl.col("definition") == main.definition)
        & (pl.col("roles") == main.roles)
        & (pl.col("duplicates") == main.duplicates)
        & (pl.col("comparator") == "all_other_reports")
        & (pl.col("era") == "all")
    )
    labelled = cells.with_columns(
        is_main=is_main, undefined_reason=_empty_cell(), analysis=pl.lit(None, pl.String), unit=pl.lit("distinct reports")
    )
    return _rows(labelled, ror(a, b, c, d, level), "reports", "ror", ROR_METHOD, level)


def cohort_rows(cells: pl.DataFrame, definition: str, analysis: str, level: float) -> pl.DataFrame:
    """Rows of `measures/grid` of the cohort arm: the crude rate ratio.

    The main specification compares with first-generation antipsychotics, and these with the time on all others.
    """
    a, t1, c, t0 = (cells[name].to_numpy() for name in ("a", "group_size", "reference_a", "reference_size"))
    is_first = (pl.col("group_kind") == "generation_state") & (pl.col("group") == "FGA")
    comparator = pl.when(is_first).then(pl.lit("other_antipsychotic_time")).otherwise(pl.lit("first_generation"))
    is_main = (
        (pl.col("definition") == definition)
        & (pl.col("analysis") == analysis)
        & (pl.col("comparator") == comparator)
        & (pl.col("era") == "all")
    )
    labelled = cells.with_columns(
        pl.Series("undefined_reason", why_ratio_undefined(a, t1, c, t0).tolist(), pl.String),
        is_main=is_main,
        roles=None,
        duplicates=None,
        unit=pl.lit("episodes; person-days at risk"),
    )
    return _rows(labelled, rate_ratio(a, t1, c, t0, level), "cohort", "rate_ratio", RATE_METHOD, level)


def shown_groups(grid: pl.DataFrame) -> pl.DataFrame:
    """The rows of generations and of every ingredient with a case in the main specification."""
    with_case = grid.filter("is_main", pl.col("a") > 0).select("arm", "group_kind", "group")
    is_ingredient = pl.col("group_kind") == "ingredient"
    return pl.concat(
        [
            grid.filter(~is_ingredient),
            grid.filter(is_ingredient).join(with_case, on=["arm", "group_kind", "group"], how="semi"),
        ]
    )


def _rows(cells: pl.DataFrame, found: Interval, arm: str, measure: str, method: str, level: float) -> pl.DataFrame:
    labelled = with_interval(cells, found).with_columns(
        arm=pl.lit(arm), measure=pl.lit(measure), method=pl.lit(method), level=pl.lit(level)
    )
    return labelled.with_columns(
        specification_id=pl.concat_str(ADDRESS, separator="/", ignore_nulls=True),
        undefined_reason=pl.when(pl.col("estimate").is_null()).then("undefined_reason"),
        data_version=None,
    ).select(pl.col(name).cast(dtype) for name, dtype in GRID.types.items())


def _empty_cell() -> pl.Expr:
    """The first empty margin or cell of the 2x2 table, in words."""
    a, c = pl.col("a"), pl.col("reference_a")
    reasons = {
        "the group has no reports": pl.col("group_size") == 0,
        "there is no other report to compare with": pl.col("reference_size") == 0,
        "no report meets the definition": a + c == 0,
        "no report of the group meets the definition": a == 0,
        "no other report meets the definition": c == 0,
        "every report of the group meets the definition": a == pl.col("group_size"),
        "every other report meets the definition": c == pl.col("reference_size"),
    }
    return pl.coalesce(pl.when(empty).then(pl.lit(text)) for text, empty in reasons.items())
