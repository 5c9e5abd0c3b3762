"""Tables of the common data model -> people, their time under observation, and what was recorded of them, coded."""

from pathlib import Path

from nms_pv.canonical.omop.study import load_cohort_study
from nms_pv.canonical.omop.write import write_cohort
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    study = load_cohort_study(Path("study"))
    exposure = load_params(Path("params.yaml")).cohort.exposure

    write_cohort(Path("data/1_sources/cohort"), Path("data/2_canonical/cohort"), study, exposure)


if __name__ == "__main__":
    run(main)
