"""`study/controls.csv`: drugs known to cause NMS, and drugs that do not, by which the numbers of all others are judged."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.strict import StudyError

KINDS = ("positive", "negative")
STATUSES = ("found", "memory")
# An ingredient with one of these relations is no negative control: it may trigger NMS, treat it, or go with psychosis.
TRIGGERS = {"antagonist", "depleter", "withdrawal"}


@dataclass(frozen=True)
class Control:
    """A control drug: an ingredient of the drug table, or, where that does not list it, the names (capitals) that tell it."""

    name: str
    names: tuple[str, ...]
    kind: str
    is_listed: bool
    reason: str
    status: str


def load_controls(study: Path, drugs: DrugTable) -> list[Control]:
    """Read the controls.

    Raises
    ------
    StudyError
        For a name twice, an unknown kind or status, a control without a reason, a positive control that the drug table does
        not list, or a negative one that blocks or depletes dopamine, or stands for its withdrawal.

    """
    path = study / "controls.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    controls: dict[str, Control] = {}
    for number, row in enumerate(rows, start=2):
        control = _control(row, drugs)
        wrong = _what_is_wrong(control, drugs)
        if wrong is None and control.name in controls:
            wrong = "it stands there twice; keep one row"
        if wrong:
            raise StudyError(f"{path}, line {number}: control {row['name']!r}: {wrong}")
        controls[control.name] = control
    return list(controls.values())


def _control(row: dict[str, str], drugs: DrugTable) -> Control:
    name = row["name"].strip()
    salts = [salt.strip() for salt in row["salts"].split("|") if salt.strip()]
    names = tuple(known.upper() for known in (name, *salts))
    return Control(name, names, row["kind"], name in drugs.drugs, row["reason"].strip(), row["status"])


def _what_is_wrong(control: Control, drugs: DrugTable) -> str | None:
    if control.kind not in KINDS:
        return f"column kind holds {control.kind!r}; known are {list(KINDS)}"
    if control.status not in STATUSES:
        return f"column status holds {control.status!r}; known are {list(STATUSES)}"
    if not control.reason:
        return "column reason is empty; say why it is a control"
    listed = sorted(set(control.names) & set(drugs.ingredients_of_name))
    if listed and not control.is_listed:
        return f"study/drugs.csv lists {listed}: use its ingredient {drugs.ingredients_of_name[listed[0]][0]!r} as the name"
    if control.kind == "positive" and not control.is_listed:
        return "a positive control must be an ingredient of study/drugs.csv; add it there, or take it out here"
    if control.kind == "negative" and control.is_listed:
        relations = sorted(TRIGGERS & set(drugs.drugs[control.name].relations))
        if relations:
            return f"it is {', '.join(relations)} in study/drugs.csv, so it is no negative control; take it out"
    return None
