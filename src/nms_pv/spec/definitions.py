"""`study/definitions/*.yaml`: what each case definition asks for, which evidence counts, and what silence means."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nms_pv.spec.elements import load_elements
from nms_pv.spec.strict import Strict, StudyError, load_yaml
from nms_pv.tables.evidence import GRADE, RELATION


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


class AtLeast(Strict):
    """So many of these branches."""

    count: int = Field(ge=1)
    of: list["str | Rule"] = Field(min_length=1)


class Rule(Strict):
    """One node of a rule: exactly one of the four keys; a branch is the name of an element or another node."""

    all_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    any_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    none_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    at_least: AtLeast | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a node has exactly one of all_of, any_of, none_of, at_least")
        if self.needed > len(self.branches):
            raise ValueError(f"at_least asks for {self.needed} of only {len(self.branches)}")
        return self

    @property
    def branches(self) -> list["str | Rule"]:
        """What the node looks at."""
        return self.all_of or self.any_of or self.none_of or (self.at_least.of if self.at_least else [])

    @property
    def needed(self) -> int:
        """How many branches must be present: every node is a count."""
        if self.at_least:
            return self.at_least.count
        return len(self.branches) if self.all_of else 1

    @property
    def is_negated(self) -> bool:
        """Whether the count is turned round (`none_of`)."""
        return self.none_of is not None

    @property
    def phrase(self) -> str:
        """The node in words, without its branches."""
        if self.at_least:
            return f"at least {self.at_least.count} of"
        return "all of" if self.all_of else "any of" if self.any_of else "none of"

    def names(self) -> Iterator[str]:
        """The names it refers to, in order of writing."""
        for branch in self.branches:
            if isinstance(branch, str):
                yield branch
            else:
                yield from branch.names()


class ElementUse(Strict):
    """Which findings make one element of the definition present."""

    sources: list[str] = Field(alias="from")
    grades: list[Grade] = Field(min_length=1)
    silence: Literal["not_documented", "absent"] = "not_documented"
    note: str | None = None


class DaysByForm(Strict):
    """A window that depends on the form of the drug."""

    oral: Days
    long_acting: Days


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
    """Which drug courses make one element of the definition present."""

    taken: Taken
    stopped: Stopped | None = None
    note: str | None = None


class Definition(Strict):
    """One case definition."""

    name: str
    title: str
    citation: str
    doi: str | None
    status: Literal["found", "memory", "conflict"]
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

    def problems(self, known_elements: set[str]) -> list[str]:
        """Everything that does not fit together, in words."""
        used = {source for use in self.elements.values() for source in use.sources}
        twice = [n for n, count in Counter([*self.leaves, *self.combined]).items() if count > 1]
        unfit = {name for names in self.not_assessable.values() for name in names} - set(self.leaves)
        found = [
            f"element {source!r} is not in study/elements.csv, which has {sorted(known_elements)}"
            for source in sorted(used - known_elements)
        ]
        found += [f"the name {name!r} is given twice" for name in twice]
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


def load_definition(path: Path, known_elements: set[str]) -> Definition:
    """Read one definition.

    Raises
    ------
    StudyError
        Naming the file and everything in it that is unknown or does not fit together.

    """
    definition = load_yaml(path, Definition)
    problems = definition.problems(known_elements)
    if definition.name != path.stem:
        problems.append(f"name is {definition.name!r}, but the file is called {path.name}; make them equal")
    if problems:
        raise StudyError(f"{path}: {'; '.join(problems)}")
    return definition


def load_definitions(study: Path) -> list[Definition]:
    """Read all definitions of the study, in order of their names."""
    known = {term.element for term in load_elements(study)}
    return [load_definition(path, known) for path in sorted((study / "definitions").glob("*.yaml"))]
