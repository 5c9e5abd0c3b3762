"""verdicts and findings -> how many subjects have each pattern of states; what follows needs no single subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from nms_pv.measures.interval import Floats
from nms_pv.tables.contract import ContractError
from nms_pv.tables.labels import VERDICTS

Integers = npt.NDArray[np.int64]
MET, NOT_MET, UNDECIDED = 1, 0, -1
STATE_OF_VERDICT = {"met": MET, "not_met": NOT_MET, "indeterminate": UNDECIDED}
# A pattern is one integer with a digit of base 3 for each name; 3^39 is the last power below 2^63.
BASE = 3
MOST_NAMES = 39
# Grades at which a finding counts as the element: what only suggests it does not.
COUNTED_GRADES = ["core", "context"]


@dataclass(frozen=True)
class Patterns:
    """Distinct patterns of states and how many subjects have each.

    `states` has shape (patterns, names), values 1 met or present, 0 not met or absent, -1 undecided or not documented; `n` has
    shape (patterns,). No two patterns are equal; they are sorted.
    """

    names: tuple[str, ...]
    states: npt.NDArray[np.int8]
    n: Integers

    def onto(self, names: Sequence[str]) -> "Patterns":
        """The patterns of some of the names."""
        columns = [self.names.index(name) for name in names]
        return collapsed(tuple(names), self.states[:, columns], self.n)

    def read(self, reading: str) -> "Patterns":
        """Under `met_or_not` what is undecided is not met; under `decided` it stays undecided."""
        if reading == "decided":
            return self
        return collapsed(self.names, np.where(self.states == UNDECIDED, NOT_MET, self.states), self.n)

    def of_state(self, state: int) -> Floats:
        """1 where a pattern has the state, else 0; shape (patterns, names). Products with counts are exact."""
        return (self.states == state).astype(np.float64)


def collapsed(names: tuple[str, ...], states: npt.NDArray[np.int8], n: Integers) -> Patterns:
    """Equal patterns added up."""
    codes = (states.astype(np.int64) + 1) @ _powers(len(names))
    distinct, place = np.unique(codes, return_inverse=True)
    added = np.zeros(distinct.size, np.int64)
    np.add.at(added, place, n)
    return Patterns(names, _decoded(distinct, len(names)), added)


def verdict_states(verdicts: pl.DataFrame, definitions: Sequence[str]) -> pl.DataFrame:
    """`subject_id`, `name` (the definition) and `state` of every verdict.

    Raises
    ------
    ContractError
        When a subject has not one verdict of every definition.
    """
    subjects = verdicts["subject_id"].n_unique()
    found = sorted(verdicts["definition"].unique())
    if set(found) - set(definitions) or verdicts.height != subjects * len(definitions):
        raise ContractError(
            f"{VERDICTS.name}: every definition of {sorted(definitions)} must have one verdict on every subject; a part has "
            f"{verdicts.height} verdicts of {found} on {subjects} subjects. Run `dvc repro`"
        )
    state = pl.col("verdict").replace_strict(STATE_OF_VERDICT, return_dtype=pl.Int8)
    return verdicts.select("subject_id", name="definition", state=state)


def element_states(findings: pl.DataFrame, elements: Sequence[str]) -> pl.DataFrame:
    """`subject_id`, `name` (the element) and `state` of every element that words document: present if any finding says so."""
    in_words = pl.col("state").is_in(["present", "absent"])
    said = pl.col("element").is_in(elements) & pl.col("grade").is_in(COUNTED_GRADES) & in_words
    present = (pl.col("state") == "present").any().cast(pl.Int8)
    return findings.filter(said).group_by("subject_id", name="element").agg(state=present)


def item_states(verdicts: pl.DataFrame, items: Sequence[str]) -> pl.DataFrame:
    """`subject_id`, `name` (`<definition>:<item>`) and `state` of every item that its definition found present or absent."""
    frames = []
    for name in items:
        definition, item = name.split(":")
        met, failed = (_lists(column, item) for column in ("met", "failed"))
        judged = verdicts.filter(pl.col("definition") == definition).filter(met | failed)
        frames.append(judged.select("subject_id", name=pl.lit(name), state=met.cast(pl.Int8)))
    return pl.concat([pl.DataFrame(schema={"subject_id": pl.String, "name": pl.String, "state": pl.Int8}), *frames])


def _lists(column: str, item: str) -> pl.Expr:
    return pl.col(column).str.split(";").list.contains(item)


def tally(states: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Numbers `n` of subjects with each pattern `code`; a name on which a subject has no row is undecided.

    Subjects are all that have a row of any name: rows of another name keep subjects in that have none of those asked for.

    Raises
    ------
    ContractError
        When there are more names than a pattern can hold.
    """
    if len(names) > MOST_NAMES:
        raise ContractError(
            f"{VERDICTS.name}: {len(names)} definitions or indicators are compared at once, at most {MOST_NAMES} can be. "
            "Keep fewer definitions in study/, or name fewer indicators in the latent class models"
        )
    power = pl.col("name").cast(pl.String).replace_strict(list(names), _powers(len(names)), default=0, return_dtype=pl.Int64)
    code = ((pl.col("state") - UNDECIDED).cast(pl.Int64) * power).sum()
    return states.group_by("subject_id").agg(code=code).group_by("code").agg(n=pl.len().cast(pl.Int64))


def add_up(tallies: Sequence[pl.DataFrame], names: Sequence[str]) -> Patterns:
    """The patterns of all parts together; a subject lies in one part only."""
    added = pl.concat(tallies).group_by("code").agg(pl.col("n").sum()).sort("code")
    return Patterns(tuple(names), _decoded(added["code"].to_numpy(), len(names)), added["n"].to_numpy())


def written(patterns: Patterns, words: Mapping[int, str]) -> list[str]:
    """Each pattern in words: `pt_only=met;fever=undecided`."""
    rows = (zip(patterns.names, row, strict=True) for row in patterns.states)
    return [";".join(f"{name}={words[state]}" for name, state in row) for row in rows]


def _powers(names: int) -> Integers:
    return BASE ** np.arange(names, dtype=np.int64)


def _decoded(codes: Integers, names: int) -> npt.NDArray[np.int8]:
    return (codes[:, None] // _powers(names) % BASE + UNDECIDED).astype(np.int8)
