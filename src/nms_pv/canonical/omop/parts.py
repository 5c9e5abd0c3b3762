"""The persons of a snapshot, 500,000 at a time, so that memory follows a part."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.tables.cdm import PERSON
from nms_pv.tables.contract import Table

PERSONS_OF_A_PART = 500_000


@dataclass(frozen=True)
class Part:
    """The persons from `first` to before `end`, where these are given; also records of unknown persons fall into one part."""

    name: str
    first: int | None
    end: int | None

    def of(self, table: Table, sources: Path) -> pl.LazyFrame:
        """The rows of these persons."""
        rows, person = table.scan(sources / f"{table.name.removeprefix('sources/')}.parquet"), pl.col("person_id")
        if self.first is not None:
            rows = rows.filter(person >= self.first)
        return rows if self.end is None else rows.filter(person < self.end)


def parts_of(sources: Path) -> list[Part]:
    """The parts of a snapshot: each 500,000 persons in order of person_id, the order in which the table is written."""
    persons = PERSON.scan(sources / "person.parquet").select("person_id")
    firsts = persons.gather_every(PERSONS_OF_A_PART).collect()["person_id"].to_list()
    bounds = [None, *firsts[1:], None]
    return [Part(f"persons-{n:04}", bounds[n - 1], bounds[n]) for n in range(1, len(bounds))]
