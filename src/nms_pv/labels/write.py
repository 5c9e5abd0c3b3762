"""evidence -> labels, part by part (a part is one quarter, or so many persons)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

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
from nms_pv.tables.parts import PARTS_AT_A_TIME, keep_only, part_names
from nms_pv.tables.review import ADJUDICATED, REVIEWER_PAIRS

PARTED = (VERDICTS, DIFFERENTIAL, TRIGGERS, TREATMENTS, CAUSALITY)


class _Labelled(NamedTuple):
    """What is kept of a part: how many subjects each table kept, and the cases that reviewers judged."""

    counts: list[pl.DataFrame]
    reviewed: pl.DataFrame


def write_labels(evidence: Path, out: Path, study: LabelStudy) -> None:
    """Write verdicts, differential, triggers, treatments and causality of every part, and how many subjects each kept.

    A subject without any finding has no row: nothing is documented on which a definition could rest.
    """
    parts = part_names(FINDINGS, evidence / "findings")
    with ThreadPoolExecutor(PARTS_AT_A_TIME) as pool:
        labelled = list(pool.map(partial(_write_part, evidence, out, study), parts))
    for table in PARTED:
        keep_only(parts, out / _folder(table))
    reviewed = pl.concat([part.reviewed for part in labelled])
    REVIEWER_PAIRS.write(reviewer_pairs(study.adjudications, reviewed), out / "reviewer_pairs.parquet")
    DEFINITIONS.write(_definitions(study), out / "definitions.parquet")
    write_attrition([count for part in labelled for count in part.counts], out / "attrition.csv")


def _write_part(evidence: Path, out: Path, study: LabelStudy, name: str) -> _Labelled:
    part = Path(name).stem
    findings = FINDINGS.scan(evidence / "findings" / name).collect()
    exposures = EXPOSURES.scan(evidence / "exposures" / name).collect()
    elements = element_states(findings, [*study.computed, *study.differential])
    cases, others = ([judged(elements, exposures, d) for d in asked] for asked in (study.computed, study.differential))
    reviewed = judged_cases(study.adjudications, findings, exposures)
    around, left_out = context_labels(part, findings, exposures, study.context)
    tables = [
        (VERDICTS, pl.concat([_by_subject(cases), adjudicated_verdicts(study.adjudications, reviewed)], how="vertical_relaxed")),
        (DIFFERENTIAL, _by_subject(others)),
        *around,
    ]
    for table, rows in tables:
        table.write(rows, out / _folder(table) / name)
    counts = [verdict_attrition(part, d, rows) for d, rows in zip(study.computed, cases, strict=True)]
    return _Labelled([*counts, *left_out], reviewed)


def _by_subject(labelled: list[pl.DataFrame]) -> pl.DataFrame:
    """The verdicts of all definitions, which stand in the same order of subjects, subject by subject."""
    numbered = [rows.with_columns(place=pl.int_range(pl.len()) * len(labelled) + number) for number, rows in enumerate(labelled)]
    return pl.concat(numbered, how="vertical_relaxed").sort("place").drop("place")


def _definitions(study: LabelStudy) -> pl.DataFrame:
    """Every definition of the study, and whether it is computed."""
    rows = [_described(d, study.left_out.get(d.name)) for d in [*study.definitions, *study.differential]]
    nobody = None if study.adjudications else "no reviewer has judged a case: see `nms-pv review export`"
    reviewed = {"definition": ADJUDICATED, "title": "Reviewers' verdicts", "syndrome": "nms", "status": None}
    return pl.DataFrame([*rows, {**reviewed, "is_computed": nobody is None, "why_not": nobody}], schema=DEFINITIONS.types)


def _described(d: Definition, why_not: str | None) -> dict[str, object]:
    said = {"definition": d.name, "title": d.title, "syndrome": d.syndrome, "status": d.status}
    return {**said, "is_computed": why_not is None, "why_not": why_not}


def _folder(table: Table) -> str:
    """The folder of a table of this layer within it."""
    return table.name.removeprefix("labels/")
