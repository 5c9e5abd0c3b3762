"""`study/sources/faers.yaml` and `study/column_maps/faers*.csv`: what FAERS files look like, and what is not believed in them."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nms_pv.spec.params import Quarter
from nms_pv.spec.strict import Strict, StudyError, load_yaml
from nms_pv.tables import canonical

# required: a row without it is rejected; always: a file without any is refused; usually: a large file without any is refused.
# The fields of study/column_maps/faers_codes.csv, and what a code of each may mean.
CODED = {
    "sex": canonical.SEX,
    "reporter_type": canonical.REPORTER,
    "report_type": canonical.REPORT_TYPE,
    "role": canonical.ROLE,
    "challenge": canonical.CHALLENGE,
    "outcome": canonical.OUTCOME,
}
FILLED = ("required", "always", "usually", "sometimes")


class Limits(Strict):
    """Smallest and largest believable value."""

    minimum: float
    maximum: float


class PaddedDates(Strict):
    """Where event dates are filled in with 01."""

    legacy: bool
    from_quarter: Quarter


class SourceRules(Strict):
    """The rules of one source (`study/sources/faers.yaml`)."""

    name: str
    title: str
    publisher: str
    licence: str
    download: str
    first_current_quarter: Quarter
    core_tables: list[str]
    further_tables: list[str]
    trailing_column: str
    padded_event_dates: PaddedDates
    earliest_date: date
    age_years: Limits
    weight_kg: Limits
    usually_filled_from_rows: int
    null_markers: list[str]
    null_marker_unless_country: str

    def era(self, quarter: str) -> str:
        """`legacy` or `current`."""
        return "current" if quarter >= self.first_current_quarter else "legacy"

    def event_dates_are_padded(self, quarter: str) -> bool:
        """May an event date on a first of the month be filled in?"""
        return (
            self.padded_event_dates.legacy and self.era(quarter) == "legacy"
        ) or quarter >= self.padded_event_dates.from_quarter


@dataclass(frozen=True)
class MappedColumn:
    """One column of one raw table, and our name for it."""

    era: str
    table: str
    raw_column: str
    column: str
    first_quarter: str
    last_quarter: str
    filled: str
    kind: str

    def expected_in(self, quarter: str) -> bool:
        """Is the raw column published in that quarter?"""
        return (not self.first_quarter or quarter >= self.first_quarter) and (
            not self.last_quarter or quarter <= self.last_quarter
        )


@dataclass(frozen=True)
class MemberPattern:
    """What a file name inside a quarter's zip or folder says about its content."""

    pattern: re.Pattern[str]
    kind: str
    table: str


@dataclass(frozen=True)
class FaersSpec:
    """All that is declared about FAERS files."""

    rules: SourceRules
    columns: tuple[MappedColumn, ...]
    members: tuple[MemberPattern, ...]
    codes: dict[str, dict[str, str]]
    countries: dict[str, str | None]

    @property
    def tables(self) -> list[str]:
        """Names of the tables, core tables first."""
        return [*self.rules.core_tables, *self.rules.further_tables]

    def columns_of(self, era: str, table: str) -> list[MappedColumn]:
        """The mapped columns of one table in one era."""
        return [c for c in self.columns if c.era == era and c.table == table]

    def column_names(self, table: str) -> list[str]:
        """Our names of all columns a table ever had, in a fixed order."""
        return sorted({c.column for c in self.columns if c.table == table})

    def member(self, name: str) -> MemberPattern | None:
        """What the file name says, or None when no pattern fits."""
        return next((m for m in self.members if m.pattern.fullmatch(name.lower())), None)


def load_faers(study: Path) -> FaersSpec:
    """Read the rules and the column maps of FAERS.

    Raises
    ------
    StudyError
        For a `filled` that is none of `FILLED`, or a code whose field or meaning is not declared.

    """
    path = study / "column_maps" / "faers.csv"
    columns = tuple(MappedColumn(**{k: row[k] for k in MappedColumn.__dataclass_fields__}) for row in _read(path))
    wrong = sorted({c.filled for c in columns} - set(FILLED))
    if wrong:
        raise StudyError(f"{path}: column `filled` holds {wrong}; allowed are {FILLED}")
    members = tuple(
        MemberPattern(re.compile(row["pattern"]), row["kind"], row["table"])
        for row in _read(study / "column_maps" / "faers_members.csv")
    )
    countries = {row["name"]: row["code"] or None for row in _read(study / "column_maps" / "faers_countries.csv")}
    rules = load_yaml(study / "sources" / "faers.yaml", SourceRules)
    return FaersSpec(rules, columns, members, _codes(study / "column_maps" / "faers_codes.csv"), countries)


def _codes(path: Path) -> dict[str, dict[str, str]]:
    codes: dict[str, dict[str, str]] = {field: {} for field in CODED}
    for number, row in enumerate(_read(path), start=2):
        allowed = CODED.get(row["field"])
        if allowed is None:
            raise StudyError(f"{path}, line {number}: unknown field {row['field']!r}; known are {sorted(CODED)}")
        if row["meaning"] not in allowed:
            raise StudyError(f"{path}, line {number}: {row['field']} {row['meaning']!r}; allowed are {sorted(allowed)}")
        codes[row["field"]][row["code"]] = row["meaning"]
    return codes


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
