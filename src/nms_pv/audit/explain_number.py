"""One number, walked back: what it means, how it was made, of which counts and data, and the cases behind it."""

import textwrap
from pathlib import Path

from nms_pv.audit.judged import section
from nms_pv.audit.number import Behind, Number, cases_behind, read_number
from nms_pv.audit.text import WIDTH, field, line, plain
from nms_pv.report.numbers import Row as Result
from nms_pv.report.numbers import count, estimate_and_interval, is_percent, shown
from nms_pv.report.questions.read import FOLDER
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.params import load_params
from nms_pv.tables.export import HIDDEN
from nms_pv.tables.measures import ARM, DUPLICATES, GROUP_KIND, MEASURE, QUESTION, ROLES

MOST_LISTED = 50
MAY_NOT_LEAVE = (
    "NOT FOR OTHERS: what follows is exact and may not leave the study. Its report hides or rounds small counts of this arm, and "
    "shows none of its cases."
)
REFERENCE = {"reports": "all other reports"}


def explain_number(result_id: str, project: Path) -> str:
    """Everything about one number as plain text, from `project/data`, `project/study` and the report that was last written.

    Raises
    ------
    UnknownNumberError
        When no number has this id.
    """
    number = read_number(result_id, project)
    params = load_params(project / "params.yaml")
    definitions = load_definitions(project / "study")
    known = {definition.name: definition for definition in [*definitions, *load_differential(project / "study")]}
    arm = number.exact["arm"]
    parts = [
        *([line(MAY_NOT_LEAVE, 0)] if arm in FOLDER and not params.is_internal(arm) else []),
        _about(number.exact, known),
        _value(number),
        _counts(number.exact),
        _cases(cases_behind(number.exact, project, params, definitions)),
    ]
    return "\n\n".join(parts) + "\n"


def _about(row: Result, definitions: dict[str, Definition]) -> str:
    about = {
        "meaning": MEASURE[row["measure"]],
        "question": QUESTION[row["question"]],
        "arm": ARM[row["arm"]],
        "definition": _definition(row["definition"], definitions),
        "analysis": row["analysis"],
        "roles": row["roles"] and f"{row['roles']}: {ROLES[row['roles']]}",
        "duplicates": row["duplicates"] and f"{row['duplicates']}: {DUPLICATES[row['duplicates']]}",
        "group": f"{row['group']} ({GROUP_KIND[row['group_kind']]})",
        "reference": row["reference"] or (REFERENCE.get(row["arm"]) if row["reference_denominator"] is not None else None),
        "stratum": row["stratum"],
        "data version": row["data_version"],
    }
    return section(
        line(f"NUMBER {plain(row['result_id'])}", 0), [field(name, plain(text)) for name, text in about.items() if text]
    )


def _definition(name: str, definitions: dict[str, Definition]) -> str:
    found = definitions.get(name)
    return f"{name}: {found.title}. {found.citation}" if found else name


def _value(number: Number) -> str:
    row = number.exact
    lines = [field("estimate", _shown(row)), field("method", plain(row["method"]))]
    if row["estimate"] is not None:
        limits = ", ".join(f"{name} {row[name]!r}" for name in ("low", "high") if row[name] is not None)
        lines.insert(1, field("unrounded", f"{row['estimate']!r}{limits and f' ({limits})'}"))
    if row["screen_met"] is not None:
        lines.append(field("screening rule", "met" if row["screen_met"] else "not met"))
    lines.append(field("in the report", _in_report(number)))
    return section("VALUE", lines)


def _shown(row: Result) -> str:
    """The estimate with its interval and level, rounded as the report does, or why there is none."""
    if row["estimate"] is None:
        return f"none: {plain(row['undefined_reason'])}"
    exact = {**row, "suppressed": False}
    unit = " %" if is_percent(row, "estimate") else ""
    if row["low"] is None and row["high"] is None:
        return f"{shown(exact, 'estimate')}{unit}, without interval"
    level = "" if row["level"] is None else f", {shown(exact, 'level')} % interval"
    return f"{estimate_and_interval(exact)}{unit}{level}"


def _in_report(number: Number) -> str:
    row = number.in_report
    if row is None:
        return "not in it, or no report has been written: `dvc repro` writes it"
    if row["suppressed"]:
        return HIDDEN
    differs = [name for name, value in row.items() if name != "suppressed" and value != number.exact[name]]
    return f"rounded: {_shown(row)}" if differs else "the same"


def _counts(row: Result) -> str:
    lines = [
        field("counted", plain(row["unit"])),
        field("numerator", _count(row["numerator"])),
        field("denominator", _count(row["denominator"])),
    ]
    if row["reference_numerator"] is not None or row["reference_denominator"] is not None:
        reference = f"{_count(row['reference_numerator'])} of {_count(row['reference_denominator'])}"
        lines.append(field("of the reference", reference))
    return section("COUNTS", lines)


def _count(value: int | None) -> str:
    return "none" if value is None else count(value)


def _cases(behind: Behind) -> str:
    if behind.why_unknown:
        lines = [line(f"none can be listed: {behind.why_unknown}.")]
        if behind.all_of_group:
            lines.append(line(f"`nms-pv explain '{plain(behind.all_of_group)}'` shows all cases of its group."))
        return section("CASES BEHIND IT", lines)
    ids, total = behind.subject_ids, len(behind.subject_ids)
    if not ids:
        return section("CASES BEHIND IT (0)", [], "none: the numerator is 0")
    of_people = f", of {count(behind.people)} people" if behind.people < total else ""
    title = f"CASES BEHIND IT ({count(total)}{of_people}{f'; the first {MOST_LISTED}' if total > MOST_LISTED else ''})"
    listed = textwrap.fill(
        "  ".join(map(plain, ids[:MOST_LISTED])),
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return section(title, [listed, line(f"`nms-pv explain {plain(ids[0])}` shows one.")])
