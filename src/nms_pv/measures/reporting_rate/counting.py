"""Distinct reports and volumes of use -> counts over quantities, by ingredient, chemical class and generation."""

import polars as pl

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.exposure_volumes import EVERYWHERE, ExposureVolume
from nms_pv.spec.params import Generations

SERIES = ["group_kind", "group", "country", "unit"]


def volume_table(volumes: list[ExposureVolume], drugs: DrugTable, generations: Generations) -> pl.DataFrame:
    """Volumes under every group of their drug: columns group_kind, group, ingredient, country, unit, year, quantity."""
    rows = [
        (*group, v.drug, v.country, v.unit, v.year, v.quantity)
        for v in volumes
        for group in _groups_of(v.drug, drugs, generations)
    ]
    names = ["group_kind", "group", "ingredient", "country", "unit", "year", "quantity"]
    types = [pl.String, pl.String, pl.String, pl.String, pl.String, pl.Int32, pl.Int64]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


def rates_by_year(volumes: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """Counts and quantities of every group, country and unit, in each year and in all years together.

    Parameters
    ----------
    volumes
        As from `volume_table`.
    reports
        Distinct reports that count: subject_id, ingredient, received_year, occurrence_country. One row for each ingredient.

    Returns
    -------
    polars.DataFrame
        Columns of `SERIES`; first_year, last_year, years (a list); ingredients (the members that have volumes); numerator
        (distinct reports), denominator, without_country (reports that would count if their country were known); years_differ
        (the years of each member in words where the members do not have the same years, else empty).

    Notes
    -----
    A report that names two members of a class counts once. A class is the class of its members that have volumes: the others
    are neither in its numerator nor in its denominator.
    """
    series = volumes.group_by(SERIES).agg(
        ingredients=pl.col("ingredient").unique().sort(), years=pl.col("year").unique().sort(), years_differ=_years_differ()
    )
    all_years = volumes.join(series.select(*SERIES, period="years"), on=SERIES)
    each_year = volumes.with_columns(period=pl.concat_list("year"))
    # A year of a single-year series is its total already.
    cells = pl.concat([each_year, all_years.filter(pl.col("period").list.len() > 1)])
    cell = [*SERIES, "period"]
    quantities = cells.group_by(cell).agg(denominator=pl.col("quantity").sum())
    counted = (
        cells.join(reports, left_on=["ingredient", "year"], right_on=["ingredient", "received_year"])
        .unique([*cell, "subject_id"])
        .group_by(cell)
        .agg(numerator=_in_country().sum(), without_country=_country_unknown().sum())
    )
    return (
        quantities.join(counted, on=cell, how="left")
        .join(series.drop("years"), on=SERIES)
        .with_columns(pl.col("numerator", "without_country").fill_null(0).cast(pl.Int64))
        .rename({"period": "years"})
        .sort(*SERIES, "years")
    )


def _groups_of(ingredient: str, drugs: DrugTable, generations: Generations) -> list[tuple[str, str]]:
    drug = drugs.drugs[ingredient]
    generation = drug.generation_under(generations)
    groups = [("ingredient", ingredient)]
    if drug.blocks_or_depletes_dopamine:
        groups.append(("chemical_class", drug.chemical_class))
    return [*groups, ("generation", generation)] if generation else groups


def _in_country() -> pl.Expr:
    return (pl.col("country") == EVERYWHERE) | (pl.col("country") == pl.col("occurrence_country")).fill_null(value=False)


def _country_unknown() -> pl.Expr:
    return (pl.col("country") != EVERYWHERE) & pl.col("occurrence_country").is_null()


def _years_differ() -> pl.Expr:
    """`olanzapine 2018, 2019; quetiapine 2019`, where the members do not all have all years."""
    by_member = pl.format("{} {}", "ingredient", "year").sort().str.join(", ")
    return pl.when(pl.len() != pl.col("ingredient").n_unique() * pl.col("year").n_unique()).then(by_member)
