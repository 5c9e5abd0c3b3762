"""One person of the cohort, walked back: the course, the candidate episodes, how they are judged, and where they count."""

from pathlib import Path

import polars as pl

from nms_pv.audit.case import place
from nms_pv.audit.context import context_sections
from nms_pv.audit.judged import Row, exposures_section, findings_section, judged_sections, section, source_rows_section
from nms_pv.audit.person import Person, read_person, snapshot_rows
from nms_pv.audit.text import field, line, on, plain
from nms_pv.audit.timeline import form, timeline
from nms_pv.spec.drugs import Drug, load_drugs
from nms_pv.spec.label_study import LabelStudy, load_label_study
from nms_pv.tables.cohort import BIRTH_PRECISION
from nms_pv.tables.person_time import FATE

ONE_WINDOW = [
    "analysis", "definition", "fate", "window_start", "window_end", "days_since_start", "age_band", "sex", "year",
]  # fmt: skip


def explain_person(subject_id: str, project: Path) -> str:
    """Everything about one person as plain text, from the tables in `project/data` and the study in `project/study`.

    Parameters
    ----------
    subject_id
        `omop:<person_id>` for all candidate episodes, `omop:<person_id>#<episode>` for one.
    project
        The folder of the study.

    Raises
    ------
    UnknownCaseError
        When no such person is under observation, or the person has no such episode.
    """
    person = read_person(subject_id, project / "data")
    study = load_label_study(project / "study", "cohort")
    labels = project / "data" / "4_labels" / "cohort"
    episodes = [_episode(person, episode, study, labels) for episode in person.episodes.iter_rows(named=True)]
    cited = [person.person, *person.findings.iter_rows(named=True), *person.exposures.iter_rows(named=True)]
    parts = [
        _person(person.person),
        timeline(person),
        _eras(person.eras, load_drugs(project / "study").drugs),
        *(episodes or [section("CANDIDATE EPISODES", [], "none: no record that makes a candidate, so there is no verdict")]),
        source_rows_section(cited, snapshot_rows, project / "data"),
    ]
    return "\n\n".join(parts) + "\n"


def _person(person: Row) -> str:
    lines = [
        field("sex", str(person["sex"])),
        field("born", _birth(person)),
        field("died", on(person["death_day"], "day")),
        field("source", place(person)),
    ]
    return section(f"PERSON omop:{person['person_id']}", lines)


def _birth(person: Row) -> str:
    parts = {"day": ("year", "month", "day_of_month"), "month": ("year", "month"), "year": ("year",)}
    precision = str(person["birth_precision"])
    known = "-".join(f"{person[f'birth_{part}']:02}" for part in parts.get(precision, ()))
    return known if precision == "day" else f"{known or 'not stated'} ({BIRTH_PRECISION[precision]})"


def _eras(eras: pl.DataFrame, drugs: dict[str, Drug]) -> str:
    lines = []
    for _, of_one in eras.group_by("ingredient", "formulation", maintain_order=True):
        rows = of_one.to_dicts()
        lines.append(line(f"{form(rows[0])}{_class(drugs.get(rows[0]['ingredient']))}: {'; '.join(map(_era, rows))}"))
    return section("ERAS OF EXPOSURE, by ingredient", lines)


def _era(era: Row) -> str:
    days = int(str(era["end_day"])) - int(str(era["start_day"])) + 1
    return f"{_span(era['start_day'], era['end_day'])} ({days} days, exposures {era['exposures']})"


def _class(drug: Drug | None) -> str:
    return "" if drug is None else f" ({', '.join(fact for fact in (drug.chemical_class, drug.generation) if fact)})"


def _span(start: object, end: object) -> str:
    return f"{on(start, 'day')} to {on(end, 'day')}"


def _episode(person: Person, episode: Row, study: LabelStudy, labels: Path) -> str:
    """The sections of one episode: what was found, how it is judged, where it counts."""
    findings, exposures, verdicts, cases = (
        table.filter(pl.col("subject_id") == episode["subject_id"])
        for table in (person.findings, person.exposures, person.verdicts, person.cases)
    )
    head = [
        field("days", f"{_span(episode['start_day'], episode['end_day'])}, first to last candidate record"),
        field("candidate by", plain(episode["candidate_by"]).replace(";", ", ")),
    ]
    parts = [
        section(f"EPISODE {episode['subject_id']}", head),
        findings_section(findings),
        exposures_section(exposures, "no drug exposure with a relation to NMS near the episode"),
        *context_sections(str(episode["subject_id"]), labels),
        *judged_sections(findings, exposures, verdicts, study),
        _counted(cases),
    ]
    return "\n\n".join(parts)


def _counted(cases: pl.DataFrame) -> str:
    """Where the episode counts, or why not: groups with the same answer in one line."""
    lines = []
    for _, alike in cases.group_by(ONE_WINDOW, maintain_order=True):
        groups = [f"{kind.replace('_', ' ')} {plain(group)}" for kind, group in alike.select("group_kind", "group").iter_rows()]
        lines.append(line(f"{_answer(alike.row(0, named=True))}; in {', '.join(groups)}"))
    nothing = "nowhere: it meets no definition, or the person never had an exposure that is counted"
    return section("COUNTED, by time-at-risk setting and definition", lines, nothing)


def _answer(case: Row) -> str:
    fate = str(case["fate"])
    facts = [f"{plain(case['analysis'])}, {plain(case['definition'])}: {fate.replace('_', ' ')} ({FATE[fate]})"]
    if case["window_start"] is not None:
        facts.append(f"time at risk {_span(case['window_start'], case['window_end'])}")
    if case["days_since_start"] is not None:
        facts.append(f"{case['days_since_start']} days since the start of the era")
    stratum = [plain(case[column]) for column in ("age_band", "sex", "year") if case[column] is not None]
    if stratum:
        facts.append(f"stratum {', '.join(stratum)}")
    return "; ".join(facts)
