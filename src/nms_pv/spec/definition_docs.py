"""`docs/definitions.md`: every definition with its source, its status and its rule in words."""

from nms_pv.spec.definitions import Definition, ElementUse, ExposureUse, Rule

HEAD = """# Case definitions

Generated from `study/definitions/` by `make docs`; do not edit.
Every element is present, absent or not documented. Silence is never absence, except where an element says so.
A definition is met or not met only when what is not documented could not change the answer; else it is indeterminate.
Status: `found` = seen in a public source, `memory` = recalled and to be verified, `conflict` = sources disagree.
"""


def document(definitions: list[Definition]) -> str:
    """The page, as Markdown."""
    return "\n".join([HEAD, *(_definition(d) for d in definitions)])


def in_words(node: str | Rule) -> str:
    """A rule as one phrase."""
    if isinstance(node, str):
        return node.replace("_", " ")
    return f"{node.phrase} ({', '.join(in_words(branch) for branch in node.branches)})"


def _definition(d: Definition) -> str:
    doi = f" doi {d.doi}." if d.doi else ""
    rows = [_exposure_row(name, use) for name, use in d.exposures.items()]
    rows += [_element_row(name, use) for name, use in d.elements.items()]
    rows += [_row(name, in_words(rule), "", "") for name, rule in d.combined.items()]
    parts = [
        f"## `{d.name}`: {d.title}\n",
        f"{d.citation}{doi}\n",
        f"Status: `{d.status}`. {d.status_note}\n",
        f"Rule: {_rule(d)}.\n",
        "| element | present when documented | grades that count | note |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        *(
            f"Not assessable in `{source}`: {', '.join(_spaced(n) for n in names)}.\n"
            for source, names in d.not_assessable.items()
        ),
        *(f"- {note}" for note in d.notes),
    ]
    return "\n".join(parts) + "\n"


def _rule(d: Definition) -> str:
    if d.rule:
        return in_words(d.rule)
    given = ", ".join(f"{_spaced(name)} {points}" for name, points in (d.points or {}).items())
    return f"at least {d.threshold} points of {given}"


def _exposure_row(name: str, use: ExposureUse) -> str:
    taken, stopped = use.taken, use.stopped
    words = (
        f"{' or '.join(taken.relations)}: event not before the start, at most {taken.days.oral} days after the end "
        f"(long-acting: {taken.days.long_acting} days); suspected without deciding dates: {_spaced(taken.undated_suspect)}"
    )
    if stopped:
        words += (
            f"; or {' or '.join(stopped.relations)}: event at most {stopped.days} days after the end; "
            f"suspected without deciding dates: {_spaced(stopped.undated_suspect)}"
        )
    return _row(name, words, "", use.note)


def _element_row(name: str, use: ElementUse) -> str:
    words = " or ".join(_spaced(source) for source in use.sources) or "no source states it"
    if use.silence == "absent":
        words += "; absent when not reported"
    return _row(name, words, ", ".join(use.grades), use.note)


def _row(name: str, words: str, grades: str, note: str | None) -> str:
    return f"| {_spaced(name)} | {words} | {grades} | {(note or '').replace('|', chr(92) + '|')} |"


def _spaced(name: str) -> str:
    return name.replace("_", " ")
