"""canonical -> evidence, part by part (a part is one quarter)."""

from pathlib import Path

from nms_pv.evidence.reports.exposures import exposure_attrition, exposures
from nms_pv.evidence.reports.findings import finding_attrition, findings
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.elements import ElementTerm
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORTS
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.parts import keep_only, part_names


def write_evidence(canonical: Path, out: Path, elements: list[ElementTerm], drugs: DrugTable) -> None:
    """Write findings and exposures of every part of the canonical reports, and what was left out."""
    left_out, parts = [], part_names(REPORTS, canonical / "reports")
    for name in parts:
        reports, events, report_drugs = (
            table.scan(canonical / table.name.removeprefix("canonical/") / name)
            for table in (REPORTS, REPORT_EVENTS, REPORT_DRUGS)
        )
        found = findings(events, reports, elements)
        exposed = exposures(report_drugs, reports, drugs)
        left_out += [
            finding_attrition(Path(name).stem, events, elements, found),
            exposure_attrition(Path(name).stem, report_drugs, drugs, exposed),
        ]
        FINDINGS.write(found, out / "findings" / name)
        EXPOSURES.write(exposed, out / "exposures" / name)
    for folder in ("findings", "exposures"):
        keep_only(parts, out / folder)
    write_attrition(left_out, out / "attrition.csv")
