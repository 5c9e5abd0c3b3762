"""labels and exposure -> numbers of distinct reports by group, by pairs of groups, and by stratum.

A comparison lives in a universe of reports: all of them, or those that name an antipsychotic. Its group `all` is everyone in
it. As in measures/reports/tally.py, settings are sums of tallies, and the tallies of parts add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from nms_pv.spec.drug_groups import ALL, Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations

STRATUM = ["age", "sex", "year"]
CELL = ["group_no", "role_rank", "is_representative", *STRATUM]
PAIR_CELL = ["group_no", "other_no", "role_rank", "is_representative"]
OUTSIDER_CELL = ["group_no", "role_rank", "is_representative"]
RESTRICTED_CELL = ["indication", "group_no", "role_rank", "is_representative"]
UNKNOWN = "unknown"
_OTHER = [pl.col("subject_id"), pl.col("group_no").alias("other_no"), pl.col("role_rank").alias("other_rank")]
_WEAKER = pl.max_horizontal("role_rank", "other_rank")


@dataclass(frozen=True)
class Counted:
    """Numbers `n` of distinct reports by cell: all of them, and by `definition` those that meet it."""

    reports: pl.DataFrame
    cases: pl.DataFrame


@dataclass(frozen=True)
class Universe:
    """The groups that are compared within one universe; `reference` is what a group of it is compared with."""

    groups: Groups
    reference: str | None
    is_everyone: bool


@dataclass(frozen=True)
class Part:
    """One part as it was written: who, which ingredients, which indications, and who meets which definition."""

    universe: pl.DataFrame
    ingredients: pl.DataFrame
    indications: pl.DataFrame
    met: pl.DataFrame


def all_reports(table: DrugTable, generations: Generations) -> Universe:
    """Every report; a group is compared with all other reports."""
    return Universe(drug_groups(table, generations), None, is_everyone=True)


def antipsychotic_reports(table: DrugTable, generations: Generations) -> Universe:
    """Reports that name an antipsychotic; a group, of its members that are antipsychotics, is compared with the other ones."""
    antipsychotics = {name: drug for name, drug in table.drugs.items() if drug.is_antipsychotic}
    groups = drug_groups(replace(table, drugs=antipsychotics), generations)
    member = groups.members.select("ingredient", "formulation").unique()
    everyone = member.with_columns(group_no=pl.lit(groups.number_of_all, groups.members.schema["group_no"]))
    members = pl.concat([groups.members, everyone])
    return Universe(replace(groups, members=members), "other antipsychotics", is_everyone=False)


def memberships(part: Part, universe: Universe) -> pl.DataFrame:
    """One row for each report and group it belongs to: CELL, `subject_id`; `role_rank` 0 is primary, 1 secondary, 2 any other."""
    described = part.universe.select("subject_id", "is_representative", *_strata())
    rank = pl.col("role").to_physical().cast(pl.Int8).alias("role_rank")
    named = (
        part.ingredients.join(universe.groups.members, on=["ingredient", "formulation"])
        .group_by("subject_id", "group_no")
        .agg(rank.min())
    )
    if universe.is_everyone:
        # Every report has a suspect drug, so it belongs to the group of all reports whatever roles are counted.
        everyone = described.select(
            "subject_id",
            pl.lit(universe.groups.number_of_all, named.schema["group_no"]).alias("group_no"),
            pl.lit(0, pl.Int8).alias("role_rank"),
        )
        named = pl.concat([everyone, named])
    return named.join(described, on="subject_id")


def _strata() -> list[pl.Expr]:
    """Age band, sex and year of receipt as text; `unknown` is a level of its own."""
    return [
        pl.col("age_band").alias("age"),
        pl.col("sex").cast(pl.String),
        pl.col("received_year").cast(pl.String).fill_null(UNKNOWN).alias("year"),
    ]


def of_groups(members: pl.DataFrame, part: Part) -> Counted:
    """Reports by group and stratum."""
    return _counted(members, part, CELL)


def by_indication(members: pl.DataFrame, part: Part) -> Counted:
    """Reports by group and group of indications; a report that states several counts in each."""
    return _counted(members.join(part.indications, on="subject_id"), part, RESTRICTED_CELL)


def pairs_of_kind(members: pl.DataFrame, universe: Universe, part: Part) -> Counted:
    """Reports that name both groups of a pair of one kind, in the weaker role of both."""
    kinds = members.join(universe.groups.names.filter(pl.col("group_kind") != ALL[0]), on="group_no")
    return _pairs(kinds.join(kinds.select(*_OTHER, "group_kind"), on=["subject_id", "group_kind"]), part)


def pairs_with(members: pl.DataFrame, others: Sequence[int], part: Part) -> Counted:
    """Reports that name a group and one of these, in the weaker role of both."""
    named = members.filter(pl.col("group_no").is_in(list(others)))
    return _pairs(members.join(named.select(*_OTHER), on="subject_id"), part)


def with_outsiders(members: pl.DataFrame, universe: Universe, part: Part) -> Counted:
    """Reports that name a group and, outside it, another ingredient of the universe, in the weaker role of both."""
    rank = pl.col("role").to_physical().cast(pl.Int8).alias("other_rank")
    listed = universe.groups.members.select("ingredient", "formulation").unique()
    named = part.ingredients.join(listed, on=["ingredient", "formulation"]).select(
        "subject_id", "ingredient", "formulation", rank
    )
    outside = (
        members.filter(pl.col("group_no") != universe.groups.number_of_all)
        .join(named, on="subject_id")
        .join(universe.groups.members, on=["group_no", "ingredient", "formulation"], how="anti")
        .group_by("subject_id", "group_no", "role_rank", "is_representative")
        .agg(pl.col("other_rank").min())
    )
    return _counted(outside.with_columns(role_rank=_WEAKER), part, OUTSIDER_CELL)


def add_up(parts: Sequence[Counted]) -> Counted:
    """The numbers of all parts together."""
    return Counted(_sum([part.reports for part in parts]), _sum([part.cases for part in parts]))


def _pairs(rows: pl.DataFrame, part: Part) -> Counted:
    pairs = rows.filter(pl.col("group_no") != pl.col("other_no"))
    return _counted(pairs.with_columns(role_rank=_WEAKER), part, PAIR_CELL)


def _counted(rows: pl.DataFrame, part: Part, cell: list[str]) -> Counted:
    n = pl.len().cast(pl.Int64).alias("n")
    return Counted(rows.group_by(cell).agg(n), rows.join(part.met, on="subject_id").group_by("definition", *cell).agg(n))


def _sum(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    every = pl.concat(frames)
    return every.group_by(pl.exclude("n")).agg(pl.col("n").sum())
