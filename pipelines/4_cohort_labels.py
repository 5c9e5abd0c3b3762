"""Evidence of candidate episodes -> one three-valued verdict for each episode and definition."""

from pathlib import Path

from nms_pv.labels.write import write_labels
from nms_pv.spec.definitions import load_definitions
from nms_pv.tables.errors import run


def main() -> None:
    definitions = load_definitions(Path("study"))

    write_labels(Path("data/3_evidence/cohort"), Path("data/4_labels/cohort"), definitions)


if __name__ == "__main__":
    run(main)
