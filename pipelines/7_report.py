"""Numbers -> reports/index.html and the tables beside it."""

from pathlib import Path

from nms_pv.report.build import write_report
from nms_pv.spec.definition_files import load_definitions
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.source import load_faers
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")
    params = load_params(Path("params.yaml"))
    drugs, faers, definitions = load_drugs(study), load_faers(study), load_definitions(study)

    write_report(Path("data"), Path("reports"), params, drugs, faers, definitions, study)


if __name__ == "__main__":
    run(main)
