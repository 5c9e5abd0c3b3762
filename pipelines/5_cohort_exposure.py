"""Drug exposures and labelled episodes -> eras, time at risk, and person-time by stratum."""

from pathlib import Path

from nms_pv.exposure.cohort.write import write_cohort_exposure
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.errors import run


def main() -> None:
    study, data = Path("study"), Path("data")
    params = load_params(Path("params.yaml"))
    canonical, evidence, labels, out = (
        data / layer / "cohort" for layer in ("2_canonical", "3_evidence", "4_labels", "5_exposure")
    )

    write_cohort_exposure(
        canonical,
        evidence,
        labels,
        out,
        load_drugs(study),
        params.generations,
        params.cohort,
        load_time_at_risk(study),
        params.definitions,
    )


if __name__ == "__main__":
    run(main)
