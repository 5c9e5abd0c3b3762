"""The groups of drugs whose exposed days are compared with other days of the same persons, and their eras."""

import polars as pl

from nms_pv.measures.own_control.spans import Spans, day_numbers, merged
from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.canonical import FORMULATION

MEMBER = ["ingredient", "formulation"]
ANTIPSYCHOTIC = ("antipsychotic", "antipsychotic")
# Kinds that are fitted under every definition; the others under the main one.
WIDE = ["antipsychotic", "generation"]


def members(table: DrugTable, generations: Generations) -> pl.DataFrame:
    """One row for each group and each ingredient in a form that belongs to it: group_kind, group, ingredient, formulation."""
    rows = [
        (*group, drug.ingredient, formulation)
        for drug in table.drugs.values()
        for formulation in FORMULATION
        for group in _groups_of(drug, formulation, generations)
    ]
    found = pl.DataFrame(rows, schema=["group_kind", "group", *MEMBER], orient="row")
    return found.with_columns(pl.col("formulation").cast(pl.Enum(list(FORMULATION))))


def taken_groups(members: pl.DataFrame, eras: pl.DataFrame) -> list[tuple[str, str]]:
    """The groups that anybody with an episode took, and always the wide ones."""
    taken = members.join(eras, on=MEMBER, how="semi")
    wide = members.filter(pl.col("group_kind").is_in(WIDE))
    kind_and_group = pl.concat([taken, wide]).select("group_kind", "group").unique().sort("group_kind", "group")
    return [(kind, group) for kind, group in kind_and_group.iter_rows()]


def eras_of(members: pl.DataFrame, eras: pl.DataFrame, group: tuple[str, str], gap_days: int) -> tuple[Spans, Spans]:
    """Eras of the group, and of all antipsychotics that do not belong to it; eras at most `gap_days` apart are one.

    Parameters
    ----------
    members
        As of `members`.
    eras
        Columns person (number), ingredient, formulation, start_day, end_day.
    group
        Its kind and name.
    gap_days
        Persistence gap, as for `exposure/eras`.

    """
    kind, name = group
    of_group = members.filter(group_kind=kind, group=name)
    others = members.filter(group_kind="antipsychotic").join(of_group, on=MEMBER, how="anti")
    here, there = (_merged(eras.join(chosen, on=MEMBER, how="semi"), gap_days) for chosen in (of_group, others))
    return here, there


def _merged(eras: pl.DataFrame, gap_days: int) -> Spans:
    return merged(day_numbers(eras["person"], eras["start_day"]), day_numbers(eras["person"], eras["end_day"]), gap_days)


def _groups_of(drug: Drug, formulation: str, generations: Generations) -> list[tuple[str, str]]:
    groups = []
    if drug.blocks_or_depletes_dopamine:
        groups.append(("ingredient", drug.ingredient))
    if drug.is_antipsychotic:
        groups += [ANTIPSYCHOTIC, ("formulation", formulation)]
    generation = drug.generation_under(generations)
    if generation:
        groups.append(("generation", generation))
    if "withdrawal" in drug.relations:
        groups.append(("withdrawal", drug.ingredient))
    return groups
