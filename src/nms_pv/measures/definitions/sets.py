"""patterns of verdicts and tallies of points -> who is a case by which definitions, and at which cut."""

import polars as pl

from nms_pv.measures.definitions.patterns import MET, STATE_OF_VERDICT, UNDECIDED, Patterns
from nms_pv.tables.agreement import CUTS, DEFINITION_COUNTS, DEFINITION_SETS


def definition_counts(patterns: Patterns, unit: str) -> pl.DataFrame:
    """Rows of `measures/definition_counts`: how many subjects each definition calls what."""
    counts = {verdict: patterns.n @ (patterns.states == state) for verdict, state in STATE_OF_VERDICT.items()}
    return pl.DataFrame({"definition": patterns.names, **counts}).select(*_typed(DEFINITION_COUNTS.types, unit))


def definition_sets(patterns: Patterns, unit: str) -> pl.DataFrame:
    """Rows of `measures/definition_sets`, for an UpSet plot: each set of definitions that someone meets together."""
    is_met = pl.DataFrame(patterns.states == MET, schema=list(patterns.names), orient="row")
    met = pl.concat_str([pl.when(name).then(pl.lit(name)) for name in patterns.names], separator=";", ignore_nulls=True)
    is_open = pl.Series((patterns.states == UNDECIDED).any(axis=1))
    return (
        is_met.select(met=met, definitions=pl.sum_horizontal(pl.all()))
        .with_columns(n=pl.Series(patterns.n), is_open=is_open)
        .group_by("met", "definitions")
        .agg(pl.col("n").sum(), indeterminate=pl.col("n").filter("is_open").sum())
        .select(*_typed(DEFINITION_SETS.types, unit))
    )


def tally_points(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Numbers `n` of subjects with the same points under each definition that has points."""
    points = ["definition", "points_low", "points_high"]
    return verdicts.drop_nulls(points).group_by(points).agg(n=pl.len().cast(pl.Int64))


def cuts(points: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Rows of `measures/cuts`: every cut of each definition, from 1 to the most points that any subject can have.

    `points` are tallies of `tally_points`; those of several parts may follow each other.
    """
    low, high, cut = pl.col("points_low"), pl.col("points_high"), pl.col("cut")
    most = points.group_by("definition").agg(most=high.max()).filter(pl.col("most") >= 1)
    every_cut = most.select("definition", cut=pl.int_ranges(1, pl.col("most") + 1)).explode("cut")
    n = pl.col("n")
    return (
        every_cut.join(points, on="definition")
        .group_by("definition", "cut")
        .agg(
            met=n.filter(low >= cut).sum(),
            indeterminate=n.filter((low < cut) & (high >= cut)).sum(),
            not_met=n.filter(high < cut).sum(),
        )
        .select(*_typed(CUTS.types, unit))
    )


def _typed(types: dict[str, pl.DataType], unit: str) -> list[pl.Expr]:
    return [(pl.lit(unit).alias(name) if name == "unit" else pl.col(name)).cast(dtype) for name, dtype in types.items()]
