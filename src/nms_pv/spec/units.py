"""`study/units.csv`: the units a measurement is recorded in, and how each becomes ours (by the library Pint)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pint import UndefinedUnitError, UnitRegistry
from pint.errors import PintError

from nms_pv.spec.measurements import Quantity
from nms_pv.spec.strict import StudyError


@dataclass(frozen=True)
class UnitFactor:
    """One unit that a measurement is recorded in: value in our unit = value * factor + offset."""

    concept_set: str
    unit: str
    factor: float
    offset: float


def load_units(study: Path, quantities: Mapping[str, Quantity]) -> list[UnitFactor]:
    """Read the units of every measurement; an empty unit means that none is recorded.

    Raises
    ------
    StudyError
        For a unit of an unknown measurement, one listed twice for one measurement (upper and lower case are the same), one that
        Pint does not know or that is of another dimension than ours, and for a measurement whose own unit is not listed.

    """
    path = study / "units.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    strangers = sorted({row["concept_set"] for row in rows} - set(quantities))
    if strangers:
        raise StudyError(f"{path}: {strangers} are no sets of {study / 'measurements.yaml'}")
    meaning: dict[tuple[str, str], str] = {}
    for number, row in enumerate(rows, start=2):
        here = (row["concept_set"], row["unit"].lower())
        if here in meaning:
            raise StudyError(
                f"{path}, line {number}: unit {row['unit']!r} stands twice under {row['concept_set']!r}; keep one row"
            )
        meaning[here] = row["pint"]
    ours = {name: meaning.get((name, quantity.unit.lower())) for name, quantity in quantities.items()}
    missing = sorted(name for name, unit in ours.items() if unit is None)
    if missing:
        raise StudyError(f"{path}: our own unit of {missing} in {study / 'measurements.yaml'} is not listed")
    registry: UnitRegistry[float] = UnitRegistry()
    return [
        _factor(registry, f"{path}, line {number}", row, str(ours[row["concept_set"]]))
        for number, row in enumerate(rows, start=2)
    ]


def _factor(registry: UnitRegistry[float], where: str, row: Mapping[str, str], ours: str) -> UnitFactor:
    try:
        at_0, at_1 = (float(registry.Quantity(value, row["pint"]).to(ours).magnitude) for value in (0.0, 1.0))
    except (UndefinedUnitError, PintError, AttributeError) as error:
        raise StudyError(f"{where}: {row['pint']!r} cannot become {ours!r}: {error}") from error
    return UnitFactor(row["concept_set"], row["unit"], at_1 - at_0, at_0)
