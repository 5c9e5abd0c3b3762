"""`docs/definitions.md`: every definition with its source, its status and its rule in words."""

from collections.abc import Mapping, Set
from itertools import product

from nms_pv.spec.concept_sets import ConceptCode
from nms_pv.spec.definitions import BeyondInterval, Definition, ElementUse, ExposureUse
from nms_pv.spec.measurements import Measurements
from nms_pv.spec.meddra import ABSENT
from nms_pv.spec.rules import Rule
from nms_pv.tables.labels import SYNDROME

HEAD = """# Case definitions

Generated from `study/definitions/`, `study/differential/` and `study/measurements.yaml` by `make docs`; do not edit.
Every element is present, absent or not documented. Silence is never absence, except where an element says so.
A definition is met or not met only when what is not documented could not change the answer; else it is indeterminate.
Status: `found` = seen in a public source, `memory` = recalled and to be verified, `conflict` = sources disagree, `ours` = our
operationalisation. An element without a status has that of its definition.

Not encoded, because no public source gives the rule: Nierenberg 1991; how many items Addonizio 1986 asks for; the scores of the
two severity scales (Sachdev 2005, Francis-Yacoub). So no severity stands beside the diagnosis.
"""
DIFFERENTIAL_HEAD = """# What else it could be

Judged on the same evidence in the same way. Overlap is shown, not forced: one case may meet several definitions, or none.
"""


def document(cases: list[Definition], differential: list[Definition], measurements: Measurements, sets: list[ConceptCode]) -> str:
    """The page, as Markdown."""
    units = {name: quantity.unit for name, quantity in measurements.quantities.items()}
    coded = {(code.element, code.grade) for code in sets}
    return "\n".join(
        [
            HEAD,
            *(_definition(d, units, coded) for d in cases),
            DIFFERENTIAL_HEAD,
            *(_definition(d, units, coded) for d in differential),
        ]
    )


def uncoded(d: Definition, coded: Set[tuple[str, str]]) -> list[str]:
    """Elements that nothing in a cohort can state: neither a concept set of a grade that counts, nor a measurement."""
    blind = d.not_assessable.get("omop", [])
    return [
        name
        for name, use in d.elements.items()
        if use.sources and not use.measured and name not in blind and not coded & set(product(use.sources, use.grades))
    ]


def in_words(node: str | Rule) -> str:
    """A rule as one phrase."""
    if isinstance(node, str):
        return node.replace("_", " ")
    return f"{node.phrase} ({', '.join(in_words(branch) for branch in node.branches)})"


def _definition(d: Definition, units: Mapping[str, str], coded: Set[tuple[str, str]]) -> str:
    doi = f" doi {d.doi}." if d.doi else ""
    rows = [_exposure_row(name, use) for name, use in d.exposures.items()]
    rows += [_element_row(name, use, units) for name, use in d.elements.items()]
    rows += [_row(name, in_words(rule)) for name, rule in d.combined.items()]
    unstated = [] if "cohort" in d.not_in else uncoded(d, coded)
    parts = [
        f"## `{d.name}`: {d.title}\n",
        f"{d.citation}{doi}\n",
        f"For: {SYNDROME[d.syndrome]}." + (f" A variant of `{d.extends}`." if d.extends else "") + "\n",
        f"Status: `{d.status}`. {d.status_note}\n",
        *([f"Not computed without your own files: {ABSENT}.\n"] if d.needs else []),
        *(f"Not used in the {arm} arm: {why}.\n" for arm, why in d.not_in.items()),
        f"Rule: {_rule(d)}.\n",
        "| element | present when documented | present when measured | grades that count | status | note |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
        *(
            f"Not assessable in `{source}`: {', '.join(_spaced(n) for n in names)}.\n"
            for source, names in d.not_assessable.items()
        ),
        *([f"No concept set of study/concept_sets.csv states: {', '.join(_spaced(n) for n in unstated)}.\n"] if unstated else []),
        *(f"- {note}" for note in d.notes),
    ]
    return "\n".join(parts) + "\n"


def _rule(d: Definition) -> str:
    if d.rule:
        return in_words(d.rule)
    given = ", ".join(f"{_spaced(name)} {points}" for name, points in (d.points or {}).items())
    return f"at least {d.threshold} points of {given}"


def _exposure_row(name: str, use: ExposureUse) -> str:
    ways = []
    if use.taken:
        ways.append(
            f"{' or '.join(use.taken.relations)}: event not before the start, at most {use.taken.days.oral} days after the end "
            f"(long-acting: {_long_acting(use.taken.days.long_acting)}); suspected without deciding dates: "
            f"{_spaced(use.taken.undated_suspect)}"
        )
    if use.stopped:
        ways.append(
            f"{' or '.join(use.stopped.relations)}: event at most {use.stopped.days} days after the end; "
            f"suspected without deciding dates: {_spaced(use.stopped.undated_suspect)}"
        )
    return _row(name, "; or ".join(ways), note=use.note)


def _long_acting(days: int | BeyondInterval) -> str:
    return f"{days.beyond_interval} days beyond the dosing interval" if isinstance(days, BeyondInterval) else f"{days} days"


def _element_row(name: str, use: ElementUse, units: Mapping[str, str]) -> str:
    words = " or ".join(_spaced(source) for source in use.sources) or "no source states it"
    if use.silence == "absent":
        words += "; absent when not reported"
    measured = " or ".join(test.phrase(units[test.of]) for test in use.measured or [])
    return _row(name, words, measured, ", ".join(use.grades), use.status or "", use.note)


def _row(name: str, words: str, measured: str = "", grades: str = "", status: str = "", note: str | None = None) -> str:
    cells = [_spaced(name), words, measured, grades, status, note or ""]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _spaced(name: str) -> str:
    return name.replace("_", " ")
