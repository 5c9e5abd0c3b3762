"""Reports -> findings and drug courses, each with its source row."""

from pathlib import Path

from nms_pv.evidence.reports.write import write_evidence
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.long_acting import load_long_acting, longest_intervals
from nms_pv.spec.meddra import load_smq_terms
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")

    drugs = load_drugs(study)
    terms = [*load_elements(study), *load_smq_terms(study)]
    intervals = longest_intervals(load_long_acting(study, drugs))

    write_evidence(Path("data/2_canonical"), Path("data/3_evidence"), terms, drugs, intervals)


if __name__ == "__main__":
    run(main)
