"""The results by what they are about, and as tidy tables."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from nms_pv.report.numbers import Row
from nms_pv.tables.export import published
from nms_pv.tables.measures import RESULTS

YEAR = "year="


@dataclass(frozen=True)
class Setting:
    """One choice of definition, roles and duplicates."""

    definition: str
    roles: str
    duplicates: str


class Results:
    """Look-up of results of the reports arm by their meaning, never by taking a `result_id` apart."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.filter(pl.col("arm") == "reports")
        self.rows: list[Row] = list(self.frame.iter_rows(named=True))
        self._at = {
            (r["measure"], Setting(r["definition"], r["roles"], r["duplicates"]), r["group_kind"], r["group"], r["stratum"]): r
            for r in self.rows
        }

    def one(self, measure: str, setting: Setting, kind: str, group: str, stratum: str | None = None) -> Row | None:
        """The one number, or None when it was not computed."""
        return self._at.get((measure, setting, kind, group, stratum))

    def groups(self, measure: str, setting: Setting, kind: str) -> list[Row]:
        """The numbers of all groups of a kind, without strata."""
        return [r for key, r in self._at.items() if key[:3] == (measure, setting, kind) and r["stratum"] is None]

    def by_year(self, measure: str, setting: Setting, kind: str) -> dict[tuple[str, int | None], Row]:
        """The numbers of all groups of a kind by group and year; no year where it is unknown."""
        rows = [r for key, r in self._at.items() if key[:3] == (measure, setting, kind) and (r["stratum"] or "").startswith(YEAR)]
        return {(r["group"], _year(r["stratum"].removeprefix(YEAR))): r for r in rows}

    def settings(self) -> list[Setting]:
        """All settings that were computed, sorted."""
        found = {(r["definition"], r["roles"], r["duplicates"]) for r in self.rows}
        return [Setting(*parts) for parts in sorted(found)]


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def tidy(rows: Iterable[Row | None]) -> pl.DataFrame:
    """The rows as they are published beside the page: what is suppressed there is empty here."""
    return published(pl.DataFrame([r for r in rows if r is not None], schema=RESULTS.types))
