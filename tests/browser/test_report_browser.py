"""The page in a real browser, from a file, with nothing to talk to."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from matplotlib.image import imread

from nms_pv.report import write_report
from tests.lib.report_fixture import STUDY, declared_study, write_data

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
# Chromium asks its maker for the time and for updates at every start, whatever page it shows.
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: the page was not looked at")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    study = declared_study()
    write_data(folder / "data", study.drugs)
    write_report(folder / "data", folder, study.params, study.drugs, study.faers, study.definitions, STUDY)
    return folder / "index.html"


def _browse(page: Path, profile: Path, *options: str) -> str:
    command = [str(BROWSER), *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (500, False)])
def test_the_page_is_drawn(page: Path, tmp_path: Path, width: int, dark: bool) -> None:
    picture = tmp_path / "page.png"
    options = [
        f"--screenshot={picture}",
        f"--window-size={width},2000",
        *(["--blink-settings=preferredColorScheme=0"] if dark else []),
    ]
    _browse(page, tmp_path / "profile", *options)
    pixels = imread(picture)[:, :, :3]
    assert pixels.shape[:2] == (2000, width)
    assert pixels.std() > 0.05, "an empty picture"
    assert (pixels.mean() < 0.5) == dark


def test_what_the_browser_holds_is_what_was_written(page: Path, tmp_path: Path) -> None:
    held = _browse(page, tmp_path / "profile", "--dump-dom")
    written = page.read_text(encoding="utf-8")
    assert held.count("<svg") == written.count("<svg")
    assert held.count("data-result=") == written.count("data-result=")
    assert "<script" not in held.lower()


def test_nothing_is_asked_of_the_network(page: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    _browse(page, tmp_path / "profile", f"--log-net-log={log}", "--dump-dom")
    asked = re.findall(r'"url":"https?://([^/"]+)', log.read_text(encoding="utf-8", errors="replace"))
    assert [host for host in asked if not host.endswith(BROWSERS_OWN)] == []
