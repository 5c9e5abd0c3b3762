"""`nms-pv fetch faers`: which of FDA's quarterly zips to download, under which names, and their hashes beside them."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from nms_pv.sources.faers.download import FetchError, NotPublishedError, Patience, download, public
from nms_pv.sources.faers.record import sha256_of
from nms_pv.spec.source import SourceRules
from nms_pv.tables.contract import replacing

MIRROR = "NMS_PV_FAERS_URL"


def quarters_in(text: str) -> list[str]:
    """The quarters of `2023Q1` or `2023Q1..2024Q4`, first to last.

    Raises
    ------
    FetchError
        When the text is neither, or runs backwards.
    """
    wanted = re.fullmatch(r"(20\d\d)Q([1-4])(?:\.\.(20\d\d)Q([1-4]))?", text.strip().upper())
    if not wanted:
        raise FetchError(f"'{text}' is no range of quarters. Write one as 2024Q1, several as 2023Q1..2024Q4.")
    first = int(wanted[1]) * 4 + int(wanted[2]) - 1
    last = int(wanted[3]) * 4 + int(wanted[4]) - 1 if wanted[3] else first
    if last < first:
        raise FetchError(f"'{text}' runs backwards. Write the earlier quarter first.")
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(first, last + 1)]


def fetch_faers(quarters: list[str], folder: Path, rules: SourceRules, patience: Patience | None = None) -> dict[Path, str]:
    """Download the zips of some quarters into a folder; each zip with the address it came from.

    A zip that is there with its hash beside it is not downloaded again. Where NMS_PV_FAERS_URL is set, it names a mirror.

    Raises
    ------
    FetchError
        When a quarter cannot be had, the address is no web address, or a zip in the folder is not what was downloaded.
    """
    base = os.environ.get(MIRROR, rules.download).rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise FetchError(f"'{public(base)}' is no web address; it must start with https:// or http://. Check {MIRROR}.")
    done: dict[Path, str] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _progress() as progress:
            for quarter in quarters:
                path = _fetch_one(quarter, base, folder, rules, patience or Patience(), progress)
                done[path] = public(f"{base}/{path.name}")
    except FetchError as error:
        kept = f" Complete, and kept in {folder}: {', '.join(path.name for path in done)}." if done else ""
        raise FetchError(f"{error}{kept}") from error
    except OSError as error:
        raise FetchError(f"{error.filename or folder}: {error.strerror}.") from error
    return done


def _fetch_one(quarter: str, base: str, folder: Path, rules: SourceRules, patience: Patience, progress: Progress) -> Path:
    names = _names(quarter, rules)
    for name in names:
        if (folder / name).exists():
            return _verified(folder / name)
    for name in names:
        path = folder / name
        partial = path.with_name(f"{name}.partial")
        task = progress.add_task(name, total=None)
        try:
            download(f"{base}/{name}", partial, patience, _showing(progress, task))
        except NotPublishedError:
            progress.remove_task(task)
            continue
        # The hash is written first: a zip without one is known not to be ours.
        with replacing(_hash_of(path)) as beside:
            beside.write_text(f"{sha256_of(partial)}  {name}\n", encoding="utf-8")
        partial.rename(path)
        return path
    tried = ", ".join(public(f"{base}/{name}") for name in names)
    raise FetchError(f"{quarter} is not published under these addresses: {tried}. Check FDA's page for the name it has there.")


def _names(quarter: str, rules: SourceRules) -> list[str]:
    system = "aers" if rules.era(quarter) == "legacy" else "faers"
    # FDA writes q in most years and Q from 2019 to 2021 and in single quarters after.
    return [f"{system}_ascii_{spelled}.zip" for spelled in (quarter.lower(), quarter)]


def _verified(path: Path) -> Path:
    beside = _hash_of(path)
    if not beside.exists():
        raise FetchError(
            f"{path}: is there without {beside.name}, so it was not downloaded by this command. Add it with "
            f"`nms-pv add faers {path}`, or move it away."
        )
    recorded = beside.read_text(encoding="utf-8").split(" ")[0]
    found = sha256_of(path)
    if found != recorded:
        raise FetchError(
            f"{path}: has SHA-256 {found}, but {recorded} when it was downloaded. Delete both files, and fetch again."
        )
    return path


def _hash_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _showing(progress: Progress, task: TaskID) -> Callable[[int, int | None], None]:
    return lambda done, total: progress.update(task, completed=done, total=total)


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
