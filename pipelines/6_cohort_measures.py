"""Person-time and episodes by stratum -> one row for each number."""

from pathlib import Path

from nms_pv.measures.cohort.write import write_cohort_measures
from nms_pv.measures.rows import data_version
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.standards import load_standards
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")
    params = load_params(Path("params.yaml"))
    exposure, out = Path("data/5_exposure/cohort"), Path("data/6_measures/cohort")
    version = data_version("cohort", SNAPSHOT, Path("data/1_sources/cohort/snapshot.parquet"))

    write_cohort_measures(exposure, out, load_drugs(study), params, load_time_at_risk(study), load_standards(study), version)


if __name__ == "__main__":
    run(main)
