"""People -> candidate episodes, their findings and drug courses, each with its source row."""

from pathlib import Path

from nms_pv.evidence.cohort.write import write_cohort_evidence
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    study, canonical, out = Path("study"), Path("data/2_canonical/cohort"), Path("data/3_evidence/cohort")
    episodes = load_params(Path("params.yaml")).cohort.episodes
    sets, measurements, drugs = load_concept_sets(study), load_measurements(study), load_drugs(study)

    write_cohort_evidence(canonical, out, sets, measurements, drugs, episodes)


if __name__ == "__main__":
    run(main)
