"""Results -> the same with those marked that may not leave the study."""

import polars as pl

from nms_pv.measures.cohort.families import CELL, DIMENSION, dimension, families_of, numbered
from nms_pv.measures.cohort.hiding import hide

RATE, PROPORTION = "incidence_rate", "incidence_proportion"
# The same under every setting of time at risk: where both counts are low they differ little, and one would give the other away.
TWINS = ["definition", "group_kind", "group", "stratum", "apart"]


def suppress(results: pl.DataFrame, made_of: pl.DataFrame, sums: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Mark (column `suppressed`) the rows whose counts are small, or give a small one away.

    Parameters
    ----------
    results
        Rows of `measures/results` of the cohort arm.
    made_of
        For every row that is no rate and no proportion, by `result_id`, the cells (`CELL`) that it is made of.
    sums
        Which groups add up to which: `families.sums_of_groups`.
    smallest
        Counts from 1 up to below this are small. 0 is no small count: nobody is behind it.

    """
    cells = _cells(results)
    few_episodes = _few_episodes(cells, sums, smallest)
    proportions = pl.concat([few_episodes, _few_persons(cells, smallest)]).unique()
    hidden = pl.concat(
        [
            _rows_of(results, RATE, few_episodes),
            _rows_of(results, PROPORTION, proportions),
            made_of.join(few_episodes, on=CELL, how="semi", nulls_equal=True).select("result_id"),
        ]
    )
    return results.with_columns(suppressed=pl.col("result_id").is_in(hidden["result_id"].implode()))


def _cells(results: pl.DataFrame) -> pl.DataFrame:
    """Episodes, persons with one and persons at risk of every cell; persons of a period are not known."""
    persons = results.filter(pl.col("measure") == PROPORTION).select(*CELL, cases="numerator", persons="denominator")
    episodes = results.filter(pl.col("measure") == RATE).select(*CELL, events="numerator")
    return episodes.join(persons, on=CELL, how="left", nulls_equal=True).with_columns(dimension()).sort(CELL)


def _few_episodes(cells: pl.DataFrame, sums: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Cells with few episodes, or few persons with one, and those that would give them away. A 0 is never hidden."""
    # Whatever changes by one, persons with an episode are fewer than episodes, so theirs are the counts that must allow it.
    counted = cells.filter(pl.col("events") > 0).with_columns(value=pl.min_horizontal("events", "cases")).with_row_index("cell")
    hidden = hide(
        counted.select(_is_small(["events", "cases"], smallest)).to_series().to_numpy(),
        counted["value"].to_numpy(),
        numbered(counted.with_columns(apart=_apart(smallest)), TWINS),
        families_of(counted, sums),
    )
    return counted.filter(pl.Series(hidden)).select(CELL)


def _apart(smallest: int) -> pl.Expr:
    """A count that is far from any small one has no twin: its setting keeps it apart."""
    return pl.when(pl.col("events") >= 2 * smallest).then(pl.col("analysis"))


def _few_persons(cells: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Cells with few persons at risk, and with them all strata of that kind of the group, whatever analysis or definition.

    Then a larger stratum can lend the smaller one a person. Where none is larger, because each holds one person, the whole
    group is hidden too.
    """
    table = ["group_kind", "group", DIMENSION]
    few = cells.filter(_is_small(["persons"], smallest)).select(table).unique()
    setting = CELL[:-1]
    strata = cells.filter(pl.col(DIMENSION).is_not_null()).join(few, on=table).group_by(*setting, DIMENSION).agg(strata=pl.len())
    alone = (
        cells.filter(pl.col(DIMENSION).is_null())
        .drop(DIMENSION)
        .join(strata, on=setting)
        .filter(pl.col("persons") <= pl.col("strata"))
    )
    whole = alone.select("group_kind", "group", pl.lit(None, pl.String).alias(DIMENSION))
    return cells.join(pl.concat([few, whole]).unique(), on=table, how="semi", nulls_equal=True).select(CELL)


def _is_small(counts: list[str], smallest: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(counts).is_between(1, smallest - 1).fill_null(False))


def _rows_of(results: pl.DataFrame, measure: str, cells: pl.DataFrame) -> pl.DataFrame:
    return results.filter(pl.col("measure") == measure).join(cells, on=CELL, how="semi", nulls_equal=True).select("result_id")
