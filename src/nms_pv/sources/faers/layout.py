"""Where the files of each added quarter lie, and which of them holds which table."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from nms_pv.sources.faers.archive import Member, members
from nms_pv.sources.faers.text import SourceError
from nms_pv.spec.source import FaersSpec

QUARTER = re.compile(r"20\d\dQ[1-4]")


@dataclass
class Sorted:
    """The files of a zip or folder by what their names say; a table is there once if all is well."""

    tables: dict[str, list[Member]] = field(default_factory=dict)
    deleted: list[Member] = field(default_factory=list)
    unknown: list[Member] = field(default_factory=list)


@dataclass(frozen=True)
class QuarterFiles:
    """The files of one quarter, inside a zip or a folder."""

    quarter: str
    path: Path
    tables: dict[str, Member]
    deleted: list[Member]


def sort_members(found: list[Member], faers: FaersSpec) -> Sorted:
    """Sort files by the patterns of study/column_maps/faers_members.csv; documentation and the like is left out."""
    result = Sorted()
    for member in found:
        match = faers.member(member.name)
        if match is None:
            result.unknown.append(member)
        elif match.kind == "table":
            result.tables.setdefault(match.table, []).append(member)
        elif match.kind == "deleted_cases":
            result.deleted.append(member)
    return result


def lay_out(raw: Path, faers: FaersSpec) -> list[QuarterFiles]:
    """The quarters under `raw`, one folder each, in order of time.

    Raises
    ------
    SourceError
        When there is none, a folder is not named like `2024Q1`, holds two zips, two files for one table, or lacks a core table.

    """
    folders = sorted(folder for folder in raw.iterdir() if folder.is_dir()) if raw.is_dir() else []
    if not folders:
        raise SourceError(f"{raw}: no quarter to read. Add one with `nms-pv add faers PATH`.")
    return [_quarter(folder, faers) for folder in folders]


def _quarter(folder: Path, faers: FaersSpec) -> QuarterFiles:
    if not QUARTER.fullmatch(folder.name):
        raise SourceError(f"{folder}: a folder of a quarter is named like 2024Q1. Add files with `nms-pv add faers PATH`.")
    zips = sorted(folder.glob("*.zip"))
    if len(zips) > 1:
        raise SourceError(f"{folder}: holds {len(zips)} zips, expected one: {[z.name for z in zips]}")
    path = zips[0] if zips else folder
    found = sort_members(members(path), faers)
    for table, several in found.tables.items():
        if len(several) > 1:
            raise SourceError(f"{folder}: both {several[0].name} and {several[1].name} are table {table}; keep one")
    missing = [table for table in faers.rules.core_tables if table not in found.tables]
    if missing:
        raise SourceError(
            f"{folder}: the tables {missing} of {folder.name} are missing; no report can be read without them. Download it again."
        )
    return QuarterFiles(folder.name, path, {table: only for table, (only,) in found.tables.items()}, found.deleted)
