"""evidence -> labels, part by part (a part is one quarter)."""

from pathlib import Path

import polars as pl

from nms_pv.labels.verdicts import verdict_attrition, verdicts
from nms_pv.spec.definitions import Definition
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.parts import keep_only, part_names


def write_labels(evidence: Path, out: Path, definitions: list[Definition]) -> None:
    """Write the verdicts of every part of the evidence, and how many subjects met each definition.

    A subject without any finding has no row: nothing is documented on which a definition could rest.
    """
    counts, parts = [], part_names(FINDINGS, evidence / "findings")
    for name in parts:
        findings = FINDINGS.scan(evidence / "findings" / name).collect()
        exposures = EXPOSURES.scan(evidence / "exposures" / name).collect()
        labelled = [verdicts(findings, exposures, definition) for definition in definitions]
        counts += [verdict_attrition(Path(name).stem, d, rows) for d, rows in zip(definitions, labelled, strict=True)]
        VERDICTS.write(pl.concat(labelled, how="vertical_relaxed"), out / "verdicts" / name)
    keep_only(parts, out / "verdicts")
    write_attrition(counts, out / "attrition.csv")
