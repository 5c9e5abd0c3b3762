"""Reports -> those that count, the ingredients and indications they name, and the counts of all pairs of drugs and terms."""

from pathlib import Path

from nms_pv.exposure.engine import open_engine
from nms_pv.exposure.reports.pairs_write import write_pairs
from nms_pv.exposure.reports.write import ReportStudy, write_exposure
from nms_pv.spec.controls import load_controls
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.indications import load_indications
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    study, params = Path("study"), load_params(Path("params.yaml"))
    controls = load_controls(study, load_drugs(study))
    canonical, out = Path("data/2_canonical"), Path("data/5_exposure")

    write_exposure(canonical, out, ReportStudy(load_indications(study), controls, params.reports.age_bands))
    with open_engine(params.reports.engine) as engine:
        write_pairs(canonical, out, params.main, engine)


if __name__ == "__main__":
    run(main)
