"""`study/measurements.yaml`, `study/units.csv`: unit of each measurement, what is believed, and which values say something."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from nms_pv.spec.strict import Strict, StudyError, load_yaml


class _Rule(Strict):
    concept_set: str
    element: str
    unit: str
    default_upper_limit: float | None = Field(gt=0)
    believed_low: float
    believed_high: float
    note: str


class MultipleOfUpperLimit(_Rule):
    """Present where a value is at least `factor` times the upper limit of normal (the recorded one, else the default)."""

    kind: Literal["multiple_of_upper_limit"]
    default_upper_limit: float = Field(gt=0)
    factor: float = Field(ge=1)


class AboveUpperLimit(_Rule):
    """Present where a value is above the upper limit of normal (the recorded one, else the default)."""

    kind: Literal["above_upper_limit"]
    default_upper_limit: float = Field(gt=0)


class AboveOnOccasions(_Rule):
    """Present where values on at least so many occasions are above `above`."""

    kind: Literal["above_on_occasions"]
    above: float
    occasions: int = Field(ge=1)


MeasurementRule = MultipleOfUpperLimit | AboveUpperLimit | AboveOnOccasions


class _Measurements(Strict):
    measurements: list[Annotated[MeasurementRule, Field(discriminator="kind")]]


def load_measurements(study: Path) -> dict[str, MeasurementRule]:
    """Read the rule of each measurement by its concept set.

    Raises
    ------
    StudyError
        When the file is not as declared, a set stands there twice, or nothing lies in a believed range.

    """
    path = study / "measurements.yaml"
    rules: dict[str, MeasurementRule] = {}
    for rule in load_yaml(path, _Measurements).measurements:
        if rule.concept_set in rules:
            raise StudyError(f"{path}: {rule.concept_set!r} stands there twice; keep one")
        if rule.believed_low >= rule.believed_high:
            raise StudyError(
                f"{path}: {rule.concept_set!r}: believed_low {rule.believed_low} is not below believed_high {rule.believed_high}"
            )
        rules[rule.concept_set] = rule
    return rules


@dataclass(frozen=True)
class UnitFactor:
    """One unit that a measurement is recorded in: value in our unit = value * factor + offset."""

    concept_set: str
    unit: str
    factor: float
    offset: float


def load_units(study: Path) -> list[UnitFactor]:
    """Read the units of every measurement; an empty unit means that none is recorded.

    Raises
    ------
    StudyError
        For a factor or offset that is no number, or a unit listed twice (upper and lower case are the same) for one set.

    """
    path = study / "units.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    units: dict[tuple[str, str], UnitFactor] = {}
    for number, row in enumerate(rows, start=2):
        here = (row["concept_set"], row["unit"].lower())
        if here in units:
            raise StudyError(
                f"{path}, line {number}: unit {row['unit']!r} stands twice under {row['concept_set']!r}; keep one row"
            )
        try:
            factor, offset = float(row["factor"]), float(row["offset"])
        except ValueError as error:
            raise StudyError(f"{path}, line {number}: factor and offset must be numbers: {error}") from error
        units[here] = UnitFactor(row["concept_set"], row["unit"], factor, offset)
    return list(units.values())
