"""Rules of a definition: how the elements of a definition are counted together."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from nms_pv.spec.strict import Strict


class AtLeast(Strict):
    """So many of these branches."""

    count: int = Field(ge=1)
    of: list["str | Rule"] = Field(min_length=1)


class Rule(Strict):
    """One node of a rule: exactly one of the five keys; a branch is the name of an element or another node.

    `not_denied` speaks of the documents, not of the patient: it holds where none of its branches is documented as absent.
    """

    all_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    any_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    none_of: list["str | Rule"] | None = Field(default=None, min_length=1)
    not_denied: list["str | Rule"] | None = Field(default=None, min_length=1)
    at_least: AtLeast | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a node has exactly one of all_of, any_of, none_of, not_denied, at_least")
        if self.needed > len(self.branches):
            raise ValueError(f"at_least asks for {self.needed} of only {len(self.branches)}")
        return self

    @property
    def branches(self) -> list["str | Rule"]:
        """What the node looks at."""
        return self.all_of or self.any_of or self.none_of or self.not_denied or (self.at_least.of if self.at_least else [])

    @property
    def needed(self) -> int:
        """How many branches must be present: every node is a count."""
        if self.at_least:
            return self.at_least.count
        return len(self.branches) if self.all_of or self.not_denied else 1

    @property
    def is_negated(self) -> bool:
        """Whether the count is turned round (`none_of`)."""
        return self.none_of is not None

    @property
    def phrase(self) -> str:
        """The node in words, without its branches."""
        if self.at_least:
            return f"at least {self.at_least.count} of"
        phrases = {"all_of": "all of", "any_of": "any of", "none_of": "none of", "not_denied": "none documented as absent of"}
        return phrases[next(iter(self.model_fields_set))]

    def names(self) -> Iterator[str]:
        """The names it refers to, in order of writing."""
        for branch in self.branches:
            if isinstance(branch, str):
                yield branch
            else:
                yield from branch.names()
