"""DVC rewrites its lock in place, so a run killed in that moment leaves half a file, which DVC then refuses.

`make report` runs this first: a lock that cannot be read is removed. Nothing is lost, because DVC finds finished stages
in its run cache and writes the lock again.
"""

import sys
from pathlib import Path

import yaml
from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from voluptuous import Invalid

LOCKS = (Path("dvc.lock"), Path("data/1_sources/dvc.lock"))


def mend_locks(project: Path) -> list[Path]:
    """Remove the locks that are no longer whole; those that were removed."""
    broken = [project / lock for lock in LOCKS if (project / lock).exists() and not _is_whole(project / lock)]
    for lock in broken:
        lock.unlink()
    return broken


def _is_whole(lock: Path) -> bool:
    try:
        COMPILED_LOCKFILE_SCHEMA(yaml.safe_load(lock.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, Invalid):
        return False
    return True


if __name__ == "__main__":
    for removed in mend_locks(Path()):
        sys.stderr.write(f"{removed} was cut off by a killed run and is removed; DVC writes it again\n")
