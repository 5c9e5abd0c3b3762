"""One case, walked back: what was received, how it was read, what it is evidence of, and how each definition judges it."""

from collections import defaultdict
from pathlib import Path

import polars as pl

from nms_pv.audit.case import Case, place, raw_rows, read_case
from nms_pv.audit.text import field, line, on, plain
from nms_pv.labels.reasoning import Reason, distances, reason
from nms_pv.spec.definitions import Definition, load_definitions
from nms_pv.spec.drugs import Drug, load_drugs
from nms_pv.tables.canonical import DUPLICATE_RULE, OUTCOME, REPORT_TYPE, REPORTER, STATUS, VERSION_REASON
from nms_pv.tables.evidence import TIMING

MARK = {True: "x", False: "-", None: "?"}
VERDICT_OF = {True: "met", False: "not_met", None: "indeterminate"}
Row = dict[str, object]


def explain(subject_id: str, project: Path) -> str:
    """Everything about one case as plain text, from the tables in `project/data` and the study in `project/study`.

    Raises
    ------
    UnknownCaseError
        When no case is shown under this id.
    """
    case = read_case(subject_id, project / "data")
    drugs = load_drugs(project / "study").drugs
    parts = [
        _report(case),
        _versions(case),
        _duplicates(case),
        _drugs(case, drugs),
        _reactions(case),
        _findings(case),
        _exposures(case),
        *(_definition(case, d) for d in load_definitions(project / "study")),
        _source_rows(case, project / "data"),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: list[str], nothing: str = "none") -> str:
    return "\n".join([title, *(lines or [line(nothing)])])


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
    return _section(f"CASE {plain(case.subject_id)}", lines)


def _versions(case: Case) -> str:
    lines = [
        line(
            f"{plain(v['version_id'])}, received {on(v['received_day'], v['received_day_precision'])}: "
            f"{_code(STATUS, v['status'])}; {VERSION_REASON[v['reason']]}; {place(v)}"
        )
        for v in case.versions.iter_rows(named=True)
    ]
    return _section(f"VERSIONS RECEIVED ({len(lines)})", lines)


def _duplicates(case: Case) -> str:
    group = case.report["duplicate_group"]
    if group is None:
        return _section("PROBABLE DUPLICATES", [], "in no group of probable duplicates; it is counted")
    title = f"PROBABLE DUPLICATES: group {plain(group)}, rule {_code(DUPLICATE_RULE, case.report['duplicate_rule'])}"
    lines = [
        line(
            f"{plain(d['subject_id'])}, received {on(d['received_day'], d['received_day_precision'])}"
            + (": counted when duplicates are collapsed" if d["is_representative"] else "")
        )
        for d in case.duplicates.iter_rows(named=True)
    ]
    return _section(line(title, 0), lines)


def _drugs(case: Case, drugs: dict[str, Drug]) -> str:
    lines = [line(_drug(row, drugs.get(str(row["ingredient"])))) for row in case.drugs.iter_rows(named=True)]
    return _section("DRUGS", lines)


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
    return _section("REACTIONS AND INDICATIONS", lines)


def _findings(case: Case) -> str:
    lines = [
        line(
            f"{f['finding_no']}. {f['element']}: {f['state']} ({f['grade']}), {plain(f['term'])}{_measured(f)}, "
            f"{on(f['day'], f['day_precision'])}; {place(f)}"
        )
        for f in case.findings.iter_rows(named=True)
    ]
    return _section("FINDINGS", lines, "no reported term speaks of an element, so there is no verdict")


def _measured(row: Row) -> str:
    return "" if row["value"] is None else f" {row['value']} {plain(row['unit'])}"


def _exposures(case: Case) -> str:
    lines = [
        line(f"course {x['course_no']}. {x['ingredient']}, {x['relation']}, {x['role']}: {_timing(x)}; {place(x)}")
        for x in case.exposures.iter_rows(named=True)
    ]
    return _section("EXPOSURES", lines, "no coded drug has a relation to NMS")


def _timing(row: Row) -> str:
    why = [] if row["timing"] == "known" else [f"time since start unknown: {TIMING[str(row['timing'])]}"]
    return ", ".join([*distances(row), *why])


def _definition(case: Case, definition: Definition) -> str:
    title = f"DEFINITION {definition.name}: {definition.title}"
    if case.findings.is_empty():
        return _section(line(title, 0), [], "no finding, no verdict")
    why = reason(case.findings, case.exposures, definition)
    stored = case.verdicts.filter(pl.col("definition") == definition.name)
    lines = (
        _stored(stored.row(0, named=True), why) if stored.height else [field("verdict", "none stored; run `dvc repro labels`")]
    )
    legend = field("reasoning", "x present or met, - absent or not met, ? not documented or open")
    return _section(line(title, 0), [*lines, legend, *_tree(why, 4)])


def _stored(row: Row, why: Reason) -> list[str]:
    lines = [field("verdict", str(row["verdict"]))]
    if VERDICT_OF[why.value] != row["verdict"]:
        lines.append(field("", f"but study/definitions now says {VERDICT_OF[why.value]}: run `dvc repro labels`"))
    if row["points_low"] is not None:
        lines.append(field("points", f"{row['points_low']} documented, {row['points_high']} with what is not documented"))
    for label, column in (("present", "met"), ("absent", "failed"), ("not documented", "missing")):
        lines.append(field(label, str(row[column]).replace(";", ", ") or "nothing"))
    return lines


def _tree(why: Reason, indent: int) -> list[str]:
    points = f" ({why.points} points)" if why.points else ""
    lines = [line(f"{MARK[why.value]} {why.words}{points}", indent)]
    lines += [line(plain(fact), indent + 6) for fact in why.behind]
    return lines + [text for part in why.parts for text in _tree(part, indent + 2)]


def _source_rows(case: Case, data: Path) -> str:
    cited: dict[str, set[int]] = defaultdict(set)
    for row in (case.report, *case.findings.iter_rows(named=True), *case.exposures.iter_rows(named=True)):
        cited[row["source_id"]].add(row["source_line"])
    lines = []
    for source_id in sorted(cited):
        raw = raw_rows(source_id, sorted(cited[source_id]), data)
        lines += [
            line(f"{source_id} line {n}: {plain(raw.get(n, 'the raw row is not at hand'))}") for n in sorted(cited[source_id])
        ]
    return _section("SOURCE ROWS (cells that hold something)", lines)
