"""How far each item of a guideline is met, in a word, and each guideline in a sentence."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from nms_pv.spec.guidelines import Guideline, Item
from nms_pv.spec.literature import STATUS
from nms_pv.spec.protocol import Protocol

STATE = {
    "page": "met by this page",
    "protocol": "met by the protocol",
    "open": "open",
    "not_applicable": "does not apply",
}
COLUMNS = ("guideline", "item", "section", "asks", "state", "page", "protocol", "setting", "reason", "status", "source")


@dataclass(frozen=True)
class Judged:
    """One item, how far it is met, and which fields of the protocol it still waits for."""

    item: Item
    state: str
    waits_for: tuple[str, ...]


def judge(item: Item, protocol: Protocol) -> Judged:
    """An item is open as long as a field of the protocol that it names is empty, or the program cannot meet it."""
    waits_for = tuple(field for field in item.protocol if not protocol.is_filled(field))
    if item.not_applicable:
        return Judged(item, "not_applicable", ())
    if item.missing or waits_for:
        return Judged(item, "open", waits_for)
    return Judged(item, "protocol" if item.protocol else "page", ())


def judged(guideline: Guideline, protocol: Protocol) -> list[Judged]:
    """All items of a guideline, in its order."""
    return [judge(item, protocol) for item in guideline.items]


def sentence(guideline: Guideline, items: list[Judged]) -> str:
    """`READUS-PV: 18 of 32 items are met by this page, 0 by the protocol, 14 are open, and 0 do not apply.`"""
    n = Counter(item.state for item in items)
    return (
        f"{guideline.title}: {n['page']} of {len(items)} items are met by this page, {n['protocol']} by the protocol, "
        f"{n['open']} are open, and {n['not_applicable']} do not apply."
    )


def sentences(guidelines: list[Guideline], protocol: Protocol) -> dict[str, str]:
    """The sentence of each guideline, by its name."""
    return {guideline.name: sentence(guideline, judged(guideline, protocol)) for guideline in guidelines}


def table(guidelines: list[Guideline], protocol: Protocol) -> pl.DataFrame:
    """All items of all guidelines, as text: the columns of `COLUMNS`."""
    rows = [
        (
            guideline.name,
            of.item.item,
            of.item.section,
            of.item.asks,
            STATE[of.state],
            "; ".join(of.item.page),
            "; ".join(of.item.protocol),
            "; ".join(f"{name} = {value}" for name, value in of.item.setting),
            of.item.not_applicable or of.item.missing,
            STATUS[of.item.status],
            of.item.source,
        )
        for guideline in guidelines
        for of in judged(guideline, protocol)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
