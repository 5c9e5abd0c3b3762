"""Verdicts and exposure -> one row for each number."""

from pathlib import Path

from nms_pv.measures.reports.write import write_measures
from nms_pv.measures.rows import data_version
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run
from nms_pv.tables.sources import FILES


def main() -> None:
    params, drugs = load_params(Path("params.yaml")), load_drugs(Path("study"))
    labels, exposure, out = Path("data/4_labels"), Path("data/5_exposure"), Path("data/6_measures")
    version = data_version("reports", FILES, Path("data/1_sources/files.parquet"))

    write_measures(labels, exposure, out, drugs, params, version)


if __name__ == "__main__":
    run(main)
