"""Where the files of each added quarter lie, and which of them holds which table."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from nms_pv.sources.archive import Member, members
from nms_pv.sources.text import SourceError
from nms_pv.spec.source import FaersSpec

QUARTER = re.compile(r"20\d\dQ[1-4]")


@dataclass(frozen=True)
class QuarterFiles:
    """The files of one quarter, inside a zip or a folder."""

    quarter: str
    path: Path
    tables: dict[str, Member] = field(default_factory=dict)
    deleted: list[Member] = field(default_factory=list)


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
    found = QuarterFiles(folder.name, zips[0] if zips else folder)
    for member in members(found.path):
        match = faers.member(member.name)
        if match and match.kind == "deleted_cases":
            found.deleted.append(member)
        elif match and match.kind == "table":
            if match.table in found.tables:
                raise SourceError(
                    f"{folder}: both {found.tables[match.table].name} and {member.name} are table {match.table}; keep one"
                )
            found.tables[match.table] = member
    missing = [table for table in faers.rules.core_tables if table not in found.tables]
    if missing:
        raise SourceError(
            f"{folder}: the tables {missing} of {folder.name} are missing; no report can be read without them. Download it again."
        )
    return found
