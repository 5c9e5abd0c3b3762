"""evidence -> labels, part by part (a part is one quarter, or so many persons)."""

from pathlib import Path

import polars as pl

from nms_pv.labels.adjudicated import adjudicated_verdicts, judged_cases, reviewer_pairs
from nms_pv.labels.context import context_labels
from nms_pv.labels.states import element_states
from nms_pv.labels.verdicts import judged, verdict_attrition
from nms_pv.spec.definitions import Definition
from nms_pv.spec.label_study import LabelStudy
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import CAUSALITY, DEFINITIONS, DIFFERENTIAL, TREATMENTS, TRIGGERS, VERDICTS
from nms_pv.tables.parts import keep_only, part_names
from nms_pv.tables.review import ADJUDICATED, REVIEWER_PAIRS

PARTED = (VERDICTS, DIFFERENTIAL, TRIGGERS, TREATMENTS, CAUSALITY)


def write_labels(evidence: Path, out: Path, study: LabelStudy) -> None:
    """Write verdicts, differential, triggers, treatments and causality of every part, and how many subjects each kept.

    A subject without any finding has no row: nothing is documented on which a definition could rest.
    """
    counts, reviewed, parts = [], [], part_names(FINDINGS, evidence / "findings")
    for name in parts:
        part = Path(name).stem
        findings = FINDINGS.scan(evidence / "findings" / name).collect()
        exposures = EXPOSURES.scan(evidence / "exposures" / name).collect()
        elements = element_states(findings, [*study.computed, *study.differential])
        reviewed.append(judged_cases(study.adjudications, findings, exposures))
        cases = [judged(elements, exposures, definition) for definition in study.computed]
        counts += [verdict_attrition(part, d, rows) for d, rows in zip(study.computed, cases, strict=True)]
        around, left_out = context_labels(part, findings, exposures, study.context)
        counts += left_out
        rows_of = [
            (VERDICTS, _together([*cases, adjudicated_verdicts(study.adjudications, reviewed[-1])])),
            (DIFFERENTIAL, _together([judged(elements, exposures, d) for d in study.differential])),
            *around,
        ]
        for table, rows in rows_of:
            table.write(rows, out / _folder(table) / name)
    for table in PARTED:
        keep_only(parts, out / _folder(table))
    REVIEWER_PAIRS.write(reviewer_pairs(study.adjudications, pl.concat(reviewed)), out / "reviewer_pairs.parquet")
    DEFINITIONS.write(_definitions(study), out / "definitions.parquet")
    write_attrition(counts, out / "attrition.csv")


def _together(labelled: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(labelled, how="vertical_relaxed")


def _definitions(study: LabelStudy) -> pl.DataFrame:
    """Every definition of the study, and whether it is computed."""
    rows = [_described(d, study.left_out.get(d.name)) for d in [*study.definitions, *study.differential]]
    nobody = None if study.adjudications else "no reviewer has judged a case: see `nms-pv review export`"
    reviewed = {"definition": ADJUDICATED, "title": "Reviewers' verdicts", "syndrome": "nms", "status": "found"}
    return pl.DataFrame([*rows, {**reviewed, "is_computed": nobody is None, "why_not": nobody}], schema=DEFINITIONS.types)


def _described(d: Definition, why_not: str | None) -> dict[str, object]:
    said = {"definition": d.name, "title": d.title, "syndrome": d.syndrome, "status": d.status}
    return {**said, "is_computed": why_not is None, "why_not": why_not}


def _folder(table: Table) -> str:
    """The folder of a table of this layer within it."""
    return table.name.removeprefix("labels/")
