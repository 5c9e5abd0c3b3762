"""Pictures of the page that `make report` has left in reports/, for the README.

python docs/screenshots.py
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from nms_pv.tables.contract import replacing
from tests.lib.report_browser import BROWSER, PHONE, chromium, open_case, opened

PROJECT = Path(__file__).parents[1]
PAGE, OUT = PROJECT / "reports" / "index.html", PROJECT / "docs" / "screenshots"
DESK = {"width": 1180, "height": 820}
COLOURS, LARGEST = 256, 250_000
# The first number that has cases behind it, and a figure in which colours tell generations apart.
WITH_CASES = '#which_drugs [data-arm="reports"] td .n, #which_drugs td .n'
# What a case is by which definition, below its findings.
REASONED = "dialog h3:has(~ details.verdict)"
IN_DARK = "#when figure"


def main() -> None:
    """Write the pictures, each with few colours, or say what is missing."""
    if BROWSER is None:
        sys.exit("No Chromium found: install the package `chromium`, then run `make screenshots` again.")
    if not PAGE.exists():
        sys.exit(f"{PAGE} is missing: run `make report`, then `make screenshots` again.")
    for name, picture in pictures(PAGE):
        small = with_few_colours(picture)
        if len(small) > LARGEST:
            sys.exit(f"{name}.png has {len(small):,} bytes, more than {LARGEST:,}: show less in docs/screenshots.py.")
        with replacing(OUT / f"{name}.png") as partial:
            partial.write_bytes(small)
        print(f"{name}.png: {len(small):,} bytes")  # noqa: T201


def pictures(page: Path) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each picture: the answers, a case behind a number, a figure in the dark, and the page on a phone."""
    with chromium() as browser:
        with opened(browser, page, "#answers", viewport=DESK) as tab:
            scroll_to(tab, "#answers")
            yield "answers", taken(tab)
        with opened(browser, page, viewport=DESK) as tab:
            open_first_with_cases(tab)
            open_case(tab)
            scroll_to(tab, REASONED)
            yield "drill_down", taken(tab.locator("dialog"))
        with opened(browser, page, viewport=DESK, color_scheme="dark") as tab:
            scroll_to(tab, IN_DARK)
            yield "dark", taken(tab)
        with opened(browser, page, "#answers", viewport=PHONE, device_scale_factor=2) as tab:
            scroll_to(tab, "#answers")
            yield "phone", taken(tab)


def open_first_with_cases(tab: Any) -> None:
    """Open the panel of the first number of the chapter on drugs that leads to a case."""
    numbers = tab.locator(WITH_CASES)
    for place in range(numbers.count()):
        number = numbers.nth(place)
        number.evaluate("element => reveal(element)")
        number.click()
        tab.wait_for_selector("dialog[open] h2")
        if tab.locator("dialog td a").count():
            return
        tab.keyboard.press("Escape")
    sys.exit(f"No number in {PAGE} leads to a case: the report is a shareable build.")


def scroll_to(tab: Any, selector: str) -> None:
    """Scroll twice: sections are laid out when they come near, and move what lies below them."""
    for _ in range(2):
        tab.locator(selector).first.evaluate("element => element.scrollIntoView()")
        tab.wait_for_timeout(300)


def taken(shown: Any) -> bytes:
    """What a window, or a part of it, shows."""
    return bytes(shown.screenshot(animations="disabled", caret="hide"))


def with_few_colours(png: bytes) -> bytes:
    """The same picture with a palette, without dithering, so that the same page gives the same bytes."""
    with Image.open(BytesIO(png)) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    written = BytesIO()
    small.save(written, format="png", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
