"""The files of the study that say how records of a common data model are read."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.concept_sets import ConceptCode, load_concept_sets
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.measurements import MeasurementRule, UnitFactor, load_measurements, load_units
from nms_pv.spec.strict import StudyError


@dataclass(frozen=True)
class LongActingProduct:
    """A long-acting product: the names (salt, brands; upper case) that tell it, and the longest interval between doses."""

    product: str
    ingredient: str
    names: tuple[str, ...]
    interval_days: int | None


@dataclass(frozen=True)
class CohortStudy:
    """What is looked for in a common data model, and how it is read."""

    drugs: DrugTable
    concept_sets: list[ConceptCode]
    measurements: dict[str, MeasurementRule]
    units: list[UnitFactor]
    long_acting: list[LongActingProduct]


def load_cohort_study(study: Path) -> CohortStudy:
    """Read the drug table, the concept sets, the rules and units of measurements, and the long-acting products.

    Raises
    ------
    StudyError
        When one of the files is not as declared, or two of them contradict each other.

    """
    drugs = load_drugs(study)
    sets, rules, units = load_concept_sets(study), load_measurements(study), load_units(study)
    elements = {code.concept_set: code.element for code in sets if code.domain == "measurement"}
    ruled = {name: rule.element for name, rule in rules.items()}
    if elements != ruled:
        different = sorted(set(elements.items()) ^ set(ruled.items()))
        raise StudyError(
            f"{study / 'measurements.yaml'}: measurement sets and their elements must be those of "
            f"{study / 'concept_sets.csv'}; they differ in {different}"
        )
    strangers = sorted({unit.concept_set for unit in units} - set(rules))
    if strangers:
        raise StudyError(f"{study / 'units.csv'}: {strangers} are no sets of {study / 'measurements.yaml'}")
    return CohortStudy(drugs, sets, rules, units, load_long_acting(study, drugs))


def load_long_acting(study: Path, drugs: DrugTable) -> list[LongActingProduct]:
    """Read the long-acting products.

    Raises
    ------
    StudyError
        For a product with a name that the drug table does not list among the long-acting names of its ingredient.

    """
    path = study / "long_acting.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    products = []
    for number, row in enumerate(rows, start=2):
        names = tuple(name.strip().upper() for name in row["names"].split("|") if name.strip())
        drug = drugs.drugs.get(row["ingredient"])
        strangers = sorted(set(names) - set(drug.long_acting_names if drug else ()))
        if strangers:
            raise StudyError(
                f"{path}, line {number}: {strangers} are not among the long_acting_names of {row['ingredient']!r} in "
                f"{study / 'drugs.csv'}; add them there, or take them out here"
            )
        interval = int(row["interval_days_max"]) if row["interval_days_max"] else None
        products.append(LongActingProduct(row["product"], row["ingredient"], names, interval))
    return products
