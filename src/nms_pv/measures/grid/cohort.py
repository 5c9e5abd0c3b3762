"""Cohort arm: person-time -> the cells of every specification of generation states and antipsychotics."""

import polars as pl

from nms_pv.spec.params import Periods
from nms_pv.tables.person_time import ALL

CHOICES = ["definition", "analysis", "era"]
GROUP = ["group_kind", "group"]
# What states and ingredients are compared with; it is not compared with itself.
FIRST_GENERATION = {"generation_state": "FGA", "ingredient": "haloperidol"}
STATES = ["FGA", "SGA", "TGA"]


def specifications(person_time: pl.DataFrame, ingredients: list[str], periods: Periods) -> pl.DataFrame:
    """The cells of every specification: definition x analysis x comparator x era.

    States of generations, which share no day, are compared with first-generation antipsychotics alone and with the sum of all
    other states; the ingredients, whose days overlap, with haloperidol only. A group without a row counts 0.
    """
    counts = _by_era(person_time, ingredients, periods)
    groups = [("generation_state", state) for state in STATES] + [("ingredient", ingredient) for ingredient in ingredients]
    own = (
        counts.select(CHOICES)
        .unique()
        .join(pl.DataFrame(groups, schema=GROUP, orient="row"), how="cross")
        .join(counts, on=[*CHOICES, *GROUP], how="left")
        .with_columns(pl.col("a", "group_size").fill_null(0))
    )
    is_reference = pl.col("group") == pl.col("group_kind").replace_strict(FIRST_GENERATION)
    references = counts.filter(is_reference).rename({"a": "reference_a", "group_size": "reference_size"}).drop("group")
    of_states = counts.filter(group_kind="generation_state").group_by(CHOICES)
    sums = of_states.agg(whole_a=pl.col("a").sum(), whole=pl.col("group_size").sum())
    against_first = own.filter(~is_reference).join(references, on=[*CHOICES, "group_kind"], how="left")
    against_others = (
        own.filter(group_kind="generation_state")
        .join(sums, on=CHOICES)
        .with_columns(reference_a=pl.col("whole_a") - pl.col("a"), reference_size=pl.col("whole") - pl.col("group_size"))
    )
    columns = [*CHOICES, "comparator", *GROUP, "a", "group_size", "reference_a", "reference_size"]
    return pl.concat(
        [
            against_first.with_columns(comparator=pl.lit("first_generation")).select(columns),
            against_others.with_columns(comparator=pl.lit("other_antipsychotic_time")).select(columns),
        ]
    ).with_columns(pl.col("reference_a", "reference_size").fill_null(0))


def _by_era(person_time: pl.DataFrame, ingredients: list[str], periods: Periods) -> pl.DataFrame:
    """Episodes and person-days of all years and of both periods."""
    is_state = pl.col("group_kind") == "generation_state"
    is_listed = (pl.col("group_kind") == "ingredient") & pl.col("group").is_in(ingredients)
    counts = person_time.filter(
        is_state | is_listed, pl.all_horizontal(pl.col("age_band", "sex", "since_start") == ALL)
    ).with_columns(pl.col("group_kind").cast(pl.String))
    rows = counts.with_columns(a="events", group_size="person_days").select(
        "definition", "analysis", *GROUP, "a", "group_size", "year"
    )
    of_year = rows.filter(pl.col("year") != ALL).with_columns(pl.col("year").cast(pl.Int64))
    return (
        pl.concat(
            [
                rows.filter(pl.col("year") == ALL).with_columns(era=pl.lit("all")).drop("year"),
                *(
                    of_year.filter(pl.col("year").is_between(years[0], years[1])).with_columns(era=pl.lit(era)).drop("year")
                    for era, years in {"early": periods.early, "late": periods.late}.items()
                ),
            ]
        )
        .group_by(*CHOICES, *GROUP)
        .agg(pl.col("a", "group_size").sum())
    )
