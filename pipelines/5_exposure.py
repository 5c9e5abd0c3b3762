"""Reports -> those that count, the ingredients and indications they name, and the counts of all pairs of drugs and terms."""

from pathlib import Path

from nms_pv.exposure.engine import open_engine
from nms_pv.exposure.reports.pairs_write import write_pairs
from nms_pv.exposure.reports.write import write_exposure
from nms_pv.spec.indications import load_indications
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    params, indications = load_params(Path("params.yaml")), load_indications(Path("study"))
    canonical, out = Path("data/2_canonical"), Path("data/5_exposure")

    write_exposure(canonical, out, indications, params.reports.age_bands)
    with open_engine(params.reports.engine) as engine:
        write_pairs(canonical, out, params.main, engine)


if __name__ == "__main__":
    run(main)
