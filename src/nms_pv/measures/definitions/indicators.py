"""What a latent class model or a table of features may look at: definitions, items as a definition judges them, elements."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from nms_pv.measures.definitions.patterns import element_states, item_states
from nms_pv.spec.definitions import Definition
from nms_pv.spec.strict import StudyError


def evidence_of(definitions: Iterable[Definition]) -> dict[str, frozenset[str]]:
    """The elements and exposures that each definition, and each `<definition>:<item>`, rests on."""
    rests_on: dict[str, frozenset[str]] = {}
    for definition in definitions:
        parts = {name: frozenset(use.sources) for name, use in definition.elements.items()}
        parts |= {name: frozenset({name}) for name in definition.exposures}
        for name, rule in definition.combined.items():
            parts[name] = _union(parts, rule.names())
        rests_on[definition.name] = _union(parts, definition.items)
        rests_on |= {f"{definition.name}:{item}": parts[item] for item in definition.items}
    return rests_on


def check_known(names: Iterable[str], known: Iterable[str], setting: str) -> None:
    """Refuse names that are not known.

    Raises
    ------
    StudyError
        Naming the setting, all that is unknown, and what is allowed.
    """
    allowed = sorted(known)
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise StudyError(f"params.yaml: {setting} holds {unknown}; allowed are {allowed}")


def sign_states(names: Sequence[str], verdicts: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """`subject_id`, `name` and `state` of the items and elements among the names; what is not documented has no row."""
    items = [name for name in names if ":" in name]
    elements = [name for name in names if ":" not in name]
    columns = ["subject_id", "name", "state"]
    return pl.concat([item_states(verdicts, items).select(columns), element_states(findings, elements).select(columns)])


def _union(parts: Mapping[str, frozenset[str]], names: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(parts[name] for name in names))
