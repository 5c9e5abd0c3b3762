"""Snapshot, people and findings -> how reliable, complete, coherent and timely the cohort is, year by year."""

from pathlib import Path

from nms_pv.measures.quality.candidates import elements_of
from nms_pv.measures.quality.write import write_cohort_quality
from nms_pv.measures.rows import data_version
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.errors import run


def main() -> None:
    data = Path("data")
    version = data_version("cohort", SNAPSHOT, data / "1_sources" / "cohort" / "snapshot.parquet")
    elements = elements_of(load_concept_sets(Path("study")))

    write_cohort_quality(data, data / "6_measures" / "cohort" / "quality", elements, version)


if __name__ == "__main__":
    run(main)
