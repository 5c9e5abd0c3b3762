"""Evidence -> three-valued verdicts, what else it could be, trigger, treatment and causality of each candidate episode."""

from pathlib import Path

from nms_pv.labels.write import write_labels
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.errors import run


def main() -> None:
    write_labels(Path("data/3_evidence/cohort"), Path("data/4_labels/cohort"), load_label_study(Path("study"), "cohort"))


if __name__ == "__main__":
    run(main)
