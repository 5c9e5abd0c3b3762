"""Raw files -> rows of text with file and line; what cannot be read goes to quarantine."""

from pathlib import Path

from nms_pv.sources.faers.read import write_sources
from nms_pv.sources.faers.record import read_record
from nms_pv.spec.params import load_params
from nms_pv.spec.source import load_faers
from nms_pv.tables.errors import run


def main() -> None:
    study, layer = Path("study"), Path("data/1_sources")
    params = load_params(Path("params.yaml"))
    reports = params.inputs.reports
    raw = None if reports == "none" else layer / reports
    kept = read_record(study / "sources" / "faers_files.csv") if reports == "faers" else None

    write_sources(raw, layer, load_faers(study), kept)


if __name__ == "__main__":
    run(main)
