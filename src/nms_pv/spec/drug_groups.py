"""The groups of drugs that are compared, joined from the drug table at the measure and stored nowhere else."""

from dataclasses import dataclass

import polars as pl

from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.canonical import FORMULATION

ALL = ("all", "all")
ALWAYS_SHOWN = ["generation", "formulation"]


@dataclass(frozen=True)
class Groups:
    """Groups by number, and the groups that an ingredient in a form belongs to."""

    names: pl.DataFrame
    members: pl.DataFrame

    @property
    def number_of_all(self) -> int:
        """The number of the group of all reports."""
        return self.names.row(by_predicate=pl.col("group_kind") == ALL[0], named=True)["group_no"]


def drug_groups(table: DrugTable, generations: Generations) -> Groups:
    """The groups of every listed ingredient, disputed generations settled as `generations` says."""
    members = pl.DataFrame(
        [
            (drug.ingredient, formulation, *group)
            for drug in table.drugs.values()
            for formulation in FORMULATION
            for group in _groups_of(drug, formulation, generations)
        ],
        schema={"ingredient": pl.String, "formulation": pl.Enum(list(FORMULATION)), "group_kind": pl.String, "group": pl.String},
        orient="row",
    )
    kind_and_group = ["group_kind", "group"]
    everything = pl.DataFrame([ALL], schema=kind_and_group, orient="row")
    names = pl.concat([everything, members.select(kind_and_group).unique().sort(kind_and_group)]).with_row_index("group_no")
    return Groups(names, members.join(names, on=kind_and_group).select("ingredient", "formulation", "group_no"))


def _groups_of(drug: Drug, formulation: str, generations: Generations) -> list[tuple[str, str]]:
    groups = [("ingredient", drug.ingredient)]
    if drug.blocks_or_depletes_dopamine:
        groups.append(("chemical_class", drug.chemical_class))
    generation = drug.generation_under(generations)
    if generation:
        groups.append(("generation", generation))
    if drug.is_antipsychotic:
        groups.append(("formulation", formulation))
    return groups
