"""All layers on a simulated study, called as functions in one process."""

from pathlib import Path

import polars as pl

from nms_pv.canonical.faers.write import write_canonical
from nms_pv.evidence.reports.write import write_evidence
from nms_pv.exposure.reports.write import ReportStudy, write_exposure
from nms_pv.labels.write import write_labels
from nms_pv.measures.reports.write import write_measures
from nms_pv.simulate.faers.write import simulate_faers
from nms_pv.sources.faers.read import write_sources
from nms_pv.spec.controls import load_controls
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.indications import load_indications
from nms_pv.spec.label_study import load_label_study
from nms_pv.spec.long_acting import load_long_acting, longest_intervals
from nms_pv.spec.params import Params, Simulation, load_params
from nms_pv.spec.source import load_faers
from tests.lib.small_study import VERSION

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "study"


def run_layers(folder: Path, seed: int, cases: int, quarters: list[str]) -> Params:
    """Simulate and run everything up to the numbers; the truth lies in `folder/truth`, the layers as in `data/`."""
    params = load_params(ROOT / "params.yaml")
    drugs, faers = load_drugs(STUDY), load_faers(STUDY)
    simulate_faers(Simulation(seed=seed, cases=cases, quarters=quarters), drugs, faers, folder / "raw", folder / "truth")
    write_sources(folder / "raw", folder / "1_sources", faers, None)
    write_canonical(folder / "1_sources", folder / "2_canonical", faers, drugs, params.duplicates)
    intervals = longest_intervals(load_long_acting(STUDY, drugs))
    write_evidence(folder / "2_canonical", folder / "3_evidence", load_elements(STUDY), drugs, intervals)
    write_labels(folder / "3_evidence", folder / "4_labels", load_label_study(STUDY, "reports"))
    reports = ReportStudy(load_indications(STUDY), load_controls(STUDY, drugs), params.reports.age_bands)
    write_exposure(folder / "2_canonical", folder / "5_exposure", reports)
    write_measures(folder / "4_labels", folder / "5_exposure", folder / "6_measures", drugs, params, VERSION)
    return params


def table(folder: Path, name: str) -> pl.DataFrame:
    """A table of a layer, all its parts."""
    path = folder / name
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path)


def truth(folder: Path, name: str) -> pl.DataFrame:
    """A truth table."""
    return pl.read_csv(folder / "truth" / f"planted_{name}.csv", infer_schema_length=None)
