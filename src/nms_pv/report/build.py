"""6_measures and what led to it -> index.html, one file that needs nothing else; all results and its tables beside it."""

from pathlib import Path

import polars as pl

from nms_pv.report import compared
from nms_pv.report.cohort.inputs import read_cohort
from nms_pv.report.cohort.section import CohortPart
from nms_pv.report.cohort.section import tables as cohort_tables
from nms_pv.report.definitions.read import read_definitions
from nms_pv.report.definitions.section import DefinitionsPart
from nms_pv.report.inputs import Inputs, read_inputs
from nms_pv.report.page import Numbers, Study, choose, render
from nms_pv.report.questions.read import read_topics
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.report.results import tidy
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
    inputs = read_inputs(data, study)
    declared = Study(params, drugs, faers, definitions, load_differential(study))
    part = _cohort_part(data, study, declared) if params.inputs.cohort != "none" else None
    chosen = choose(inputs, declared)
    definition_parts = [_definitions_part(data, arm, declared) for arm in declared.arms]
    rates = pl.concat([inputs.results.frame, *([part.inputs.results.frame] if part else [])])
    question_parts = [
        QuestionsPart(arm, read_topics(data, arm), declared.params, rates, load_literature(study)) for arm in declared.arms
    ]
    page = render(inputs, declared, chosen, part, definition_parts, question_parts)
    shown = {"definitions": _definitions(declared.definitions_main_first)}
    shown |= tables(inputs, declared, chosen) if declared.has_reports else {}
    shown |= cohort_tables(part, part.choose()) if part else {}
    for definition_part in definition_parts:
        shown |= definition_part.files
    for question_part in question_parts:
        shown |= question_part.files
    for stale in set(out.glob("tables/*.csv")) - {out / "tables" / f"{name}.csv" for name in shown}:
        stale.unlink()
    for name, frame in shown.items():
        write_csv(frame, out / "tables" / f"{name}.csv")
    published = published_rows(pl.concat([rates, *(question_part.leaving.results for question_part in question_parts)]))
    write_csv(published, out / "results.csv")
    with replacing(out / "results.parquet") as partial:
        published.write_parquet(partial)
    with replacing(out / "index.html") as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")


def _cohort_part(data: Path, study: Path, declared: Study) -> CohortPart:
    return CohortPart(read_cohort(data, study), declared.params, declared.drugs, declared.definitions, load_time_at_risk(study))


def _definitions_part(data: Path, arm: str, declared: Study) -> DefinitionsPart:
    return DefinitionsPart(arm, read_definitions(data, arm, declared.params), declared.params, declared.definitions)


def tables(inputs: Inputs, study: Study, chosen: Numbers) -> dict[str, pl.DataFrame]:
    """The tidy table behind each figure and each table of the page, by file name."""
    return {
        "files": inputs.files,
        "quarantine_reasons": inputs.quarantine_reasons,
        "attrition": inputs.attrition,
        "duplicates": inputs.duplicates,
        "coding_coverage": inputs.coding_coverage,
        "uncoded_names": inputs.uncoded_names,
        "value_issues": inputs.value_issues,
        "cases_by_year": tidy(chosen.years.values()),
        "ror_by_ingredient": tidy(row for _, row in chosen.ingredients.rows),
        "ror_by_definition": tidy(row for facet in chosen.facets for row in facet.rows),
        "ror_by_setting": tidy(row for line in chosen.grid for row in line.rows),
        "outcomes": tidy(row for _, lines in chosen.outcomes for _, row in lines),
        "published_ror": _published(chosen.comparisons),
    }


def _definitions(definitions: list[Definition]) -> pl.DataFrame:
    fields = ("name", "title", "citation", "doi", "status")
    return pl.DataFrame([{f: getattr(d, f) for f in fields} for d in definitions], schema=dict.fromkeys(fields, pl.String))


def _published(comparisons: list[compared.Comparison]) -> pl.DataFrame:
    columns = ("drug", "our_result_id", "study", "population", "value", "low", "high", "doi", "status", "note")
    rows = [
        (c.drug, c.ours["result_id"], s.study, s.population, s.value, s.low, s.high, s.doi, s.status, s.note)
        for c in comparisons
        for s in (p.source for p in c.published)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
