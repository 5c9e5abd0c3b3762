"""Definitions as the page's script reads them: what they look at, and how that is counted together."""

from typing import Any

from nms_pv.spec.definitions import Definition
from nms_pv.spec.rules import Rule


def tree(definition: Definition) -> dict[str, Any]:
    """One definition: its leaves in the order of `labels/verdicts.states`, with the elements that speak of each."""
    return {
        "name": definition.name,
        "title": definition.title,
        "syndrome": definition.syndrome,
        "leaves": [
            [name, definition.elements[name].sources if name in definition.elements else []] for name in definition.leaves
        ],
        "combined": {name: _node(rule) for name, rule in definition.combined.items()},
        "points": definition.points,
        "threshold": definition.threshold,
        "rule": _node(definition.rule) if definition.rule else None,
    }


def _node(branch: str | Rule) -> Any:
    """A name, or a count: true where at least `needed` of its branches are."""
    if isinstance(branch, str):
        return branch
    return {
        "words": branch.phrase,
        "needed": branch.needed,
        "negated": branch.is_negated,
        "silence": bool(branch.not_denied),
        "of": [_node(b) for b in branch.branches],
    }
