"""The truth tables: what was planted, written while the quarters are simulated."""

from pathlib import Path
from typing import IO

import polars as pl

from nms_pv.simulate.faers.defects import TRUTH_SCHEMA, Record
from nms_pv.simulate.faers.terms import Event
from nms_pv.tables.contract import replacing

CASES, RATES, DEFECTS = "planted_cases.csv", "planted_rates.csv", "planted_defects.csv"
ASSOCIATIONS = "planted_associations.csv"
CASE_COLUMNS = (
    "caseid",
    "latest_quarter",
    "versions",
    "event",
    "is_nms",
    "elements",
    "duplicate_of",
    "duplicate_kind",
    "deleted",
    "brought_back",
)
EVENT_NAMES = {int(event): event.name.lower() for event in Event}


class Truth:
    """Writes the truth tables into a folder; cases are appended quarter by quarter, so that memory stays small."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: list[Record] = []
        self._replacing = replacing(folder / CASES)
        self._cases: IO[bytes] | None = None

    def __enter__(self) -> "Truth":
        self._cases = self._replacing.__enter__().open("wb")
        self._cases.write((",".join(CASE_COLUMNS) + "\n").encode())
        return self

    def rates(self, rates: pl.DataFrame) -> None:
        """The planted rates: ingredient, generation, share_of_reports, nms_share, planted_ror."""
        with replacing(self.folder / RATES) as partial:
            rates.write_csv(partial)

    def associations(self, associations: pl.DataFrame) -> None:
        """The planted associations outside NMS: drug, term, ratio."""
        with replacing(self.folder / ASSOCIATIONS) as partial:
            associations.write_csv(partial)

    def cases(self, cases: pl.DataFrame, people: pl.DataFrame, elements: pl.DataFrame) -> None:
        """The cases of one quarter, duplicates included; duplicates have event and elements of their original."""
        assert self._cases is not None, "used inside `with`"
        named = people.select("key", pl.col("event").replace_strict(EVENT_NAMES, return_dtype=pl.String))
        full = cases.join(named, on="key", how="left", maintain_order="left").join(
            elements, on="key", how="left", maintain_order="left"
        )
        full.with_columns((pl.col("event") == EVENT_NAMES[Event.NMS]).alias("is_nms")).select(CASE_COLUMNS).write_csv(
            self._cases, include_header=False
        )

    def defects(self, records: list[Record]) -> None:
        """The defects of one quarter."""
        self.records += records

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        assert self._cases is not None, "used inside `with`"
        self._cases.close()
        self._replacing.__exit__(kind, error, trace)
        if kind is None:
            with replacing(self.folder / DEFECTS) as partial:
                pl.DataFrame(self.records, schema=TRUTH_SCHEMA, orient="row").write_csv(partial)
