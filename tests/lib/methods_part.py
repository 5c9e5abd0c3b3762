"""What the methods and the checklists of a report are told from: this study over made-up results."""

from dataclasses import replace
from typing import Any

import polars as pl
from jinja2 import Environment

from nms_pv.report.declared import Study
from nms_pv.report.environment import environment, figure_numbers
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.words import clean, visible
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.own_control import load_own_control
from nms_pv.spec.params import Inputs, Params, load_params
from nms_pv.spec.source import load_faers
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.sources import FILES
from tests.lib.cohort_report_fixture import cohort_results
from tests.lib.report_fixture import ROOT, STUDY, results


def methods_part() -> MethodsPart:
    """The methods of this repository's study, with both arms; of the results one row for each method."""
    params = load_params(ROOT / "params.yaml")
    drugs = load_drugs(STUDY)
    settings = load_time_at_risk(STUDY)
    rows = pl.concat([results(drugs), cohort_results()])
    return MethodsPart(
        study=Study(params, drugs, load_faers(STUDY), load_definitions(STUDY), load_differential(STUDY)),
        analyses=[settings[name] for name in params.cohort.analyses],
        own_control=load_own_control(STUDY),
        files=files(),
        snapshot=snapshot(),
        results=rows.unique(["arm", "measure", "method"], keep="first", maintain_order=True),
        environment={"nms-pv": "0.1.0", "polars": "2.1.0"},
    )


def files() -> pl.DataFrame:
    """Two files of two quarters."""
    rows = [
        {
            "source_id": f"faers:{quarter}:DEMO",
            "quarter": quarter,
            "table": "DEMO",
            "era": "current",
            "member": f"ascii/DEMO{quarter}.txt",
            "bytes": 1_000,
            "sha256": f"{number:064x}",
            "encoding": "utf-8",
            "line_count": 40_000,
            "origin": "a program",
            "licence": "public domain",
            "retrieved": None,
        }
        for number, quarter in enumerate(("2018Q2", "2021Q4"))
    ]
    return pl.DataFrame(rows, schema=FILES.types)


def snapshot() -> pl.DataFrame:
    """Two tables that state no version."""
    rows = [
        {
            "source_id": f"omop:{table}",
            "table": table,
            "format": "parquet",
            "origin": "a folder",
            "rows": 10_000,
            "bytes": 1_000,
            "sha256": "0" * 64,
            "content_sha256": "0" * 64,
            **dict.fromkeys(("cdm_version", "vocabulary_version", "retrieved")),
        }
        for table in ("person", "drug_exposure")
    ]
    return pl.DataFrame(rows, schema=SNAPSHOT.types)


def under(part: MethodsPart, **changes: Any) -> MethodsPart:
    """The same under other settings: `inputs`, or dotted names with `__` in place of the dots."""
    params: Params = part.study.params
    for name, value in changes.items():
        params = _changed(params, name.split("__"), value)
    return replace(part, study=replace(part.study, params=params))


def _changed(settings: Any, path: list[str], value: Any) -> Any:
    first, *rest = path
    new = _changed(getattr(settings, first), rest, value) if rest else value
    return settings.model_copy(update={first: new})


def inputs(reports: str, cohort: str) -> Inputs:
    """Which arms have which input."""
    return Inputs(reports=reports, cohort=cohort)


def environments() -> dict[str, Environment]:
    """Templates by arm, as the page makes them."""
    number = figure_numbers()
    return {"reports": environment(clean, number), "cohort": environment(visible, number)}
