"""The files of the study that say how records of a common data model are read."""

from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.concept_sets import ConceptCode, load_concept_sets
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.long_acting import LongActingProduct, load_long_acting
from nms_pv.spec.measurements import Quantity, load_measurements
from nms_pv.spec.strict import StudyError
from nms_pv.spec.units import UnitFactor, load_units


@dataclass(frozen=True)
class CohortStudy:
    """What is looked for in a common data model, and how it is read."""

    drugs: DrugTable
    concept_sets: list[ConceptCode]
    quantities: dict[str, Quantity]
    units: list[UnitFactor]
    long_acting: list[LongActingProduct]


def load_cohort_study(study: Path) -> CohortStudy:
    """Read the drug table, the concept sets, the quantities and their units, and the long-acting products.

    Raises
    ------
    StudyError
        When one of the files is not as declared, or two of them contradict each other.

    """
    drugs = load_drugs(study)
    sets, quantities = load_concept_sets(study), load_measurements(study).quantities
    measured = {code.concept_set for code in sets if code.domain == "measurement"}
    if measured != set(quantities):
        raise StudyError(
            f"{study / 'measurements.yaml'}: its quantities must be the measurement sets of {study / 'concept_sets.csv'}; only "
            f"one of them has {sorted(measured ^ set(quantities))}"
        )
    renamed = sorted({code.concept_set for code in sets if code.domain == "measurement" and code.element != code.concept_set})
    if renamed:
        raise StudyError(
            f"{study / 'concept_sets.csv'}: the element of a measurement set is the set itself, but not that of {renamed}; which "
            f"values mean a clinical element stands in {study / 'measurements.yaml'}"
        )
    return CohortStudy(drugs, sets, quantities, load_units(study, quantities), load_long_acting(study, drugs))
