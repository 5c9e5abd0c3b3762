"""Which pairs of drugs are looked at, and in how many reports and cases they stand alone and together."""

from dataclasses import dataclass
from itertools import combinations

import polars as pl

from nms_pv.measures.adjusted.covariates import kinds_of
from nms_pv.spec.drugs import GENERATIONS, DrugTable
from nms_pv.spec.params import Generations

FEWEST_TOGETHER = 3
ANTIPSYCHOTIC = "antipsychotic"
PARTNERS = ["lithium", "serotonergic", "anticholinergic", "benzodiazepine", "metoclopramide"]
SEVERAL, ONE = "two or more antipsychotics", "one antipsychotic"
_COUNTS = ["cases", "reports"]
_PAIR = ["first", "second"]


@dataclass(frozen=True)
class Together:
    """Numbers `cases` and `reports`: of all, by factor, by pair of factors, and by how many antipsychotics.

    A factor is an ingredient, a generation, or a kind of drug: reports that name it in any role.
    """

    everyone: pl.DataFrame
    alone: pl.DataFrame
    pairs: pl.DataFrame
    several: pl.DataFrame


def factors(drugs: DrugTable, generations: Generations) -> pl.DataFrame:
    """Columns ingredient and factor: itself, its generation, and its kinds of co-medication (`covariates.kinds_of`)."""
    rows = [
        (drug.ingredient, factor)
        for drug in drugs.drugs.values()
        for factor in {drug.ingredient, drug.generation_under(generations), *kinds_of(drug)} - {None}
    ]
    return pl.DataFrame(rows, schema=["ingredient", "factor"], orient="row").sort("ingredient", "factor")


def kind_pairs() -> pl.DataFrame:
    """Pairs that are always shown: each of `PARTNERS` with antipsychotics and their generations, and two generations."""
    with_kinds = [(partner, second) for partner in PARTNERS for second in (ANTIPSYCHOTIC, *GENERATIONS)]
    return pl.DataFrame([*with_kinds, *combinations(GENERATIONS, 2)], schema=_PAIR, orient="row")


def ingredient_pairs(drugs: DrugTable) -> pl.DataFrame:
    """Pairs of a listed ingredient and an antipsychotic; two antipsychotics in the order of the alphabet."""
    pairs = [
        (first.ingredient, second.ingredient)
        for first in drugs.drugs.values()
        for second in drugs.drugs.values()
        if second.is_antipsychotic and (first.ingredient < second.ingredient if first.is_antipsychotic else True)
    ]
    return pl.DataFrame(pairs, schema=_PAIR, orient="row")


def tally_part(reports: pl.DataFrame, ingredients: pl.DataFrame, drugs: DrugTable, generations: Generations) -> Together:
    """Tally one part.

    Parameters
    ----------
    reports
        Columns subject_id and is_case: the reports that count.
    ingredients
        Columns subject_id and ingredient, named in any role; one row for each.
    """
    named = ingredients.select("subject_id", "ingredient").join(reports.select("subject_id", "is_case"), on="subject_id")
    has = named.join(factors(drugs, generations), on="ingredient").select("subject_id", "is_case", "factor").unique()
    wanted = pl.concat([kind_pairs(), ingredient_pairs(drugs)]).unique()
    side_by_side = (
        has.rename({"factor": "first"})
        .join(has.select("subject_id", second="factor"), on="subject_id")
        .join(wanted, on=_PAIR, how="semi")
    )
    antipsychotics = [drug.ingredient for drug in drugs.drugs.values() if drug.is_antipsychotic]
    how_many = named.filter(pl.col("ingredient").is_in(antipsychotics)).group_by("subject_id", "is_case").len()
    several = pl.when(pl.col("len") > 1).then(pl.lit(SEVERAL)).otherwise(pl.lit(ONE))
    return Together(
        everyone=_counted(reports, []),
        alone=_counted(has, ["factor"]),
        pairs=_counted(side_by_side, _PAIR),
        several=_counted(how_many.with_columns(group=several), ["group"]),
    )


def add_up(parts: list[Together]) -> Together:
    """The tally of all parts together."""
    return Together(
        everyone=pl.concat([part.everyone for part in parts]).sum(),
        alone=_summed([part.alone for part in parts], ["factor"]),
        pairs=_summed([part.pairs for part in parts], _PAIR),
        several=_summed([part.several for part in parts], ["group"]),
    )


def pair_cells(together: Together) -> pl.DataFrame:
    """Cells x11, n11, ..., n00 of every pair that is shown, and `group` (`lithium + haloperidol`).

    Those of `kind_pairs`, and pairs of ingredients that at least `FEWEST_TOGETHER` reports name together.
    """
    cases, reports = together.everyone.row(0)
    always = kind_pairs().with_columns(always=pl.lit(True))
    both = together.pairs.join(always, on=_PAIR, how="full", coalesce=True)
    return (
        both.filter(pl.col("always").fill_null(False) | (pl.col("reports") >= FEWEST_TOGETHER))
        .join(together.alone.rename({"factor": "first"}), on="first", how="left", suffix="_first")
        .join(together.alone.rename({"factor": "second"}), on="second", how="left", suffix="_second")
        .with_columns(pl.col(r"^(cases|reports).*$").fill_null(0))
        .select(
            group=pl.col("first") + " + " + pl.col("second"),
            x11="cases",
            n11="reports",
            x10=pl.col("cases_first") - pl.col("cases"),
            n10=pl.col("reports_first") - pl.col("reports"),
            x01=pl.col("cases_second") - pl.col("cases"),
            n01=pl.col("reports_second") - pl.col("reports"),
            x00=cases - pl.col("cases_first") - pl.col("cases_second") + pl.col("cases"),
            n00=reports - pl.col("reports_first") - pl.col("reports_second") + pl.col("reports"),
        )
        .sort("group")
    )


def polypharmacy_cells(together: Together) -> pl.DataFrame:
    """One row: cases a of n1 reports that name two or more antipsychotics, and c of n0 that name one."""
    counts = {group: (cases, reports) for group, cases, reports in together.several.iter_rows()}
    (a, n1), (c, n0) = (counts.get(group, (0, 0)) for group in (SEVERAL, ONE))
    return pl.DataFrame({"a": [a], "n1": [n1], "c": [c], "n0": [n0]})


def _counted(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    counts = [pl.col("is_case").sum().cast(pl.Int64).alias("cases"), pl.len().cast(pl.Int64).alias("reports")]
    return rows.group_by(by).agg(counts) if by else rows.select(counts)


def _summed(frames: list[pl.DataFrame], by: list[str]) -> pl.DataFrame:
    return pl.concat(frames).group_by(by).agg(pl.col(*_COUNTS).sum()).sort(by)
