"""A drug table of a few ingredients and settings to go with it."""

from nms_pv.spec.drugs import Drug, DrugTable, NameRules
from nms_pv.spec.params import Generations, Main

# ingredient, chemical class, generation, generation_alternative, role
DRUGS = [
    ("haloperidol", "butyrophenone", "FGA", None, "antipsychotic"),
    ("risperidone", "benzisoxazole", "SGA", None, "antipsychotic"),
    ("amisulpride", "benzamide", "SGA", "FGA", "antipsychotic"),
    ("aripiprazole", "quinolinone", "TGA", None, "antipsychotic"),
    ("metoclopramide", "benzamide", None, None, "da_antagonist_gi"),
    ("biperiden", "anticholinergic", None, None, "anticholinergic"),
]
TABLE_GENERATIONS = Generations(disputed="table", third="own")
VERSION = "simulated:0123456789ab"
MAIN = Main(definition="pt_only", roles="ps+ss", duplicates="collapsed")


def drug_table() -> DrugTable:
    drugs = {
        ingredient: Drug(ingredient, (ingredient.upper(),), (), chemical_class, generation, alternative, None, (role,))
        for ingredient, chemical_class, generation, alternative, role in DRUGS
    }
    names = NameRules(salts=[], long_acting_salts=[], forms=[], long_acting_words=[])
    return DrugTable(drugs, {name.upper(): (name,) for name in drugs}, frozenset(), names)
