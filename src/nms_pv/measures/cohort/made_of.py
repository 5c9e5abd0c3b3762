"""Which cells each compared, fitted, standardised or pooled number is made of: where one is hidden, so is the number."""

import polars as pl

from nms_pv.measures.cohort.families import CELL
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import STATE

PAIRS = ["rate_ratio", "rate_difference", "adjusted_rate_ratio"]
ANNUAL = ["annual_rate_ratio", "annual_rate_ratio_given_mix"]
CHANGES = ["rate_change", "rate_change_by_mix", "rate_change_within"]
OF_STATES = ["annual_rate_ratio_given_mix", "rate_change_by_mix", "rate_change_within"]
GROUP = ["result_id", *CELL[:-1]]


def made_of(derived: pl.DataFrame, cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """One row for each number (`result_id`) and cell (`CELL`) that it is made of.

    Pairs are made of both sides; standardised rates of every age, known or not; trends of every year; changes of both
    periods; what is split by state of the same of each state; pooled rates of every ingredient of the class. What a
    regression only adjusts for does not count: person-time by age x sex x year is not published, so no count of a stratum
    can be solved from its ratio.
    """
    overall = pl.lit(None, pl.String).alias("stratum")
    strata = cells.filter(pl.col("stratum").is_not_null()).select(CELL)
    pairs = derived.filter(pl.col("measure").is_in(PAIRS))
    over_time = pl.concat([derived.filter(pl.col("measure").is_in(ANNUAL + CHANGES)), _of_states(derived)])
    annual = over_time.filter(pl.col("measure").is_in(ANNUAL))
    changes = over_time.filter(pl.col("measure").is_in(CHANGES))
    found = [
        pairs.select(*GROUP, overall),
        pairs.with_columns(group="reference").select(*GROUP, overall),
        _with_strata(derived.filter(pl.col("measure") == "standardised_rate"), strata, "age="),
        annual.select(*GROUP, overall),
        _with_strata(annual, strata, "year="),
        changes.select(*GROUP, "stratum"),
        changes.select(*GROUP, stratum="years=" + pl.col("reference")),
        _siblings(derived.filter(pl.col("measure") == "pooled_rate"), sums).select(*GROUP, overall),
    ]
    return pl.concat(found)


def _with_strata(numbers: pl.DataFrame, strata: pl.DataFrame, prefix: str) -> pl.DataFrame:
    of_dimension = strata.filter(pl.col("stratum").str.starts_with(prefix))
    return numbers.select(GROUP).join(of_dimension, on=CELL[:-1]).select(*GROUP, "stratum")


def _of_states(derived: pl.DataFrame) -> pl.DataFrame:
    """The numbers that tell states apart, once for each state."""
    states = pl.DataFrame({"group": list(STATE)}).with_columns(group_kind=pl.lit("generation_state", RESULTS.types["group_kind"]))
    numbers = derived.filter(pl.col("measure").is_in(OF_STATES)).drop("group_kind", "group")
    return numbers.join(states, how="cross").select(derived.columns)


def _siblings(pooled: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Each pooled number with every ingredient of the class."""
    of_class = sums.filter(pl.col("total_kind") == "chemical_class")
    siblings = of_class.select("total", group="part").join(of_class.select("total", sibling="part"), on="total")
    return pooled.select(GROUP).join(siblings, on="group").with_columns(group="sibling").select(GROUP)
