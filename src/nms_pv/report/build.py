"""6_measures and what led to it -> index.html, one file that needs nothing else; all results and its tables beside it."""

from pathlib import Path

import polars as pl

from nms_pv.report.attrition.read import read_cohort_attrition, read_reports_attrition
from nms_pv.report.baseline.read import read_baseline
from nms_pv.report.cases.of_arm import cases_of_arm
from nms_pv.report.checklists.read import read_checklists
from nms_pv.report.checklists.section import files as checklists_files
from nms_pv.report.cohort.inputs import read_cohort
from nms_pv.report.cohort.section import CohortPart
from nms_pv.report.declared import Study
from nms_pv.report.definitions.read import read_definitions
from nms_pv.report.definitions.section import DefinitionsPart
from nms_pv.report.inputs import Inputs, read_inputs
from nms_pv.report.leaving import cohort_to_leave, reports_to_leave
from nms_pv.report.links import check_links
from nms_pv.report.methods.read import read_methods
from nms_pv.report.methods.section import files as methods_files
from nms_pv.report.methods.section import methods_text
from nms_pv.report.page import Parts, render
from nms_pv.report.quality.read import read_quality
from nms_pv.report.quality.section import QualityPart
from nms_pv.report.questions.read import read_topics
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.report.reports import ReportsPart
from nms_pv.spec.definition_files import load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.literature import load_literature
from nms_pv.spec.params import Params
from nms_pv.spec.source import FaersSpec
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.contract import replacing
from nms_pv.tables.export import published as published_rows
from nms_pv.tables.export import write_csv


def write_report(
    data: Path,
    out: Path,
    params: Params,
    drugs: DrugTable,
    faers: FaersSpec,
    definitions: list[Definition],
    study: Path,
) -> None:
    """Write the page, all results as Parquet and CSV, and the table behind each figure."""
    exact = read_inputs(data, study)
    inputs = reports_to_leave(exact, params.smallest_cell("reports"))
    declared = Study(params, drugs, faers, definitions, load_differential(study))
    parts = _parts(data, study, exact, inputs, declared)
    page = render(inputs, declared, parts)
    check_links(page.html)
    shown = _files(declared, parts)
    for stale in set(out.glob("tables/*.csv")) - {out / "tables" / f"{name}.csv" for name in shown}:
        stale.unlink()
    for name, frame in shown.items():
        write_csv(frame, out / "tables" / f"{name}.csv")
    write_csv(parts.results, out / "results.csv")
    with replacing(out / "results.parquet") as partial:
        parts.results.write_parquet(partial)
    (out / "cases").mkdir(parents=True, exist_ok=True)
    for stale in set(out.glob("cases/*.js")) - {out / "cases" / f"{name}.js" for name in page.beside}:
        stale.unlink()
    for name, text in (
        *((f"cases/{name}.js", text) for name, text in page.beside.items()),
        ("index.html", page.html),
        ("methods.txt", methods_text(parts.methods)),
    ):
        with replacing(out / name) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")


def _parts(data: Path, study: Path, exact: Inputs, inputs: Inputs, declared: Study) -> Parts:
    """What each arm with an input brings to the page."""
    params = declared.params
    cohort, attrition = None, {}
    if declared.has_reports:
        attrition["reports"] = read_reports_attrition(data, exact, inputs, params)
    if "cohort" in declared.arms:
        people = read_cohort(data, study)
        leaving = cohort_to_leave(people, params.smallest_cell("cohort"))
        attrition["cohort"] = read_cohort_attrition(people, leaving, params)
        cohort = CohortPart(leaving, params, declared.drugs, declared.definitions, load_time_at_risk(study))
    rates = pl.concat([inputs.results.frame, *([cohort.inputs.results.frame] if cohort else [])])
    published = load_literature(study)
    questions = {arm: QuestionsPart(arm, read_topics(data, arm), params, rates, published) for arm in declared.arms}
    results = published_rows(
        pl.concat(frame for part in questions.values() for frame in (part.rates_of_arm, part.leaving.results))
    )
    methods = read_methods(data, study, declared, results)
    return Parts(
        reports=ReportsPart(inputs, declared) if declared.has_reports else None,
        cohort=cohort,
        definitions={
            arm: DefinitionsPart(arm, read_definitions(data, arm, params), params, declared.definitions) for arm in declared.arms
        },
        questions=questions,
        attrition=attrition,
        baseline={arm: read_baseline(data, arm, params) for arm in declared.arms},
        quality={arm: QualityPart(arm, read_quality(data, arm), params) for arm in declared.arms},
        methods=methods,
        checklists=read_checklists(study, methods),
        results=results,
        cases={
            arm: cases_of_arm(data, arm, params, declared.drugs, declared.definitions)
            for arm in declared.arms
            if params.is_internal(arm)
        },
    )


def _files(declared: Study, parts: Parts) -> dict[str, pl.DataFrame]:
    """The tables beside the page, by file name."""
    found = {"definitions": _definitions(declared.definitions_main_first)}
    by_arm = (parts.definitions, parts.questions, parts.attrition, parts.baseline, parts.quality)
    for part in (parts.reports, parts.cohort, *(of_arm for arms in by_arm for of_arm in arms.values())):
        found |= part.files if part else {}
    return found | methods_files(parts.methods) | checklists_files(parts.checklists)


def _definitions(definitions: list[Definition]) -> pl.DataFrame:
    fields = ("name", "title", "citation", "doi", "status")
    return pl.DataFrame([{f: getattr(d, f) for f in fields} for d in definitions], schema=dict.fromkeys(fields, pl.String))
