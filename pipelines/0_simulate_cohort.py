"""Simulate an OMOP common data model with planted rates. SIMULATED: no real person is in it."""

from pathlib import Path

from nms_pv.simulate.omop.write import simulate_omop
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    simulation = load_params(Path("params.yaml")).cohort.simulation
    raw, truth = Path("data/1_sources/simulated_cdm"), Path("data/1_sources/simulated_cdm_truth")

    simulate_omop(simulation, load_drugs(Path("study")), raw, truth)


if __name__ == "__main__":
    run(main)
