"""The groups of antipsychotics that stand in the grid."""

import polars as pl

from nms_pv.spec.drug_groups import ALL, Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.canonical import FORMULATION

ANTIPSYCHOTIC = ("antipsychotic", "antipsychotic")
KINDS = ["group_kind", "group"]


def antipsychotics(drugs: DrugTable) -> list[str]:
    """The ingredients with the role antipsychotic, in order."""
    return sorted(drug.ingredient for drug in drugs.drugs.values() if drug.is_antipsychotic)


def antipsychotic_groups(drugs: DrugTable, generations: Generations) -> Groups:
    """All reports, any antipsychotic, each generation, and each antipsychotic ingredient."""
    known = with_antipsychotic(drug_groups(drugs, generations), drugs)
    is_wide = pl.col("group_kind").is_in([ALL[0], ANTIPSYCHOTIC[0], "generation"])
    is_listed = (pl.col("group_kind") == "ingredient") & pl.col("group").is_in(antipsychotics(drugs))
    names = known.names.filter(is_wide | is_listed)
    return Groups(names, known.members.join(names, on="group_no", how="semi"))


def with_antipsychotic(groups: Groups, drugs: DrugTable) -> Groups:
    """The groups, and after them that of any antipsychotic."""
    number = pl.lit(groups.names.height, groups.names.schema["group_no"]).alias("group_no")
    added = pl.DataFrame([ANTIPSYCHOTIC], schema=KINDS, orient="row").select(number, *KINDS)
    ingredients = pl.DataFrame({"ingredient": antipsychotics(drugs)}, schema={"ingredient": pl.String})
    forms = pl.DataFrame({"formulation": list(FORMULATION)}, schema={"formulation": groups.members.schema["formulation"]})
    members = ingredients.join(forms, how="cross").with_columns(number)
    return Groups(pl.concat([groups.names, added]), pl.concat([groups.members, members]))
