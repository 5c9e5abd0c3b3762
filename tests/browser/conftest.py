"""One page and one browser for all tests of the page."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nms_pv.report import write_report
from tests.lib.report_browser import BROWSER, chromium, opened
from tests.lib.report_fixture import STUDY, declared_study, write_data
from tests.lib.report_page import Page, parse

Open = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: the page was not looked at")
    pytest.importorskip("playwright", reason="no playwright in this environment: the page was not looked at")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "data"
    write_data(folder, declared_study().drugs)
    return folder


def _written(data: Path, out: Path, build: str) -> Path:
    study = declared_study(build=build)
    write_report(data, out, study.params, study.drugs, study.faers, study.definitions, STUDY)
    return out


@pytest.fixture(scope="session")
def out(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(data, tmp_path_factory.mktemp("internal"), "internal")


@pytest.fixture(scope="session")
def shareable(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(data, tmp_path_factory.mktemp("shareable"), "shareable")


@pytest.fixture(scope="session")
def written(out: Path) -> Page:
    """The page as it was written, taken apart."""
    return parse((out / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def look(browser: Any, out: Path) -> Open:
    """Opens the page in a window of its own."""
    return partial(opened, browser, out / "index.html")


@pytest.fixture(scope="session")
def with_cases(written: Page) -> int:
    """Place of a number with at least three cases, that stands in the answers."""
    behind = written.blocks["numbers"]["behind"]
    in_answers = [e for e in written.addressed if "ol" in e.path and e.tag == "span"]
    places = [int(e.attributes["data-n"]) for e in in_answers]
    return next(n for n in places if behind[n] and written.numbers[n]["numerator"] >= 3)
