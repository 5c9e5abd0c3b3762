"""canonical -> exposure: the coded ingredients of each report that counts, with their strongest role."""

import polars as pl

from nms_pv.tables.attrition import steps
from nms_pv.tables.canonical import NOT_ADMINISTERED
from nms_pv.tables.exposure import REPORT_INGREDIENTS, STRONGEST_ROLE


def report_ingredients(universe: pl.DataFrame, drugs: pl.DataFrame) -> pl.DataFrame:
    """The rows of `exposure/report_ingredients`: however often a report names an ingredient in one form, it is one row."""
    return (
        _coded(_administered(_of_universe(drugs, universe)))
        .with_columns(strongest_role().cast(REPORT_INGREDIENTS.types["role"]))
        .group_by("subject_id", "ingredient", "formulation")
        .agg(pl.col("role").min())
    )


def strongest_role() -> pl.Expr:
    """The role of a drug row as one of `STRONGEST_ROLE`, which are in order of strength."""
    role = pl.col("role").cast(pl.String)
    return pl.when(role.is_in(list(STRONGEST_ROLE))).then(role).otherwise(pl.lit("other")).alias("role")


def drug_attrition(scope: str, drugs: pl.DataFrame, universe: pl.DataFrame, ingredients: pl.DataFrame) -> pl.DataFrame:
    """Why rows of reported drugs do not expose, in the order in which they leave."""
    of_universe = _of_universe(drugs, universe)
    administered = _administered(of_universe)
    coded = _coded(administered)
    left = {
        "report_not_counted": drugs.height - of_universe.height,
        "drug_not_administered": of_universe.height - administered.height,
        "ingredient_not_coded": administered.height - coded.height,
        "same_ingredient_and_form": coded.height - ingredients.height,
    }
    return steps("exposure", scope, "report-drug row", drugs.height, left)


def _of_universe(drugs: pl.DataFrame, universe: pl.DataFrame) -> pl.DataFrame:
    return drugs.join(universe, on="subject_id", how="semi")


def _administered(drugs: pl.DataFrame) -> pl.DataFrame:
    return drugs.filter(pl.col("role") != NOT_ADMINISTERED)


def _coded(drugs: pl.DataFrame) -> pl.DataFrame:
    return drugs.filter(pl.col("ingredient").is_not_null())
