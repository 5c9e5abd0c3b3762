"""`nms-pv add faers`: FAERS files copied into the study, recorded and put under DVC; all of it or nothing."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nms_pv.sources.faers.archive import files_below, open_member
from nms_pv.sources.faers.quarters import Quarter, find_quarters
from nms_pv.sources.faers.record import KeptFile, read_record, sha256_of, write_record
from nms_pv.sources.faers.verify import verify_kept
from nms_pv.sources.tracked import RegisterError, require_dvc, staging, switch_input, track, undone_on_failure
from nms_pv.spec.params import load_params
from nms_pv.spec.source import FaersSpec

FAERS = Path("data/1_sources/faers")
RECORD = Path("study/sources/faers_files.csv")
_CHUNK = 1024**2


@dataclass(frozen=True)
class Added:
    """What adding did: quarters added, those that were there with the same bytes, what to know about them, settings changed."""

    added: list[str]
    unchanged: list[str]
    warnings: list[str]
    switched: list[str]


def add_faers(
    paths: list[Path], project: Path, faers: FaersSpec, today: date, origins: Mapping[Path, str] | None = None
) -> Added:
    """Add the quarters in zips and folders to a study, and make them its input.

    `origins` names where a path came from, where that is not the path's own name. After an error the project is as it was.

    Raises
    ------
    ArchiveError, RecordError, RegisterError, SourceError, StudyError
        When a path, a quarter or the project cannot be used; see `find_quarters` and `verify_kept`.
    """
    try:
        return _add(paths, project, faers, today, origins or {})
    except OSError as error:
        raise RegisterError(f"{error.filename or project}: {error.strerror}. Nothing was added.") from error


def _add(paths: list[Path], project: Path, faers: FaersSpec, today: date, origins: Mapping[Path, str]) -> Added:
    require_dvc(project)
    load_params(project / "params.yaml")
    record = read_record(project / RECORD)
    # `dvc add` takes the folder as it lies there: a file not pulled, or changed by hand, would change the study unseen.
    verify_kept(project / FAERS, record)
    found = find_quarters(paths, faers, origins)
    target = project / FAERS
    with staging(target) as staged:
        rows = [row for quarter in found.quarters for row in _stage(quarter, staged, today)]
        added, unchanged = _sorted_out(found.quarters, rows, record)
        with undone_on_failure(project, target, project / RECORD, [target / name for name in added]):
            for name in added:
                target.mkdir(parents=True, exist_ok=True)
                (staged / name).rename(target / name)
            if added:
                write_record(record + [row for row in rows if row.quarter in added], project / RECORD)
            if added or not target.with_suffix(".dvc").exists():
                track(project, FAERS)
            switched = switch_input(project / "params.yaml", "reports", "faers")
    return Added(added, unchanged, found.warnings, switched)


def _stage(quarter: Quarter, staged: Path, today: date) -> list[KeptFile]:
    folder = staged / quarter.name
    folder.mkdir()
    if quarter.path.is_file():
        # The ending may be missing, or in capitals; readers look for this one.
        zipped = folder / f"{re.sub('(?i)[.]zip$', '', quarter.path.name)}.zip"
        shutil.copyfile(quarter.path, zipped)
        for member in quarter.members:
            _read_through(zipped, member.name)
    else:
        for member in quarter.members:
            _copy(quarter.path, member.name, folder / member.name)
    return [
        KeptFile(
            quarter.name,
            f"{quarter.name}/{file.name}",
            file.size,
            sha256_of(folder / file.name),
            quarter.origin,
            today.isoformat(),
        )
        for file in files_below(folder)
    ]


def _read_through(path: Path, name: str) -> None:
    """A damaged member must be refused now, not in the middle of a run."""
    with open_member(path, name) as stream:
        while stream.read(_CHUNK):
            pass


def _copy(folder: Path, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_member(folder, name) as stream, target.open("wb") as copy:
        shutil.copyfileobj(stream, copy, _CHUNK)


def _sorted_out(quarters: list[Quarter], rows: list[KeptFile], record: list[KeptFile]) -> tuple[list[str], list[str]]:
    """The quarters to add, and those that are there with the same bytes."""
    added: list[str] = []
    unchanged: list[str] = []
    for quarter in quarters:
        before = sorted(row.sha256 for row in record if row.quarter == quarter.name)
        now = sorted(row.sha256 for row in rows if row.quarter == quarter.name)
        if before and before != now:
            raise RegisterError(
                f"{quarter.path}: {quarter.name} is already in the study with other bytes ({FAERS / quarter.name}). To replace "
                f"it, delete that folder and its rows in {RECORD}, then add the new files."
            )
        (unchanged if before else added).append(quarter.name)
    return added, unchanged
