"""A simulated study in a folder, and its files read back with nothing but the standard library."""

import csv
import zipfile
from pathlib import Path

from nms_pv.simulate.faers.write import simulate_faers
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import Simulation
from nms_pv.spec.source import load_faers

QUARTERS = ["2011Q4", "2012Q3", "2012Q4", "2018Q2", "2021Q4", "2024Q1", "2025Q4"]


def simulate(folder: Path, study: Path, cases: int = 7000, seed: int = 7, quarters: list[str] | None = None) -> Path:
    settings = Simulation(seed=seed, cases=cases, quarters=QUARTERS if quarters is None else quarters)
    simulate_faers(settings, load_drugs(study), load_faers(study), folder / "raw", folder / "truth")
    return folder


def archive_of(folder: Path, quarter: str) -> Path:
    (path,) = (folder / "raw" / quarter).iterdir()
    return path


def member_bytes(folder: Path, quarter: str, table: str) -> bytes:
    """The bytes of the member whose name starts with the table, or of the lists of deleted cases for DELETED."""
    with zipfile.ZipFile(archive_of(folder, quarter)) as archive:
        (name,) = (n for n in archive.namelist() if _is(n, table))
        return archive.read(name)


def _is(name: str, table: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder.lower() == "deleted" if table == "DELETED" else file.upper().startswith(table)


def raw_lines(folder: Path, quarter: str, table: str) -> list[str]:
    """Lines without their ends, the header first."""
    text = member_bytes(folder, quarter, table).decode("cp1252").removeprefix("ï»¿")
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def rows(folder: Path, quarter: str, table: str) -> list[dict[str, str]]:
    """Records that have as many fields as the header; names in lower case."""
    header, *lines = raw_lines(folder, quarter, table)
    names = header.lower().split("$")
    is_legacy = names[0] == "isr"
    cells = [line.removesuffix("$").split("$") if is_legacy else line.split("$") for line in lines]
    return [dict(zip(names, record, strict=True)) for record in cells if len(record) == len(names)]


def truth(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / f"planted_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
