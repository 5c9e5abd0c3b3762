"""The groups of drugs that are compared, and the eras of exposure to each."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nms_pv.exposure.cohort.intervals import merge
from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.canonical import FORMULATION
from nms_pv.tables.person_time import STATE

SUBJECT = ["person_id", "group_no"]


@dataclass(frozen=True)
class Groups:
    """Groups by number, and the groups that an ingredient in a form belongs to.

    `names` has columns group_no, group_kind, group; `members` has ingredient, formulation, group_no, is_withdrawal.
    """

    names: pl.DataFrame
    members: pl.DataFrame


def cohort_groups(table: DrugTable, generations: Generations) -> Groups:
    """The groups of every listed ingredient, disputed generations settled as `generations` says."""
    kind_and_group = ["group_kind", "group"]
    members = pl.DataFrame(
        [
            (drug.ingredient, formulation, *group)
            for drug in table.drugs.values()
            for formulation in FORMULATION
            for group in _groups_of(drug, formulation, generations)
        ],
        schema=["ingredient", "formulation", *kind_and_group],
        orient="row",
    )
    states = pl.DataFrame([("generation_state", state) for state in STATE], schema=kind_and_group, orient="row")
    names = (
        pl.concat([members.select(kind_and_group).unique(), states])
        .sort(kind_and_group)
        .select(pl.int_range(pl.len(), dtype=pl.Int32).alias("group_no"), *kind_and_group)
    )
    is_withdrawal = (pl.col("group_kind") == "withdrawal").alias("is_withdrawal")
    numbered = members.join(names, on=kind_and_group, maintain_order="left")
    return Groups(names, numbered.select("ingredient", "formulation", "group_no", is_withdrawal))


def group_eras(
    eras: "nw.LazyFrame[Any]", groups: "nw.LazyFrame[Any]", gap_days: int, withdrawal_days: int
) -> "nw.LazyFrame[Any]":
    """Eras of exposure to each group; for withdrawal groups, the days after the drug was stopped.

    Parameters
    ----------
    eras
        Columns person_id, ingredient, formulation, start_day, end_day of `exposure/eras`, built with the same gap.
    groups
        `Groups.members`.
    gap_days
        Persistence gap: largest start - latest end so far that still joins, whatever the members of the group.
    withdrawal_days
        Days after the last day of an era of a withdrawal group; they end the day before it is taken again.

    Returns
    -------
    Columns person_id, group_no, start_day, end_day (included), disjoint within a person and group.

    """
    exposed = _eras_of(eras, groups.filter(~nw.col("is_withdrawal")), gap_days)
    taken = _eras_of(eras, groups.filter(nw.col("is_withdrawal")), gap_days)
    next_start = nw.col("start_day").shift(-1).over("person_id", "group_no", order_by=["start_day"])
    stopped = taken.with_columns(next_start=next_start).select(
        *SUBJECT,
        start_day=nw.col("end_day") + 1,
        end_day=nw.min_horizontal(nw.col("end_day") + withdrawal_days, nw.col("next_start") - 1),
    )
    return nw.concat([exposed, stopped.filter(nw.col("start_day") <= nw.col("end_day"))])


def _eras_of(eras: "nw.LazyFrame[Any]", members: "nw.LazyFrame[Any]", gap_days: int) -> "nw.LazyFrame[Any]":
    of_members = eras.join(members, on=["ingredient", "formulation"], how="inner")
    return merge(of_members, SUBJECT, gap_days).select(*SUBJECT, "start_day", "end_day")


def _groups_of(drug: Drug, formulation: str, generations: Generations) -> list[tuple[str, str]]:
    groups = []
    if drug.blocks_or_depletes_dopamine:
        groups += [("ingredient", drug.ingredient), ("chemical_class", drug.chemical_class)]
    if drug.is_antipsychotic:
        groups += [("antipsychotic", "antipsychotic"), ("formulation", formulation)]
    generation = drug.generation_under(generations)
    if generation:
        groups.append(("generation", generation))
    if "withdrawal" in drug.relations:
        groups.append(("withdrawal", drug.ingredient))
    return groups
