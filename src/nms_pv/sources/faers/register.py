"""`nms-pv add faers`: FAERS files copied into the study, recorded and put under DVC; all of it or nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nms_pv.sources.faers.archive import files_below, open_member
from nms_pv.sources.faers.quarters import Quarter, find_quarters
from nms_pv.sources.faers.record import KeptFile, RegisterError, read_record, sha256_of, write_record
from nms_pv.sources.faers.verify import verify_kept
from nms_pv.spec.params import load_params
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.contract import replacing

FAERS = Path("data/1_sources/faers")
RECORD = Path("study/sources/faers_files.csv")
_CHUNK = 1024**2


@dataclass(frozen=True)
class Added:
    """What adding did: quarters added, quarters that were there with the same bytes, and what to know about them."""

    added: list[str]
    unchanged: list[str]
    warnings: list[str]


def add_faers(
    paths: list[Path], project: Path, faers: FaersSpec, today: date, origins: Mapping[Path, str] | None = None
) -> Added:
    """Add the quarters in zips and folders to a study, and make them its input.

    `origins` names where a path came from, where that is not the path's own name. After an error the project is as it was.

    Raises
    ------
    ArchiveError, RegisterError, SourceError, StudyError
        When a path, a quarter or the project cannot be used; see `find_quarters` and `verify_kept`.
    """
    try:
        return _add(paths, project, faers, today, origins or {})
    except OSError as error:
        raise RegisterError(f"{error.filename or project}: {error.strerror}. Nothing was added.") from error


def _add(paths: list[Path], project: Path, faers: FaersSpec, today: date, origins: Mapping[Path, str]) -> Added:
    if not (project / ".dvc").is_dir():
        raise RegisterError(
            f"{project.resolve()}: is no DVC repository, so added files could not be tracked. Run `dvc init` there first."
        )
    load_params(project / "params.yaml")
    record = read_record(project / RECORD)
    # `dvc add` takes the folder as it lies there: a file not pulled, or changed by hand, would change the study unseen.
    verify_kept(project / FAERS, record)
    found = find_quarters(paths, faers, origins)
    with _staging(project) as staging:
        rows = [row for quarter in found.quarters for row in _stage(quarter, staging, today)]
        added, unchanged = _sorted_out(found.quarters, rows, record)
        with _undone_on_failure(project, added):
            for name in added:
                (project / FAERS).mkdir(parents=True, exist_ok=True)
                (staging / name).rename(project / FAERS / name)
            if added:
                write_record(record + [row for row in rows if row.quarter in added], project / RECORD)
            if added or not (project / FAERS).with_suffix(".dvc").exists():
                _track(project)
            _switch_input(project / "params.yaml")
    return Added(added, unchanged, found.warnings)


@contextmanager
def _staging(project: Path) -> Iterator[Path]:
    """A folder on the same disk, where copies are completed before they are renamed into place."""
    staging = (project / FAERS).with_name("faers.partial")
    new = [folder for folder in (staging.parent, staging.parent.parent) if not folder.exists()]
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging)
        for folder in new:
            if not any(folder.iterdir()):
                folder.rmdir()


def _stage(quarter: Quarter, staging: Path, today: date) -> list[KeptFile]:
    folder = staging / quarter.name
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


@contextmanager
def _undone_on_failure(project: Path, added: list[str]) -> Iterator[None]:
    folder = project / FAERS
    touched = [folder.with_suffix(".dvc"), folder.parent / ".gitignore", project / RECORD, project / "params.yaml"]
    before = {path: path.read_bytes() if path.exists() else None for path in touched}
    new = not folder.exists()
    try:
        yield
    except BaseException:
        for name in added:
            shutil.rmtree(folder / name, ignore_errors=True)
        for path, content in before.items():
            _restore(path, content)
        if new and folder.exists():
            folder.rmdir()
        raise


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != content:
        with replacing(path) as partial:
            partial.write_bytes(content)


def _switch_input(params: Path) -> None:
    """Change the one line, so that the comments stay."""
    if load_params(params).input == "faers":
        return
    text = params.read_bytes().decode("utf-8")
    switched, count = re.subn(r"(?m)^input:[ \t]*(?:simulated|'simulated'|\"simulated\")(?=\s|$)", "input: faers", text)
    with replacing(params) as partial:
        partial.write_bytes(switched.encode("utf-8"))
        if count != 1 or load_params(partial).input != "faers":
            raise RegisterError(f"{params}: found no single line `input: simulated` to change. Set `input: faers` by hand.")


def _track(project: Path) -> None:
    command = [sys.executable, "-m", "dvc", "add", str(FAERS)]
    done = subprocess.run(command, cwd=project, env={**os.environ, "DVC_NO_ANALYTICS": "1"}, capture_output=True, text=True)
    if done.returncode:
        said = " ".join(done.stderr.partition("ERROR: ")[2].split()) or done.stderr
        raise RegisterError(f"`dvc add {FAERS}` failed, and nothing was added: {said}")
