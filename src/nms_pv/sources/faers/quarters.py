"""The quarters found in the zips and folders somebody gives, and whether each can be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nms_pv.sources.faers.archive import Member, files_below, is_lfs_pointer, members, open_member
from nms_pv.sources.faers.layout import sort_members
from nms_pv.sources.tracked import RegisterError
from nms_pv.spec.source import FaersSpec

# FDA's own folders inside a quarter, in its changing case; the quarter's folder is the one above.
_INNER = ("ascii", "deleted")
_MOST_NAMED = 10
_LOST = {
    "OUTC": "outcomes: seriousness and death",
    "INDI": "what the drugs were given for",
    "THER": "treatment dates: time to onset",
    "RPSR": "the kind of report source",
}


@dataclass(frozen=True)
class Quarter:
    """One quarter found: the zip or folder that holds it, and its tables and deleted-case lists."""

    name: str
    path: Path
    origin: str
    members: tuple[Member, ...]


@dataclass
class Found:
    """What was found, and what the person who gave it should know."""

    quarters: list[Quarter] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_quarters(paths: list[Path], faers: FaersSpec, origins: Mapping[Path, str]) -> Found:
    """Find the quarters in zips, quarter folders and folders that hold several of them.

    `origins` names where a path came from, where that is not the path's own name.

    Raises
    ------
    ArchiveError
        When a zip or folder cannot be read safely.
    RegisterError
        When nothing is found, files are simulated, tables of one zip or folder are of different quarters, a core table is
        missing, doubled, empty or a Git-LFS pointer, or two paths hold the same quarter.
    """
    found = Found()
    for path in paths:
        given = path.resolve()
        before = len(found.quarters)
        origin = origins.get(path, given.name)
        if given.is_dir():
            _search(given, origin, faers, found)
        else:
            _take(given, origin, faers, found)
        if len(found.quarters) == before:
            raise RegisterError(f"{path}: holds no FAERS table. {_expected(faers)}")
    _refuse_repeats(found.quarters)
    found.quarters.sort(key=lambda quarter: quarter.name)
    return found


def _search(folder: Path, origin: str, faers: FaersSpec, found: Found) -> None:
    names = sorted(file.name for file in files_below(folder))
    _refuse_simulated(folder, names)
    kinds = {name: faers.member(name) for name in names}
    roots = sorted({_root(name) for name, kind in kinds.items() if kind and kind.kind == "table"})
    strangers = []
    for name in (name for name, kind in kinds.items() if kind is None):
        if not (name.lower().endswith(".zip") and _take(folder / name, f"{origin}/{name}", faers, found)):
            strangers.append(name)
    for root in roots:
        _take(folder / root, (PurePosixPath(origin) / root).as_posix(), faers, found)
    _warn_of_strangers(folder, strangers, found)


def _root(table: str) -> PurePosixPath:
    parent = PurePosixPath(table).parent
    return parent.parent if parent.name.lower() in _INNER else parent


def _take(path: Path, origin: str, faers: FaersSpec, found: Found) -> bool:
    """Add the quarter in one zip or quarter folder to what was found; False when it holds no table."""
    inside = members(path)
    _refuse_simulated(path, [member.name for member in inside])
    by_kind = sort_members(inside, faers)
    tables = by_kind.tables
    if not tables:
        return False
    of_tables = [member for group in tables.values() for member in group]
    name = _quarter_name(path, of_tables)
    kept = tuple(sorted([*of_tables, *by_kind.deleted], key=lambda member: member.name))
    _refuse_unusable(path, tables, faers)
    _refuse_placeholders(path, kept)
    for table in faers.rules.further_tables:
        if table not in tables:
            lost = _LOST.get(table, "what it holds")
            found.warnings.append(f"{name}: no {table} table, so this cannot be assessed in the quarter: {lost}.")
    if path.is_file():
        _warn_of_strangers(path, [member.name for member in by_kind.unknown], found)
    found.quarters.append(Quarter(name, path, origin, kept))
    return True


def _quarter_name(path: Path, tables: list[Member]) -> str:
    named: dict[str, str] = {}
    for member in tables:
        # The pattern table lets only names with two digits, q and a digit pass.
        year, number = re.findall(r"(\d\d)q(\d)", member.name.lower())[-1]
        named.setdefault(f"20{year}Q{number}", member.name)
    if len(named) > 1:
        listed = ", ".join(f"{name} ({example})" for name, example in sorted(named.items()))
        raise RegisterError(f"{path}: holds tables of several quarters: {listed}. Put each quarter into a folder of its own.")
    name = next(iter(named))
    if name[-1] not in "1234":
        raise RegisterError(f"{path}: '{named[name]}' names the quarter {name}; a year has Q1 to Q4. Rename the files.")
    return name


def _refuse_unusable(path: Path, tables: dict[str, list[Member]], faers: FaersSpec) -> None:
    problems = [f"no {table} table" for table in faers.rules.core_tables if table not in tables]
    for table, group in sorted(tables.items()):
        if len(group) > 1:
            problems.append(f"{table} stands there more than once ({', '.join(member.name for member in group)})")
        problems += [f"'{member.name}' is empty" for member in group if not member.size]
    if problems:
        raise RegisterError(
            f"{path}: {'; '.join(problems)}. Each quarter needs exactly one of each of {faers.rules.core_tables}."
        )


def _refuse_placeholders(path: Path, kept: tuple[Member, ...]) -> None:
    pointers = []
    for member in kept:
        with open_member(path, member.name) as stream:
            if is_lfs_pointer(stream.read(1024)):
                pointers.append(member.name)
    if pointers:
        raise RegisterError(
            f"{path}: {', '.join(pointers)}: a Git-LFS pointer stands in place of the file. "
            "Run `git lfs pull` where you took the files from, and add them again."
        )


def _refuse_simulated(path: Path, names: list[str]) -> None:
    if any(PurePosixPath(name).name.lower() == "simulated.txt" for name in names):
        raise RegisterError(
            f"{path}: these files are simulated (a SIMULATED.txt says so), and simulated and real reports are never mixed. "
            "Give FDA's own files; the simulated study runs with `input: simulated` in params.yaml."
        )


def _refuse_repeats(quarters: list[Quarter]) -> None:
    seen: dict[str, Path] = {}
    for quarter in quarters:
        if quarter.name in seen:
            raise RegisterError(f"{quarter.name} is given twice: {seen[quarter.name]} and {quarter.path}. Give only one of them.")
        seen[quarter.name] = quarter.path


def _warn_of_strangers(path: Path, names: list[str], found: Found) -> None:
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        found.warnings.append(f"{path}: not FAERS files, left out: {', '.join(names[:_MOST_NAMED])}{more}.")


def _expected(faers: FaersSpec) -> str:
    names = ", ".join(f"{table}25Q4.txt" for table in faers.rules.core_tables)
    return f"Expected are FDA's quarterly ASCII zips, or folders with files such as {names}."
