"""`study/measurements.yaml`: what is measured, in which unit, what is believed, and which values mean a clinical element."""

from pathlib import Path
from typing import Self

import polars as pl
from pydantic import Field, model_validator

from nms_pv.spec.strict import Strict, StudyError, load_yaml

# As values and limits are rounded to in `canonical/measurements`: arithmetic leaves an error in the last digits.
DECIMALS = 6
COMPARISONS = {
    "above": "above {} {unit}",
    "at_least": "at least {} {unit}",
    "below": "below {} {unit}",
    "above_times_upper_limit": "above {} x upper limit of normal",
    "at_least_times_upper_limit": "at least {} x upper limit of normal",
    "above_times_baseline": "above {} x baseline",
    "at_least_times_baseline": "at least {} x baseline",
    "above_baseline_by": "more than {} {unit} above baseline",
    "change_within_24_h": "changing by at least {} {unit} within 24 hours",
}


class Quantity(Strict):
    """One measured quantity: values outside the believed range, in our unit, are slips of unit or typing."""

    concept_set: str
    unit: str
    default_upper_limit: float | None = Field(default=None, gt=0)
    believed_low: float
    believed_high: float
    note: str

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.believed_low >= self.believed_high:
            raise ValueError(f"believed_low {self.believed_low} is not below believed_high {self.believed_high}")
        return self


class MeasuredTest(Strict):
    """What is asked of a measured quantity: exactly one comparison, met on so many occasions and on so many days.

    An occasion is a time, or a day without time. The upper limit is the recorded one, else the default of the quantity.
    """

    of: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    above_times_upper_limit: float | None = Field(default=None, ge=1)
    at_least_times_upper_limit: float | None = Field(default=None, ge=1)
    above_times_baseline: float | None = Field(default=None, gt=1)
    at_least_times_baseline: float | None = Field(default=None, gt=1)
    above_baseline_by: float | None = Field(default=None, gt=0)
    change_within_24_h: float | None = Field(default=None, gt=0)
    occasions: int = Field(default=1, ge=1)
    days: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if len(self.model_fields_set & set(COMPARISONS)) != 1:
            raise ValueError(f"a test has exactly one of {', '.join(COMPARISONS)}")
        return self

    @property
    def comparison(self) -> str:
        """Which comparison it makes."""
        return next(name for name in COMPARISONS if name in self.model_fields_set)

    @property
    def size(self) -> float:
        """The number it compares with."""
        return float(getattr(self, self.comparison))

    @property
    def stands_alone(self) -> bool:
        """Whether a value can be judged without other values of the person."""
        return "baseline" not in self.comparison and "change" not in self.comparison

    def meets(self) -> pl.Expr:
        """Whether a value meets it: true, false, or null where the limit or baseline it asks for is not known.

        Columns read: `value`, `upper_limit`, `baseline`, `change_24h`.
        """
        value, size = pl.col("value"), self.size
        limit, baseline = pl.col("upper_limit") * size, pl.col("baseline")
        return {
            "above": value > size,
            "at_least": value >= size,
            "below": value < size,
            "above_times_upper_limit": value > limit.round(DECIMALS),
            "at_least_times_upper_limit": value >= limit.round(DECIMALS),
            "above_times_baseline": value > (baseline * size).round(DECIMALS),
            "at_least_times_baseline": value >= (baseline * size).round(DECIMALS),
            "above_baseline_by": value > (baseline + size).round(DECIMALS),
            "change_within_24_h": pl.col("change_24h") >= size,
        }[self.comparison]

    def phrase(self, unit: str) -> str:
        """The test in words, with the unit of its quantity."""
        words = f"{self.of.replace('_', ' ')} {COMPARISONS[self.comparison].format(f'{self.size:g}', unit=unit)}"
        often = [f"{n} {what}" for n, what in ((self.occasions, "occasions"), (self.days, "days")) if n > 1]
        return f"{words} on at least {' and '.join(often)}" if often else words


class Baseline(Strict):
    """The baseline of a quantity: the median of the person's values from so many to so many days before the episode."""

    first_day: int = Field(ge=1)
    last_day: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day < self.last_day:
            raise ValueError(f"first_day {self.first_day} lies after last_day {self.last_day}: both count backwards")
        return self


class ElementTests(Strict):
    """The tests of one element, of which any makes it present."""

    any_of: list[MeasuredTest] = Field(min_length=1)
    note: str


class _File(Strict):
    baseline: Baseline
    quantities: list[Quantity]
    tests: dict[str, ElementTests]


class Measurements(Strict):
    """All quantities by their concept set, and the tests of an element where a definition names none of its own."""

    baseline: Baseline
    quantities: dict[str, Quantity]
    tests: dict[str, ElementTests]

    def of_element(self, element: str) -> list[MeasuredTest]:
        """The study's own tests of an element; none where no measurement speaks of it."""
        return self.tests[element].any_of if element in self.tests else []

    def strangers(self, tests: list[MeasuredTest]) -> list[str]:
        """Quantities the tests ask for that are not listed, or have no upper limit to compare with, in words."""
        found = []
        for test in tests:
            quantity = self.quantities.get(test.of)
            if quantity is None:
                found.append(f"{test.of!r} is no quantity; known are {sorted(self.quantities)}")
            elif "upper_limit" in test.comparison and quantity.default_upper_limit is None:
                found.append(f"{test.of!r} has no default_upper_limit to compare with")
        return found


def load_measurements(study: Path) -> Measurements:
    """Read the quantities, the baseline and the study's own tests.

    Raises
    ------
    StudyError
        When the file is not as declared, a quantity stands there twice, or a test asks for one that is not listed.

    """
    path = study / "measurements.yaml"
    content = load_yaml(path, _File)
    quantities: dict[str, Quantity] = {}
    for quantity in content.quantities:
        if quantity.concept_set in quantities:
            raise StudyError(f"{path}: {quantity.concept_set!r} stands there twice; keep one")
        quantities[quantity.concept_set] = quantity
    measurements = Measurements(baseline=content.baseline, quantities=quantities, tests=content.tests)
    for element, tests in content.tests.items():
        strangers = measurements.strangers(tests.any_of)
        if strangers:
            raise StudyError(f"{path}: tests of {element!r}: {'; '.join(strangers)}")
    return measurements
