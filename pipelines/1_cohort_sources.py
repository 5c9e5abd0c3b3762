"""Snapshot of an OMOP common data model -> its tables, typed; what cannot be read goes to quarantine."""

from pathlib import Path

from nms_pv.sources.omop.read import write_cohort_sources
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    layer = Path("data/1_sources")
    cohort = load_params(Path("params.yaml")).inputs.cohort
    snapshot = None if cohort == "none" else layer / cohort

    write_cohort_sources(snapshot, layer / "cohort")


if __name__ == "__main__":
    run(main)
