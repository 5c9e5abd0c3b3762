"""Simulate FDA-shaped quarterly files with planted truth. SIMULATED: no real report is in them."""

from pathlib import Path

from nms_pv.simulate.faers.write import simulate_faers
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.source import load_faers
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")
    simulation = load_params(Path("params.yaml")).simulation
    raw, truth = Path("data/1_sources/simulated"), Path("data/1_sources/simulated_truth")

    simulate_faers(simulation, load_drugs(study), load_faers(study), raw, truth)


if __name__ == "__main__":
    run(main)
