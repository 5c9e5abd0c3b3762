"""Reports -> findings and drug courses, each with its source row."""

from pathlib import Path

from nms_pv.evidence.reports.write import write_evidence
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")

    write_evidence(Path("data/2_canonical"), Path("data/3_evidence"), load_elements(study), load_drugs(study))


if __name__ == "__main__":
    run(main)
