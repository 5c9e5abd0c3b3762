"""`study/definitions/*.yaml`, `study/differential/*.yaml`: what each definition asks for, and what silence means."""

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nms_pv.spec.measurements import MeasuredTest, Measurements
from nms_pv.spec.rules import Rule
from nms_pv.spec.strict import Strict
from nms_pv.tables.evidence import GRADE, RELATION
from nms_pv.tables.labels import SYNDROME

ARMS = ("reports", "cohort")
# A pattern of that many states of three values fits into 64 bits.
MOST_ELEMENTS = 40


def _grade(text: str) -> str:
    if text not in GRADE:
        raise ValueError(f"known grades are {', '.join(GRADE)}")
    return text


def _relation(text: str) -> str:
    if text not in RELATION:
        raise ValueError(f"known relations are {', '.join(RELATION)}")
    return text


Grade = Annotated[str, AfterValidator(_grade)]
Relation = Annotated[str, AfterValidator(_relation)]
Days = Annotated[int, Field(ge=0)]
Undated = Literal["present", "not_documented"]
Status = Literal["found", "memory", "conflict"]


class ElementUse(Strict):
    """Which findings and measured values make one element of the definition present.

    `measured` holds the sizes the definition names; where it names none, those of study/measurements.yaml for the same elements.
    `status` is given where it is not that of the whole definition; `ours` is our operationalisation.
    """

    sources: list[str] = Field(alias="from")
    grades: list[Grade] = Field(min_length=1)
    measured: list[MeasuredTest] | None = None
    silence: Literal["not_documented", "absent"] = "not_documented"
    status: Status | Literal["ours"] | None = None
    note: str | None = None


class BeyondInterval(Strict):
    """So many days beyond the dosing interval of a long-acting product."""

    beyond_interval: Days


class DaysByForm(Strict):
    """A window that depends on the form of the drug."""

    oral: Days
    long_acting: Days | BeyondInterval


class Taken(Strict):
    """Drugs that count when taken: the event lies not before the start, and at most so many days after the end."""

    relations: list[Relation] = Field(min_length=1)
    days: DaysByForm
    undated_suspect: Undated


class Stopped(Strict):
    """Drugs that count when stopped: the event lies at most so many days after the end."""

    relations: list[Relation] = Field(min_length=1)
    days: Days
    undated_suspect: Undated


class ExposureUse(Strict):
    """Which drug courses make one element of the definition present: taken, stopped, or either."""

    taken: Taken | None = None
    stopped: Stopped | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.taken is None and self.stopped is None:
            raise ValueError("an exposure has `taken`, `stopped`, or both")
        return self


class Definition(Strict):
    """One definition of a case of NMS, or of what else it could be (`syndrome`).

    `extends` names the definition it varies; `needs` what a user must provide; `not_in` the arms where it means nothing, and
    why.
    """

    name: str
    title: str
    syndrome: str = "nms"
    extends: str | None = None
    needs: Literal["meddra"] | None = None
    not_in: dict[str, str] = {}
    citation: str
    doi: str | None
    status: Status
    status_note: str
    notes: list[str]
    elements: dict[str, ElementUse]
    exposures: dict[str, ExposureUse] = {}
    combined: dict[str, Rule] = {}
    not_assessable: dict[str, list[str]] = {}
    points: dict[str, Annotated[int, Field(ge=1)]] | None = None
    threshold: int | None = Field(default=None, ge=1)
    rule: Rule | None = None

    @property
    def leaves(self) -> list[str]:
        """The elements that are read from evidence."""
        return [*self.exposures, *self.elements]

    @property
    def items(self) -> list[str]:
        """What the points or the rule refer to, each once, in order of writing."""
        return list(dict.fromkeys(self.points or (self.rule.names() if self.rule else ())))

    @property
    def tests(self) -> list[MeasuredTest]:
        """Everything it asks of measured values."""
        return [test for use in self.elements.values() for test in use.measured or []]

    def with_tests(self, measurements: Measurements) -> "Definition":
        """The same, each element with the study's own tests where it names none."""
        elements = {
            name: use.model_copy(update={"measured": [t for source in use.sources for t in measurements.of_element(source)]})
            for name, use in self.elements.items()
            if use.measured is None
        }
        return self.model_copy(update={"elements": {**self.elements, **elements}})

    def problems(self, known_elements: set[str]) -> list[str]:
        """Everything that does not fit together, in words."""
        used = {source for use in self.elements.values() for source in use.sources}
        twice = [n for n, count in Counter([*self.leaves, *self.combined]).items() if count > 1]
        unfit = {name for names in self.not_assessable.values() for name in names} - set(self.leaves)
        strangers = sorted(used - known_elements)
        found = [f"{strangers} are no elements of study/elements.csv, which has {sorted(known_elements)}"] if strangers else []
        found += [f"the name {name!r} is given twice" for name in twice]
        found += [f"{len(self.leaves)} elements; at most {MOST_ELEMENTS} can be"] if len(self.leaves) > MOST_ELEMENTS else []
        found += [f"not_in names {arm!r}; arms are {list(ARMS)}" for arm in self.not_in if arm not in ARMS]
        found += [f"syndrome {self.syndrome!r}; known are {sorted(SYNDROME)}"] if self.syndrome not in SYNDROME else []
        found += [f"not_assessable names {name!r}, which is no element of the definition" for name in sorted(unfit)]
        return found + self._unknown_names() + self._unfit_outcome()

    def _unknown_names(self) -> list[str]:
        known, found = set(self.leaves), []
        for name, rule in self.combined.items():
            found += [f"combined {name!r} refers to {n!r}, which is not defined above it" for n in rule.names() if n not in known]
            known.add(name)
        return found + [f"the outcome refers to {name!r}, which is not defined" for name in self.items if name not in known]

    def _unfit_outcome(self) -> list[str]:
        if (self.points is None) != (self.threshold is None) or (self.points is None) == (self.rule is None):
            return ["give either points with a threshold, or a rule"]
        if self.points and self.threshold and self.threshold > sum(self.points.values()):
            return [f"the threshold {self.threshold} is above the sum of all points, {sum(self.points.values())}"]
        return []
