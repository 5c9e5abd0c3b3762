"""How drugs are called: every listed name of the planted ingredients, as active ingredient, salt, brand or depot."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from nms_pv.simulate.faers.background import BACKGROUND_DRUGS
from nms_pv.simulate.faers.chance import Floats, Ints
from nms_pv.simulate.faers.rates import Mix
from nms_pv.spec.drugs import Drug, DrugTable

# Drugs that stand beside the suspect as concomitant; they are in the drug table too.
COMEDICATION = {
    "lorazepam": 4.0,
    "diazepam": 2.0,
    "clonazepam": 2.5,
    "biperiden": 3.0,
    "benzatropine": 2.0,
    "trihexyphenidyl": 2.0,
    "valproic acid": 3.0,
    "lithium": 2.0,
    "sertraline": 1.5,
    "mirtazapine": 1.5,
    "trazodone": 1.5,
    "quetiapine": 2.0,
    "risperidone": 1.5,
    "olanzapine": 1.5,
    "haloperidol": 1.5,
    "aripiprazole": 1.0,
    "simvastatin": 1.0,
    "levothyroxine": 1.0,
}
TREATMENTS = {"dantrolene": 0.28, "bromocriptine": 0.20, "amantadine": 0.06, "lorazepam": 0.18, "paracetamol": 0.12}
SEROTONERGIC_PARTNERS = {"sertraline": 2.0, "fluoxetine": 2.0, "tramadol": 2.0, "linezolid": 1.0, "trazodone": 1.0}

GENERIC_WEIGHT, LONG_ACTING_WEIGHT = 0.5, 0.12
DEPOT_ESTERS = ("DECANOATE", "PALMITATE", "PAMOATE")

# A product is not reported before it is sold (years as recalled; only the look of the input depends on them).
SOLD_SINCE = {
    "ABILIFY ASIMTUFII": 2023,
    "ABILIFY MAINTENA": 2013,
    "ABILIFY MYCITE": 2017,
    "ARISTADA": 2015,
    "ARISTADA INITIO": 2018,
    "ARIPIPRAZOLE LAUROXIL": 2015,
    "BYANNLI": 2021,
    "ERZOFRI": 2024,
    "INVEGA HAFYERA": 2021,
    "INVEGA TRINZA": 2015,
    "LYBALVI": 2021,
    "OKEDI": 2022,
    "PERSERIS": 2018,
    "RYKINDO": 2023,
    "SECUADO": 2019,
    "TREVICTA": 2016,
    "UZEDY": 2023,
    "AUSTEDO XR": 2023,
    "GIMOTI": 2020,
}

# Names that hold more than the ingredient itself: (reported name, active ingredients as joined by the source).
COMPOUND_NAMES = {
    "olanzapine": ("LYBALVI", "OLANZAPINE\\SAMIDORPHAN L-MALATE"),
    "levodopa": ("SINEMET", "CARBIDOPA\\LEVODOPA"),
    "quetiapine": ("QUETIAPINE FUMARATE", "QUETIAPINE\\QUETIAPINE FUMARATE"),
}
COMPOUND_WEIGHT = 0.03

INDICATIONS = {
    "psychiatric": {
        "Schizophrenia": 6,
        "Bipolar disorder": 4,
        "Psychotic disorder": 3,
        "Depression": 2,
        "Agitation": 2,
        "Delirium": 1,
    },
    "nausea": {"Nausea": 4, "Vomiting": 2, "Gastrooesophageal reflux disease": 1},
    "movement": {"Huntington^s disease": 2, "Tardive dyskinesia": 3, "Parkinson^s disease": 3},
    "anaesthesia": {"General anaesthesia": 1},
    "other": {"Anxiety": 3, "Insomnia": 2, "Depression": 3, "Epilepsy": 1, "Pain": 1},
}


@dataclass(frozen=True)
class Catalogue:
    """Name variants: one row a variant, grouped by what they name; `edges` are running sums of weights over all rows."""

    rows: pl.DataFrame
    edges: Floats
    first: dict[str, int]
    last: dict[str, int]

    def draw(self, groups: list[str], group: Ints, rng: np.random.Generator) -> Ints:
        """For each position in `groups`, a row of the catalogue: one of the names of that group, by weight."""
        starts = np.array([self.edges[self.first[name]] for name in groups])
        ends = np.array([self.edges[self.last[name] + 1] for name in groups])
        at = starts[group] + rng.random(len(group)) * (ends - starts)[group]
        lowest = np.array([self.first[name] for name in groups])[group]
        highest = np.array([self.last[name] for name in groups])[group]
        return np.clip(np.searchsorted(self.edges, at, side="right") - 1, lowest, highest).astype(np.int64)


BACKGROUND_GROUP = "(outside the drug table)"


def catalogue(table: DrugTable, mix: Mix, year: int) -> Catalogue:
    """Every name that reports of a year may carry.

    A name that means several ingredients is left out: a report suspects one ingredient of the table at most, or the
    planted odds ratio would not hold.

    Raises
    ------
    ValueError
        When the drug table lacks a drug that stands beside suspects.
    """
    named = [drug.ingredient for drug in mix.drugs]
    others = [name for name in (*COMEDICATION, *TREATMENTS, *SEROTONERGIC_PARTNERS) if name not in named]
    if missing := sorted(set(others) - set(table.drugs)):
        raise ValueError(f"study/drugs.csv lacks {missing}, which the simulator gives beside suspects; add the rows")
    rows = [row for name in dict.fromkeys([*named, *others]) for row in _variants(table.drugs[name], table, year)]
    rows += [
        (BACKGROUND_GROUP, name, drug.ingredient, drug.weight, name == drug.ingredient, False, drug.route, drug.indication)
        for name, drug in BACKGROUND_DRUGS.items()
        if not _is_listed(f"{name}\\{drug.ingredient}", table)
    ]
    columns = ["group", "drugname", "prod_ai", "weight", "is_generic", "is_long_acting", "route", "indication"]
    frame = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
    groups = frame["group"].to_list()
    return Catalogue(
        rows=frame,
        edges=np.r_[0.0, np.cumsum(frame["weight"].to_numpy())],
        first={name: groups.index(name) for name in dict.fromkeys(groups)},
        last={name: number for number, name in enumerate(groups)},
    )


Variant = tuple[str, str, str, float, bool, bool, str, str]


def _variants(drug: Drug, table: DrugTable, year: int) -> list[Variant]:
    generic = drug.ingredient.upper()
    kind = _indications(drug)
    route = "Intravenous (not otherwise specified)" if kind == "anaesthesia" else "Oral"
    usable = [
        name
        for name in dict.fromkeys((*drug.names, *drug.long_acting_names))
        if table.ingredients_of_name[name] == (drug.ingredient,) and len(name) > 4 and SOLD_SINCE.get(name, year) <= year
    ]
    depots = [name for name in usable if name in drug.long_acting_names and name != generic]
    others = [name for name in usable if name not in depots and name != generic]
    rows: list[Variant] = [(drug.ingredient, generic, generic, GENERIC_WEIGHT, True, False, route, kind)]
    for name in others:
        active = name if name.startswith(generic) else generic
        rows.append((drug.ingredient, name, active, (1 - GENERIC_WEIGHT) / len(others), active == name, False, route, kind))
    for name in depots:
        active = name if name.startswith(generic) else _depot_ester(depots, generic)
        rows.append((drug.ingredient, name, active, LONG_ACTING_WEIGHT / len(depots), False, True, "Intramuscular", kind))
    if drug.ingredient in COMPOUND_NAMES and SOLD_SINCE.get(COMPOUND_NAMES[drug.ingredient][0], year) <= year:
        rows.append((drug.ingredient, *COMPOUND_NAMES[drug.ingredient], COMPOUND_WEIGHT, False, False, route, kind))
    return rows


def _is_listed(names: str, table: DrugTable) -> bool:
    """Does one of the names joined by a backslash begin like a listed name, so that it might be coded?"""
    return any(f"{name} ".startswith(f"{listed} ") for name in names.split("\\") for listed in table.ingredients_of_name)


def _depot_ester(depots: list[str], generic: str) -> str:
    """The ester that the source gives as active ingredient of a depot brand, where the table lists one."""
    return next((name for name in depots if name.startswith(generic) and name.split()[-1] in DEPOT_ESTERS), generic)


def _indications(drug: Drug) -> str:
    if drug.is_antipsychotic and "da_antagonist_antiemetic" not in drug.roles:
        return "psychiatric"
    if {"da_antagonist_antiemetic", "da_antagonist_gi"} & set(drug.roles):
        return "nausea"
    if {"depleter", "withdrawal"} & set(drug.relations):
        return "movement"
    return "anaesthesia" if "mh_trigger" in drug.relations else "other"
