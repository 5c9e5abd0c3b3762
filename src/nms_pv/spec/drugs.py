"""`study/drugs.csv` and `study/drug_names.yaml`: which names mean which ingredient, and what each ingredient is."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from nms_pv.spec.params import Generations
from nms_pv.spec.strict import Strict, StudyError, load_yaml

GENERATIONS = ("FGA", "SGA", "TGA")

# A role of study/drugs.csv and the relation to NMS that it gives a drug course (tables/evidence.py says what each means).
RELATION_OF_ROLE = {
    "antipsychotic": "antagonist",
    "da_antagonist_antiemetic": "antagonist",
    "da_antagonist_gi": "antagonist",
    "da_antagonist_other": "antagonist",
    "da_depleter": "depleter",
    "da_withdrawal": "withdrawal",
    "serotonergic": "serotonergic",
    "serotonergic_weak": "serotonergic",
    "mh_trigger": "mh_trigger",
    "anticholinergic": "anticholinergic",
    "tx_specific": "treatment",
    "tx_dopaminergic": "treatment",
    "tx_benzodiazepine": "treatment",
    "tx_supportive": "treatment",
    "tx_serotonin": "treatment",
    "other_implicated": "other_implicated",
    "stimulant": "other_implicated",
    "gaba_withdrawal": "other_implicated",
    "withdrawal_confounder": "other_implicated",
    "rhabdo_confounder": "other_implicated",
    "hyperthermia_confounder": "other_implicated",
}
ROLE_WITHOUT_RELATION = "none_control"


class NameRules(Strict):
    """How a reported name is cleaned before it is looked up (`study/drug_names.yaml`)."""

    salts: list[str]
    long_acting_salts: list[str]
    forms: list[str]
    long_acting_words: list[str]


@dataclass(frozen=True)
class Drug:
    """One ingredient of the drug table."""

    ingredient: str
    names: tuple[str, ...]
    long_acting_names: tuple[str, ...]
    chemical_class: str
    generation: str | None
    generation_alternative: str | None
    potency: str | None
    roles: tuple[str, ...]
    atc: str | None = None

    @property
    def is_antipsychotic(self) -> bool:
        """Does it have the role antipsychotic?"""
        return "antipsychotic" in self.roles

    @property
    def relations(self) -> list[str]:
        """Its relations to NMS, each once, in order of its roles."""
        return list(dict.fromkeys(RELATION_OF_ROLE[role] for role in self.roles if role != ROLE_WITHOUT_RELATION))

    @property
    def blocks_or_depletes_dopamine(self) -> bool:
        """Can it trigger NMS by itself: antagonist or depleter?"""
        return bool({"antagonist", "depleter"} & set(self.relations))

    def generation_under(self, settings: Generations) -> str | None:
        """Its generation once disputes are settled as `settings` says."""
        chosen = self.generation
        if settings.disputed == "alternative" and self.generation_alternative:
            chosen = self.generation_alternative
        if settings.third == "second" and chosen == "TGA":
            chosen = "SGA"
        return chosen if self.is_antipsychotic and chosen in GENERATIONS else None


@dataclass(frozen=True)
class DrugTable:
    """The drug table: ingredients by name, and the ingredients that each listed name or ATC code means."""

    drugs: dict[str, Drug]
    ingredients_of_name: dict[str, tuple[str, ...]]
    long_acting_names: frozenset[str]
    rules: NameRules
    ingredients_of_atc: dict[str, tuple[str, ...]] = field(default_factory=dict)


def load_drugs(study: Path) -> DrugTable:
    """Read the drug table and its name rules from the study folder.

    A combination (column `components`) is no ingredient of its own: its names mean its components.

    Raises
    ------
    StudyError
        For a repeated ingredient, an unknown role, or a component that is not listed.

    """
    path = study / "drugs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    drugs: dict[str, Drug] = {}
    means: dict[str, list[str]] = defaultdict(list)
    atc_means: dict[str, list[str]] = defaultdict(list)
    for number, row in enumerate(rows, start=2):
        ingredient = row["ingredient"]
        if ingredient in drugs:
            raise StudyError(f"{path}, line {number}: ingredient {ingredient!r} stands there twice; keep one row")
        unknown = set(_split(row["roles"])) - {*RELATION_OF_ROLE, ROLE_WITHOUT_RELATION}
        if unknown:
            raise StudyError(f"{path}, line {number}: unknown roles {sorted(unknown)}; known are {sorted(RELATION_OF_ROLE)}")
        names = tuple(name.upper() for name in (ingredient, *_split(row["synonyms"]), *_split(row["brands"])))
        long_acting = tuple(name.upper() for name in _split(row["long_acting_names"]))
        components = _split(row["components"])
        for name in dict.fromkeys((*names, *long_acting)):
            means[name] += components or [ingredient]
        if row["atc"]:
            atc_means[row["atc"]] += components or [ingredient]
        if not components:
            drugs[ingredient] = Drug(
                ingredient=ingredient,
                names=names,
                long_acting_names=long_acting,
                chemical_class=row["chemical_class"],
                generation=row["generation"] or None,
                generation_alternative=row["generation_alternative"] or None,
                potency=row["potency"] or None,
                roles=tuple(_split(row["roles"])),
                atc=row["atc"] or None,
            )
    strangers = sorted({i for found in means.values() for i in found} - set(drugs))
    if strangers:
        raise StudyError(f"{path}: components {strangers} are not listed as ingredients; add a row for each")
    return DrugTable(
        drugs=drugs,
        ingredients_of_name={name: tuple(sorted(set(found))) for name, found in means.items()},
        long_acting_names=frozenset(name for drug in drugs.values() for name in drug.long_acting_names),
        rules=load_yaml(study / "drug_names.yaml", NameRules),
        ingredients_of_atc={code: tuple(sorted(set(found))) for code, found in atc_means.items()},
    )


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
