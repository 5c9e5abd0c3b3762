"""When an item of a guideline is met, and what the page says of it."""

import pytest

from nms_pv.report.checklists.judged import judge, sentence
from nms_pv.spec.guidelines import Guideline, Item
from nms_pv.spec.protocol import Protocol

#                page    protocol   setting         n/a     missing   protocol written   state
CASES = [
    ("the page shows it", "about", "", "", "", "", "", "page"),
    ("a setting tells it", "", "", "level: 0.95", "", "", "", "page"),
    ("people must write it, and have not", "", "funding", "", "", "", "", "open"),
    ("people must write it, and have", "", "funding", "", "", "", "funding", "protocol"),
    ("page and people, who have not", "about", "funding", "", "", "", "", "open"),
    ("page and people, who have", "about", "funding", "", "", "", "funding", "protocol"),
    ("two fields, one of them empty", "", "funding;ethics", "", "", "", "funding", "open"),
    ("two fields, both written", "", "funding;ethics", "", "", "", "funding;ethics", "protocol"),
    ("the program cannot show all of it", "about", "", "", "", "no table of age", "", "open"),
    ("it cannot, whatever people write", "", "funding", "", "", "no table of age", "funding", "open"),
    ("it asks nothing of this study", "", "", "", "nobody is matched", "", "", "not_applicable"),
]


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


def _item(page: str, protocol: str, setting: str, not_applicable: str, missing: str) -> Item:
    settings = (("level", "0.95"),) if setting else ()
    return Item("1", "Title", "Asks.", _several(page), _several(protocol), settings, not_applicable, missing, "found", "here")


@pytest.mark.parametrize(
    ("page", "protocol", "setting", "not_applicable", "missing", "written", "state"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_state(page: str, protocol: str, setting: str, not_applicable: str, missing: str, written: str, state: str) -> None:
    filled = Protocol(**{field: "written" for field in _several(written)})
    assert judge(_item(page, protocol, setting, not_applicable, missing), filled).state == state


def test_an_open_item_names_what_it_waits_for() -> None:
    assert judge(_item("", "funding;ethics", "", "", ""), Protocol(funding="x")).waits_for == ("ethics",)


def test_the_sentence_counts_every_item_once() -> None:
    items = [
        judge(_item("about", "", "", "", ""), Protocol()),
        judge(_item("about", "", "", "", ""), Protocol()),
        judge(_item("", "funding", "", "", ""), Protocol(funding="x")),
        judge(_item("", "ethics", "", "", ""), Protocol()),
        judge(_item("", "", "", "reason", ""), Protocol()),
    ]
    guideline = Guideline("g", "G-PV", "reports", "Author 2024", "10.1/x", tuple(of.item for of in items))
    assert sentence(guideline, items) == (
        "G-PV: 2 of 5 items are met by this page, 1 by the protocol, 1 are open, and 1 do not apply."
    )
