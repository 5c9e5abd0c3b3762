"""canonical -> evidence, part by part (a part is one quarter)."""

from collections.abc import Mapping
from pathlib import Path

from nms_pv.evidence.reports.exposures import exposure_attrition, exposures
from nms_pv.evidence.reports.findings import finding_attrition, findings, term_coverage, term_rows
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.elements import ElementTerm
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORTS
from nms_pv.tables.evidence import EXPOSURES, FINDINGS, TERM_COVERAGE
from nms_pv.tables.parts import keep_only, part_names


def write_evidence(
    canonical: Path, out: Path, elements: list[ElementTerm], drugs: DrugTable, intervals: Mapping[str, int]
) -> None:
    """Write findings and exposures of every part of the canonical reports, the coverage of terms, and what was left out.

    `intervals`: days between the doses of long-acting products, by ingredient.
    """
    left_out, terms, parts = [], [], part_names(REPORTS, canonical / "reports")
    for name in parts:
        reports, events, report_drugs = (
            table.scan(canonical / table.name.removeprefix("canonical/") / name)
            for table in (REPORTS, REPORT_EVENTS, REPORT_DRUGS)
        )
        found = findings(events, reports, elements)
        terms.append(term_rows(events))
        exposed = exposures(report_drugs, reports, drugs, intervals)
        left_out += [
            finding_attrition(Path(name).stem, events, elements, found),
            exposure_attrition(Path(name).stem, report_drugs, drugs, exposed),
        ]
        FINDINGS.write(found, out / "findings" / name)
        EXPOSURES.write(exposed, out / "exposures" / name)
    for folder in ("findings", "exposures"):
        keep_only(parts, out / folder)
    TERM_COVERAGE.write(term_coverage(terms, elements), out / "term_coverage.parquet")
    write_attrition(left_out, out / "attrition.csv")
