"""Rows -> adverse-event reports in one shape: versions, duplicates, coded drugs."""

from pathlib import Path

from nms_pv.canonical.faers.write import write_canonical, write_without_reports
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.spec.source import load_faers
from nms_pv.tables.errors import run


def main() -> None:
    study, sources, out = Path("study"), Path("data/1_sources"), Path("data/2_canonical")
    params = load_params(Path("params.yaml"))

    if params.inputs.reports == "none":
        write_without_reports(out)
    else:
        write_canonical(sources, out, load_faers(study), load_drugs(study), params.duplicates)


if __name__ == "__main__":
    run(main)
