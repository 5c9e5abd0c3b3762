"""Every declared table, in order of flow, and the page that documents them."""

import dataframely as dy

from nms_pv.tables import (
    agreement,
    attrition,
    canonical,
    cdm,
    clusters,
    cohort,
    ebgm,
    evidence,
    exposure,
    grid,
    labels,
    measures,
    person_time,
    quality,
    review,
    sources,
    why_zero,
)
from nms_pv.tables.contract import Table

TABLES = [
    table
    for module in (
        sources,
        cdm,
        canonical,
        cohort,
        evidence,
        labels,
        exposure,
        person_time,
        measures,
        ebgm,
        clusters,
        grid,
        why_zero,
        quality,
        agreement,
        review,
        attrition,
    )
    for table in vars(module).values()
    if isinstance(table, Table)
]


def document() -> str:
    """`docs/tables.md`: grain, key and columns of every table, as Markdown."""
    parts = [
        "# Tables",
        "",
        "Generated from `src/nms_pv/tables/` by `make docs`; do not edit.",
        "Days are integers since 1970-01-01, each with a precision. Empty means not stated, never zero.",
    ]
    for table in TABLES:
        parts += ["", f"## {table.name}", "", f"One row: {table.grain}. Key: {', '.join(f'`{k}`' for k in table.key)}.", ""]
        parts += ["| column | type | unit | may be empty | meaning |", "| --- | --- | --- | --- | --- |"]
        parts += [_row(name, column) for name, column in table.schema.columns().items()]
    return "\n".join(parts) + "\n"


def _row(name: str, column: dy.Column) -> str:
    facts = column.metadata or {}
    meanings = facts.get("meanings", {})
    kind = "code" if meanings else str(column.dtype)
    texts = [column.description or "", "; ".join(f"`{value}` = {text}" for value, text in meanings.items())]
    meaning = " ".join(text for text in texts if text).replace("|", r"\|")
    return f"| `{name}` | {kind} | {facts.get('unit', '')} | {'yes' if column.nullable else 'no'} | {meaning} |"
