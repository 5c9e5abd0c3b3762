"""Evidence -> three-valued verdicts, what else it could be, trigger, treatment and causality of each report."""

from pathlib import Path

from nms_pv.labels.write import write_labels
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.errors import run


def main() -> None:
    write_labels(Path("data/3_evidence"), Path("data/4_labels"), load_label_study(Path("study"), "reports"))


if __name__ == "__main__":
    run(main)
