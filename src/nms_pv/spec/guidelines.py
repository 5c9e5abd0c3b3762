"""`study/guidelines/*.csv`: what guidelines of reporting ask, and how each item is met."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nms_pv.spec.literature import STATUS
from nms_pv.spec.params import Params
from nms_pv.spec.protocol import Protocol
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import ARM

FOLDER = "guidelines"
INDEX = "guidelines.csv"
INDEX_COLUMNS = ["name", "title", "arm", "citation", "doi"]
COLUMNS = ["item", "section", "asks", "page", "protocol", "setting", "not_applicable", "open", "status", "source"]
ANCHOR = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Item:
    """One item of a guideline, in our words, and how it is met.

    `page` holds ids of the page, `protocol` fields of `study/protocol.yaml`, `setting` dotted names of `params.yaml` with their
    values. An item with a reason in `not_applicable` asks nothing of this study; one with a reason in `missing` (column `open`)
    cannot be met yet, whatever is filled in.
    """

    item: str
    section: str
    asks: str
    page: tuple[str, ...]
    protocol: tuple[str, ...]
    setting: tuple[tuple[str, str], ...]
    not_applicable: str
    missing: str
    status: str
    source: str


@dataclass(frozen=True)
class Guideline:
    """One guideline, the arm that it is about, and its items in order."""

    name: str
    title: str
    arm: str
    citation: str
    doi: str
    items: tuple[Item, ...]


def load_guidelines(study: Path, params: Params) -> list[Guideline]:
    """Read the guidelines in the order of `guidelines.csv`, each from the file of its name.

    Raises
    ------
    StudyError
        Naming file, item, column, value and what is allowed, for each cell that does not fit.

    """
    folder = study / FOLDER
    index = _read(folder / INDEX, INDEX_COLUMNS)
    strangers = sorted({path.stem for path in folder.glob("*.csv")} - {row["name"] for row in index} - {Path(INDEX).stem})
    wrong = [f"{name}.csv lies there, but no row has this name" for name in strangers]
    wrong += [f"{row['name']}: arm {row['arm']!r} is not one of {list(ARM)}" for row in index if row["arm"] not in ARM]
    if wrong:
        raise StudyError(f"{folder / INDEX}: {'; '.join(wrong)}")
    settings = _values("", params.model_dump())
    return [Guideline(**row, items=_items(folder / f"{row['name']}.csv", settings)) for row in index]


def _items(path: Path, settings: dict[str, str]) -> tuple[Item, ...]:
    rows = _read(path, COLUMNS)
    twice = [item for item, n in Counter(row["item"] for row in rows).items() if n > 1]
    wrong = [f"item {item!r} stands there twice; keep one row" for item in twice]
    wrong += [f"item {row['item']!r}: {problem}" for row in rows for problem in _problems(row, settings)]
    if wrong:
        raise StudyError(f"{path}: {'; '.join(wrong)}")
    return tuple(
        Item(
            item=row["item"],
            section=row["section"],
            asks=row["asks"],
            page=_several(row["page"]),
            protocol=_several(row["protocol"]),
            setting=tuple((name, settings[name]) for name in _several(row["setting"])),
            not_applicable=row["not_applicable"],
            missing=row["open"],
            status=row["status"],
            source=row["source"],
        )
        for row in rows
    )


def _problems(row: dict[str, str], settings: dict[str, str]) -> list[str]:
    """What is wrong with a row, in words."""
    found = [f"column {column!r} is empty" for column in ("item", "section", "asks", "source") if not row[column]]
    if row["status"] not in STATUS:
        found.append(f"status {row['status']!r} is not one of {list(STATUS)}")
    found += [f"page {a!r} is no id: small letters, digits, _ and -" for a in _several(row["page"]) if not ANCHOR.fullmatch(a)]
    fields = list(Protocol.model_fields)
    found += [
        f"protocol {f!r} is no field of study/protocol.yaml, {fields}" for f in _several(row["protocol"]) if f not in fields
    ]
    found += [f"setting {s!r} is no setting of params.yaml" for s in _several(row["setting"]) if s not in settings]
    ways = [column for column in ("page", "protocol", "setting", "open") if row[column]]
    if row["not_applicable"] and ways:
        found.append(f"not_applicable has a reason, so {ways} must be empty")
    if not row["not_applicable"] and not ways:
        found.append(
            "it says nowhere how it is met; fill in page, protocol or setting, or give a reason in not_applicable or open"
        )
    return found


def _read(path: Path, columns: list[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), list(reader.fieldnames or [])
    except OSError as error:
        raise StudyError(f"{path}: cannot be read: {error}") from error
    if header != columns:
        raise StudyError(f"{path}: the columns are {header}; they must be {columns}")
    ragged = [str(number) for number, row in enumerate(rows, start=2) if None in row or None in row.values()]
    if ragged:
        raise StudyError(
            f"{path}: rows {', '.join(ragged)} have more or fewer cells than there are columns; quote cells with commas"
        )
    return rows


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _values(name: str, value: Any) -> dict[str, str]:
    """The settings by dotted name, as text."""
    if isinstance(value, dict):
        return {k: v for key in value for k, v in _values(f"{name}.{key}" if name else str(key), value[key]).items()}
    return {name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)}
