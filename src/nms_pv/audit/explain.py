"""One case, walked back: what was received, how it was read, what it is evidence of, and how each definition judges it.

Persons of a cohort and numbers of the report are explained by the modules beside this one.
"""

from pathlib import Path

from nms_pv.audit.case import Case, place, raw_rows, read_case
from nms_pv.audit.context import context_sections
from nms_pv.audit.explain_person import explain_person
from nms_pv.audit.judged import exposures_section, findings_section, judged_sections, section, source_rows_section
from nms_pv.audit.person import is_of_cohort
from nms_pv.audit.text import field, line, on, plain
from nms_pv.spec.drugs import Drug, load_drugs
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.canonical import DUPLICATE_RULE, OUTCOME, REPORT_TYPE, REPORTER, STATUS, VERSION_REASON

Row = dict[str, object]
# What parts the id of a number, and how the id of a report begins.
PARTED, REPORT = "/", "faers:"


def explain(identifier: str, project: Path) -> str:
    """Everything about one case, person or number as plain text, from `project/data` and `project/study`.

    Raises
    ------
    UnknownCaseError
        When no case is shown, and no person under observation, under this id.
    UnknownNumberError
        When it looks like the id of a number, and no number has it.
    """
    if is_of_cohort(identifier):
        return explain_person(identifier, project)
    if PARTED in identifier and not identifier.startswith(REPORT):
        # Only numbers need the libraries of the report, which take a second to load.
        from nms_pv.audit.explain_number import explain_number

        return explain_number(identifier, project)
    return _explain_case(identifier, project)


def _explain_case(subject_id: str, project: Path) -> str:
    case = read_case(subject_id, project / "data")
    cited = [case.report, *case.findings.iter_rows(named=True), *case.exposures.iter_rows(named=True)]
    drugs = load_drugs(project / "study").drugs
    parts = [
        _report(case),
        _versions(case),
        _duplicates(case),
        _drugs(case, drugs),
        _reactions(case),
        findings_section(case.findings),
        exposures_section(case.exposures),
        *context_sections(case.subject_id, project / "data" / "4_labels"),
        *judged_sections(case.findings, case.exposures, case.verdicts, load_label_study(project / "study", "reports")),
        source_rows_section(cited, raw_rows, project / "data"),
    ]
    return "\n\n".join(parts) + "\n"


def _code(meanings: dict[str, str], value: object) -> str:
    return f"{value} ({meanings[str(value)]})"


def _report(case: Case) -> str:
    r = case.report
    received = f"received {on(r['received_day'], r['received_day_precision'])}"
    first = f"case first received {on(r['first_received_day'], r['first_received_day_precision'])}"
    outcomes = "; ".join(OUTCOME[o] for o in case.outcomes["outcome"]) or "no seriousness code"
    lines = [
        field("shown version", f"{plain(r['version_id'])}, {received}; {first}"),
        field("event", on(r["event_day"], r["event_day_precision"])),
        field("patient", f"age {plain(r['age_years'])} (years), sex {r['sex']}, weight {plain(r['weight_kg'])} (kg)"),
        field("country", f"of the reporter {plain(r['reporter_country'])}, of the event {plain(r['occurrence_country'])}"),
        field("report", f"{REPORTER[str(r['reporter_type'])]}; {REPORT_TYPE[str(r['report_type'])]}"),
        field("sender", f"{plain(r['sender'])}, number {plain(r['sender_case_number'])}"),
        field("literature", plain(r["literature"])),
        field("seriousness", outcomes if r["is_serious"] is not None else "not assessable: the quarter has no outcome table"),
        field("source", place(r)),
    ]
    return section(f"CASE {plain(case.subject_id)}", lines)


def _versions(case: Case) -> str:
    lines = [
        line(
            f"{plain(v['version_id'])}, received {on(v['received_day'], v['received_day_precision'])}: "
            f"{_code(STATUS, v['status'])}; {VERSION_REASON[v['reason']]}; {place(v)}"
        )
        for v in case.versions.iter_rows(named=True)
    ]
    return section(f"VERSIONS RECEIVED ({len(lines)})", lines)


def _duplicates(case: Case) -> str:
    group = case.report["duplicate_group"]
    if group is None:
        return section("PROBABLE DUPLICATES", [], "in no group of probable duplicates; it is counted")
    title = f"PROBABLE DUPLICATES: group {plain(group)}, rule {_code(DUPLICATE_RULE, case.report['duplicate_rule'])}"
    lines = [
        line(
            f"{plain(d['subject_id'])}, received {on(d['received_day'], d['received_day_precision'])}"
            + (": counted when duplicates are collapsed" if d["is_representative"] else "")
        )
        for d in case.duplicates.iter_rows(named=True)
    ]
    return section(line(title, 0), lines)


def _drugs(case: Case, drugs: dict[str, Drug]) -> str:
    lines = [line(_drug(row, drugs.get(str(row["ingredient"])))) for row in case.drugs.iter_rows(named=True)]
    return section("DRUGS", lines)


def _drug(row: Row, drug: Drug | None) -> str:
    dates = [f"{end} {on(row[f'{end}_day'], row[f'{end}_day_precision'])}" for end in ("start", "end")]
    facts = [
        f"{row['drug_no']}. {plain(row['drug_name'])}, {row['role']}: {_coding(row, drug)}",
        f"form {str(row['formulation']).replace('_', '-')}, route {plain(row['route'])}, dose {plain(row['dose'])}",
        ", ".join(dates),
        f"dechallenge {row['dechallenge']}, rechallenge {row['rechallenge']}".replace("_", " "),
        place(row),
    ]
    return "; ".join(facts)


def _coding(row: Row, drug: Drug | None) -> str:
    if drug is None:
        return f"{plain(row['ingredient_reported'])} is not coded"
    generation = drug.generation or "no generation"
    if drug.generation_alternative:
        generation += f" (disputed: {drug.generation_alternative})"
    how = str(row["coding_method"]).replace("_", " ")
    return f"{drug.ingredient} (coded by {how} {plain(row['ingredient_reported'])}), {drug.chemical_class}, {generation}"


def _reactions(case: Case) -> str:
    lines = [line(f"{e['event_no']}. {plain(e['term'])}; {place(e)}") for e in case.events.iter_rows(named=True)]
    lines += [line(f"indication: {plain(i['term'])}; {place(i)}") for i in case.indications.iter_rows(named=True)]
    return section("REACTIONS AND INDICATIONS", lines)
