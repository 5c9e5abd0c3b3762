"""`study/exposure_volumes.csv`: how much of a drug was used in a year and a country, as the user knows it.

Columns: drug (an ingredient of study/drugs.csv), year, country (ISO 3166-1 alpha-2, or `all` for the whole world), quantity (a
whole number), unit (one of `UNITS`), source (where the number comes from). The file is shipped with its header only.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.strict import StudyError

FILE = "exposure_volumes.csv"
COLUMNS = ("drug", "year", "country", "quantity", "unit", "source")
UNITS = {
    "patient_years": "patient-years of use",
    "dispensed_units": "units dispensed, such as tablets, ampoules or packs; one meaning in the whole file",
    "defined_daily_doses": "defined daily doses dispensed",
}
EVERYWHERE = "all"
COUNTRY = re.compile(r"[A-Z]{2}")
YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class ExposureVolume:
    """How much of one ingredient was used in one year and country."""

    drug: str
    year: int
    country: str
    quantity: int
    unit: str
    source: str


def load_exposure_volumes(study: Path, drugs: DrugTable) -> list[ExposureVolume]:
    """Read all rows, sorted.

    Raises
    ------
    StudyError
        Naming file, line, column, value and what is allowed, for each cell that does not fit; for other columns than those
        allowed; and when one drug has a year, country and unit twice.
    """
    path = study / FILE
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise StudyError(f"{path}: the columns must be {', '.join(COLUMNS)}; found {', '.join(reader.fieldnames or ('none',))}")
    wrong = [f"line {line}: {problem}" for line, row in enumerate(rows, start=2) for problem in _problems(row, drugs)]
    times = Counter((row["drug"], row["year"], row["country"], row["unit"]) for row in rows)
    wrong += [f"drug, year, country, unit {address} stand there {n} times; keep one row" for address, n in times.items() if n > 1]
    if wrong:
        raise StudyError(f"{path}: {'; '.join(wrong)}")
    volumes = [
        ExposureVolume(row["drug"], int(row["year"]), row["country"], int(row["quantity"]), row["unit"], row["source"])
        for row in rows
    ]
    return sorted(volumes, key=lambda v: (v.drug, v.unit, v.country, v.year))


def _problems(row: dict[str, str | None], drugs: DrugTable) -> list[str]:
    """What is wrong with a row, in words."""
    text = {column: row[column] or "" for column in COLUMNS}
    checks = {
        "drug": (text["drug"] in drugs.drugs, "an ingredient of study/drugs.csv"),
        "year": (bool(YEAR.fullmatch(text["year"])), "a year from 1900 to 2099"),
        "country": (
            text["country"] == EVERYWHERE or bool(COUNTRY.fullmatch(text["country"])),
            f"an ISO 3166-1 code of two capitals, or {EVERYWHERE!r}",
        ),
        "quantity": (text["quantity"].isdecimal(), "a whole number from 0 up"),
        "unit": (text["unit"] in UNITS, f"one of {list(UNITS)}"),
        "source": (bool(text["source"].strip()), "where the number comes from"),
    }
    return [f"{column} {text[column]!r} must be {allowed}" for column, (fits, allowed) in checks.items() if not fits]
