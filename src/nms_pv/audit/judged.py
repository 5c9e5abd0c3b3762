"""What the evidence of one subject says and how each definition judges it, in the same words for a report and an episode."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from nms_pv.audit.case import place
from nms_pv.audit.text import field, line, on, plain
from nms_pv.labels.reasoning import Reason, distances, reason
from nms_pv.spec.definitions import Definition
from nms_pv.spec.label_study import LabelStudy
from nms_pv.tables.evidence import TIMING

MARK = {True: "x", False: "-", None: "?"}
VERDICT_OF = {True: "met", False: "not_met", None: "indeterminate"}
Row = Mapping[str, object]
RawRows = Callable[[str, list[int], Path], Mapping[int, str]]


def section(title: str, lines: list[str], nothing: str = "none") -> str:
    """A title and its lines, or what it means that there are none."""
    return "\n".join([title, *(lines or [line(nothing)])])


def findings_section(findings: pl.DataFrame) -> str:
    """The findings, each with its row."""
    lines = [
        line(
            f"{f['finding_no']}. {f['element']}: {f['state']} ({f['grade']}), {plain(f['term'])}{_measured(f)}, "
            f"{on(f['day'], f['day_precision'])}; {place(f)}"
        )
        for f in findings.iter_rows(named=True)
    ]
    return section("FINDINGS", lines, "no reported term speaks of an element, so there is no verdict")


def exposures_section(exposures: pl.DataFrame, nothing: str = "no coded drug has a relation to NMS") -> str:
    """The drug courses, each with its distance from the event and its row."""
    lines = [
        line(f"course {x['course_no']}. {x['ingredient']}, {x['relation']}, {x['role']}: {_timing(x)}; {place(x)}")
        for x in exposures.iter_rows(named=True)
    ]
    return section("EXPOSURES", lines, nothing)


def judged_sections(findings: pl.DataFrame, exposures: pl.DataFrame, verdicts: pl.DataFrame, study: LabelStudy) -> Iterator[str]:
    """Every definition of the study on the subject, then what else it could be."""
    for definition in study.definitions:
        if definition.name in study.left_out:
            yield section(line(_title(definition), 0), [], f"not computed: {study.left_out[definition.name]}")
        else:
            yield definition_section(findings, exposures, verdicts, definition)
    yield from (definition_section(findings, exposures, verdicts, definition) for definition in study.differential)


def definition_section(findings: pl.DataFrame, exposures: pl.DataFrame, verdicts: pl.DataFrame, definition: Definition) -> str:
    """The stored verdict of one definition on the subject, and the reasoning behind it."""
    title = _title(definition)
    if findings.is_empty():
        return section(line(title, 0), [], "no finding, no verdict")
    why = reason(findings, exposures, definition)
    stored = verdicts.filter(pl.col("definition") == definition.name)
    lines = (
        _stored(stored.row(0, named=True), why) if stored.height else [field("verdict", "none stored; run `dvc repro labels`")]
    )
    legend = field("reasoning", "x present or met, - absent or not met, ? not documented or open")
    return section(line(title, 0), [*lines, legend, *_tree(why, 4)])


def source_rows_section(rows: Iterable[Row], raw_rows: RawRows, data: Path) -> str:
    """The raw cells behind `rows`; `raw_rows` finds those of one source in the data folder, by line."""
    cited: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        cited[str(row["source_id"])].add(int(str(row["source_line"])))
    lines = []
    for source_id in sorted(cited):
        raw = raw_rows(source_id, sorted(cited[source_id]), data)
        lines += [
            line(f"{place({'source_id': source_id, 'source_line': n})}: {plain(raw.get(n, 'the raw row is not at hand'))}")
            for n in sorted(cited[source_id])
        ]
    return section("SOURCE ROWS (cells that hold something)", lines)


def _title(definition: Definition) -> str:
    kind = "DEFINITION" if definition.syndrome == "nms" else "WHAT ELSE IT COULD BE:"
    return f"{kind} {definition.name}: {definition.title}"


def _measured(row: Row) -> str:
    """The value of a finding, with what it can be compared with."""
    value, limit, baseline, change = (row[name] for name in ("value", "upper_limit", "baseline", "change_24h"))
    if not isinstance(value, float):
        return ""
    said = [f"{value:g} {plain(row['unit'])}"]
    if isinstance(limit, float):
        origin = "upper limit" if row["upper_limit_is_recorded"] else "default upper limit"
        # Cut, not rounded: 3.99 times is not 4 times.
        said.append(f"{value * 10 // limit / 10:g} x {origin} of {limit:g}")
    if isinstance(baseline, float):
        said.append(f"baseline {baseline:g}")
    if change:
        said.append(f"changed by {change:g} within 24 hours")
    return f" {', '.join(said)}"


def _timing(row: Row) -> str:
    why = [] if row["timing"] == "known" else [f"time since start unknown: {TIMING[str(row['timing'])]}"]
    return ", ".join([*distances(row), *why])


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
