"""What can have triggered the event of one subject, how it was treated, and the causality of each suspected drug, as text."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from nms_pv.audit.judged import Row, section
from nms_pv.audit.text import field, line, plain
from nms_pv.tables.contract import Table
from nms_pv.tables.labels import (
    CAUSALITY,
    TREATMENT_BASIS,
    TREATMENTS,
    TRIGGER,
    TRIGGER_CERTAINTY,
    TRIGGER_REASON,
    TRIGGERS,
    WHO_UMC_REASON,
)


def context_sections(subject_id: str, labels: Path) -> list[str]:
    """The stored trigger, treatments and causality of one subject; `labels` is the folder of the layer.

    Raises
    ------
    ContractError
        When the labels have not been written.

    """
    return [
        _trigger(_rows(TRIGGERS, subject_id, labels)),
        _treatments(_rows(TREATMENTS, subject_id, labels)),
        _causality(_rows(CAUSALITY, subject_id, labels)),
    ]


def _rows(table: Table, subject_id: str, labels: Path) -> Sequence[Row]:
    found = table.scan(labels / table.name.removeprefix("labels/")).filter(pl.col("subject_id") == subject_id)
    return found.sort(table.key).collect().to_dicts()


def _trigger(rows: Sequence[Row]) -> str:
    lines = [
        text
        for t in rows
        for text in (
            field("trigger", _code(TRIGGER, t["trigger"])),
            field("certainty", _code(TRIGGER_CERTAINTY, t["certainty"])),
            field("drugs", _list(t["ingredients"]) + _courses(t)),
            field("kinds that fit", _list(t["fitting"])),
            field("undecided", _list(t["undecided"])),
            field("why", TRIGGER_REASON[str(t["reason"])]),
        )
    ]
    return section("TRIGGER", lines, "no finding, no trigger")


def _treatments(rows: Sequence[Row]) -> str:
    lines = [
        line(f"{t['treatment']}: {t['given']} ({TREATMENT_BASIS[str(t['basis'])]}); {_behind(t)}".replace("_", " ")) for t in rows
    ]
    return section("TREATMENTS DOCUMENTED (what was done, never an effect)", lines)


def _causality(rows: Sequence[Row]) -> str:
    lines = [
        text
        for c in rows
        for text in (
            line(f"{plain(c['ingredient'])}, {c['relation']}{_courses(c)}"),
            line(
                f"Naranjo: {c['naranjo']} documented, {c['naranjo_low']} to {c['naranjo_high']} with what is unknown, that is "
                f"{c['naranjo_band_low']} to {c['naranjo_band_high']}; {str(c['naranjo_answers']).replace(';', ', ')}",
                4,
            ),
            line(f"WHO-UMC: {c['who_umc']}, at most {c['who_umc_cap']}: {WHO_UMC_REASON[str(c['who_umc_reason'])]}", 4),
        )
    ]
    return section("CAUSALITY OF EACH SUSPECTED DRUG", lines)


def _code(meanings: dict[str, str], value: object) -> str:
    return f"{value} ({meanings[str(value)]})"


def _list(text: object) -> str:
    return plain(text).replace(";", ", ") if text else "none"


def _courses(row: Row) -> str:
    return f"; course {_list(row['course_nos'])}" if row["course_nos"] else ""


def _behind(row: Row) -> str:
    findings = f"finding {_list(row['finding_nos'])}" if row["finding_nos"] else ""
    return findings or f"{_list(row['ingredients'])}{_courses(row)}"
