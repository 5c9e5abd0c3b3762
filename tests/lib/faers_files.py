"""Small quarters, zipped or in folders, and a study to add them to."""

import re
import shutil
import zipfile
from pathlib import Path

TABLES = ("DEMO", "DRUG", "REAC", "OUTC", "INDI", "THER", "RPSR")


def quarter_files(quarter: str = "2025Q4", tables: tuple[str, ...] = TABLES) -> dict[str, bytes]:
    short = quarter[2:]
    files = {f"ASCII/{table}{short}.txt": f"primaryid$caseid\r\n11$1\r\n# {table}\r\n".encode() for table in tables}
    return {**files, f"Deleted/DELETE{short}.txt": b" \r\n7\r\n", "Readme.pdf": b"%PDF"}


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def write_study(repository: Path, project: Path) -> Path:
    """A study on simulated input, whatever the checkout's own input is at the moment."""
    shutil.copytree(
        repository / "study", project / "study", ignore=shutil.ignore_patterns("faers_files.csv", "omop_snapshot.csv")
    )
    text = (repository / "params.yaml").read_text(encoding="utf-8")
    text = re.sub("(?m)^  reports: .*$", "  reports: simulated  # the default", text)
    (project / "params.yaml").write_text(re.sub("(?m)^  cohort: .*$", "  cohort: simulated_cdm", text), encoding="utf-8")
    (project / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    (project / ".dvc").mkdir()
    return project


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and every empty folder, to compare before and after."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"/" for path in folder.rglob("*")}
    return {name: content for name, content in found.items() if not name.startswith((".git/", ".dvc/"))}
