"""The page for those who do not see it, use no mouse, have no scripts, or read it on paper."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.lib.report_browser import PHONE, open_case, open_number
from tests.lib.report_page import Page

DARK = {"color_scheme": "dark"}
WINDOWS = {"light": {}, "dark": DARK, "phone": {"viewport": PHONE}, "dark phone": {"viewport": PHONE, **DARK}}
CONTRAST = "color-contrast"
# Told for the first chapters only, each element of which takes long; the proof looks at all.
FIRST_CHAPTERS = "for (const one of document.querySelectorAll('main > section:nth-child(n+4)')) one.remove()"


def _violations(tab: Any, within: str | None = None, *, contrast: bool = True) -> list[tuple[str, str]]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {} if contrast else {CONTRAST: {"enabled": False}}
    found = axe.run(tab, within, {"resultTypes": ["violations"], "rules": rules}).response
    assert found["passes"]
    return [(rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("window", ["light", "dark"])
def test_axe_finds_nothing(look: Any, with_cases: int, window: str) -> None:
    with look(**WINDOWS[window]) as tab:
        brightness = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
        assert (brightness < 100) == (window == "dark")
        tab.evaluate(FIRST_CHAPTERS)
        assert _violations(tab) == []
        open_number(tab, with_cases)
        assert _violations(tab, "dialog") == []
        open_case(tab)
        assert _violations(tab, "dialog") == []


def test_axe_finds_nothing_on_a_phone(look: Any, with_cases: int) -> None:
    with look(viewport=PHONE) as tab:
        assert _violations(tab, contrast=False) == []
        open_number(tab, with_cases)
        open_case(tab)
        assert _violations(tab, "dialog", contrast=False) == []


@pytest.mark.proof
@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_by_any_rule_with_everything_open(look: Any, with_cases: int, window: str) -> None:
    with look(**WINDOWS[window]) as tab:
        tab.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        assert _violations(tab) == []
        open_number(tab, with_cases)
        open_case(tab)
        tab.evaluate("for (const one of document.querySelectorAll('dialog details')) one.open = true")
        assert _violations(tab) == []


def test_nothing_is_wider_than_a_phone(look: Any, with_cases: int) -> None:
    with look(viewport=PHONE) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        open_number(tab, with_cases)
        assert tab.evaluate("panel.scrollWidth <= panel.clientWidth")


FOCUSED = "document.activeElement"


def _press_until(tab: Any, key: str, wanted: str, at_most: int = 200) -> None:
    for _ in range(at_most):
        tab.keyboard.press(key)
        if tab.evaluate(f"{FOCUSED}.matches({wanted!r})"):
            return
    raise AssertionError(f"{key} {at_most} times, and the focus is not on {wanted}")


def test_keys_lead_from_the_start_to_the_reasoning_and_back(look: Any, with_cases: int) -> None:
    with look() as tab:
        number = f'#answers span[data-n="{with_cases}"]'
        tab.keyboard.press("Tab")
        assert tab.evaluate(f"{FOCUSED}.className") == "skip"
        tab.keyboard.press("Enter")
        _press_until(tab, "Tab", number)
        tab.keyboard.press("Enter")
        tab.wait_for_selector("dialog[open] table")
        _press_until(tab, "Tab", "dialog td a")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("dialog[open] .timeline")
        _press_until(tab, "Tab", "dialog details.verdict summary")
        tab.keyboard.press("Enter")
        assert tab.locator("dialog details.verdict[open] .tree").count() == 1
        tab.keyboard.press("Escape")
        assert tab.locator("dialog[open]").count() == 0
        assert tab.evaluate(f"{FOCUSED}.matches({number!r})")
        assert "=" not in tab.url


def test_keys_sort_and_filter_a_table(look: Any) -> None:
    with look() as tab:
        table = tab.locator("main input[data-for]").first.get_attribute("data-for")
        tab.locator(f"#{table}").evaluate("element => reveal(element.closest('.scroll'))")
        first = tab.locator(f"#{table} tbody tr").first.inner_text()
        _press_until(tab, "Tab", f"#{table} button.sort")
        tab.keyboard.press("Enter")
        tab.keyboard.press("Enter")
        assert tab.locator(f"#{table} thead th").first.get_attribute("aria-sort") == "ascending"
        keys = tab.locator(f"#{table} tbody tr > :first-child").all_inner_texts()
        assert keys == sorted(keys, key=str.casefold)
        tab.keyboard.press("Enter")
        assert tab.locator(f"#{table} tbody tr").first.inner_text() == first
        _press_until(tab, "Shift+Tab", f"input[data-for={table!r}]")
        tab.keyboard.type(keys[-1][:6])
        left = tab.locator(f"#{table} tbody tr:visible")
        assert 0 < left.count() < len(keys)
        assert tab.locator(f"output[data-of={table!r}]").inner_text() == f"{left.count()} of {len(keys)} rows"


def test_arrows_go_from_number_to_number_of_a_table(look: Any) -> None:
    with look() as tab:
        stops = "[...document.querySelectorAll('main table')].map(numbersIn).filter(all => all.length)"
        assert tab.evaluate(f"{stops}.every(all => all.filter(one => one.tabIndex === 0).length === 1)")
        tab.evaluate(f"reveal({stops}[0][0])")
        tab.keyboard.press("ArrowRight")
        assert tab.evaluate(f"{FOCUSED} === {stops}[0][1] && {stops}[0][0].tabIndex === -1")


def test_all_is_there_without_scripts(look: Any, written: Page) -> None:
    with look(java_script_enabled=False) as tab:
        assert tab.locator("main > section:visible").count() == tab.locator("main > section").count() > 10
        assert tab.locator("main table").count() == len(written.all("table"))
        for details in tab.locator("main details").all():
            details.evaluate("element => { element.open = true; }")
        assert tab.locator("main table:visible").count() == len(written.all("table"))
        numbers = tab.locator("main span[data-n]")
        assert tab.locator("main span[data-n]:visible").count() == numbers.count() > 500
        assert tab.locator("button, input, dialog, [role=button], [tabindex='-1']").count() == 0
        assert tab.locator("main span[data-n]").first.evaluate("element => getComputedStyle(element).cursor") == "auto"


def test_paper_has_structure_all_chapters_and_says_that_it_is_simulated(look: Any) -> None:
    with look() as tab:
        chapters = tab.locator("main > section > h2").all_text_contents()
        assert len(chapters) > 10
        document = PdfReader(BytesIO(tab.pdf(tagged=True, outline=True, prefer_css_page_size=True)))
    catalogue = document.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"].startswith("en")
    bookmarks = set(_titles(document.outline))
    assert [chapter for chapter in chapters if chapter not in bookmarks] == []
    for place in (0, len(document.pages) // 2, -1):
        assert "SIMULATED DATA" in document.pages[place].extract_text()


def _titles(outline: list[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _titles(entry)
        else:
            yield entry["/Title"]
