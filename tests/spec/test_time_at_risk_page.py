"""docs/time_at_risk.md says what the code does: its example runs, its drawings are right."""

import re
from pathlib import Path

import pytest

from tests.lib.timeline import spec_timeline

PAGE = Path("docs/time_at_risk.md")


def blocks(page: str, kind: str) -> list[str]:
    """What stands between fences of this kind."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [text for found, text in fenced if found == kind]


def drawn(block: str) -> str:
    """The lines that `spec_timeline` knows, without the remarks to their right."""
    known = [line for line in block.splitlines() if line.startswith(("observed", "era", "outcome", "at risk"))]
    return "\n".join(line[:10] + line[10:].split()[0] for line in known)


def test_the_example_prints_what_the_page_says(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    page = PAGE.read_text(encoding="utf-8")
    [example], [printed] = blocks(page, "python"), blocks(page, "text")
    exec(compile(example, str(PAGE), "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_drawings_are_right(repository: Path) -> None:
    whole, first_event_only = blocks((repository / PAGE).read_text(encoding="utf-8"), "")
    spec_timeline(drawn(whole), end={"anchor": "era_end", "offset_days": 2}, clean_window_days=3)
    spec_timeline(drawn(first_event_only), clean_window_days=2, repeated_events=False)


def test_the_page_explains_every_key(repository: Path) -> None:
    page = (repository / PAGE).read_text(encoding="utf-8")
    keys = (repository / "study/time_at_risk/exact.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"^(\w+):", keys, re.MULTILINE)) - {"name", "title", "notes"}
    assert {key for key in named if f"`{key}`" not in page} == set()
