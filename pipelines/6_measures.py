"""Verdicts and exposure -> one row for each number."""

from pathlib import Path

from nms_pv.measures.reports.write import write_measures
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    params = load_params(Path("params.yaml"))

    write_measures(Path("data/4_labels"), Path("data/5_exposure"), Path("data/6_measures"), load_drugs(Path("study")), params)


if __name__ == "__main__":
    run(main)
