"""The page in Debian's Chromium, and what is asked of it there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that is not the test tool's own download, without a network of its own."""
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, page: Path, hash_: str = "", **context: Any) -> Iterator[Any]:
    """The page in a window of its own; what it says to the console, asks of the network and pops up is kept in `said`."""
    window = browser.new_context(**{"viewport": WIDE, **context})
    tab = window.new_page()
    tab.said = []
    tab.on("console", lambda message: tab.said.append(("console", message.text)))
    tab.on("pageerror", lambda error: tab.said.append(("error", str(error))))
    tab.on("dialog", lambda dialog: (tab.said.append(("dialog", dialog.message)), dialog.dismiss()))
    tab.on("request", lambda request: tab.said.append(("request", request.url)))
    tab.goto(page.as_uri() + hash_)
    yield tab
    window.close()


def open_number(tab: Any, place: int) -> None:
    """Open the panel of a number by a click on the first place where the page shows it."""
    number = tab.locator(f'main span[data-n="{place}"]').first
    number.evaluate("element => reveal(element)")
    number.click()
    tab.wait_for_selector("dialog[open] h2")


def open_case(tab: Any) -> None:
    """Open the first case of the panel, and the first reasoning in it."""
    tab.locator("dialog td a").first.click()
    tab.locator("dialog details.verdict:has(.tree) > summary").first.click()
    tab.wait_for_selector("dialog details.verdict .tree")
