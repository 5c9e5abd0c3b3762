"""Labels -> how the definitions agree, how accurate they are without a gold standard, and which reports to review first."""

from pathlib import Path

from nms_pv.measures.definitions.write import write_agreement
from nms_pv.measures.ranking.write import write_ranking
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.elements import load_elements
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    study, params = Path("study"), load_params(Path("params.yaml"))
    evidence, labels, out = (Path("data") / layer for layer in ("3_evidence", "4_labels", "6_measures"))
    definitions = [*load_definitions(study), *load_differential(study)]
    elements = sorted({term.element for term in load_elements(study)})

    write_agreement(labels, evidence, out / "definitions", "reports", definitions, elements, params.agreement, params.level)
    write_ranking(evidence, labels, out / "ranking", load_measurements(study), params.level, Path("data/2_canonical"))


if __name__ == "__main__":
    run(main)
