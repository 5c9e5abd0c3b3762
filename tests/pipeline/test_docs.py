"""The documents say what the code does."""

import re
from pathlib import Path

import yaml

from nms_pv.docs import stale_pages
from nms_pv.spec.source import load_faers


def test_generated_pages_are_current(repository: Path) -> None:
    assert stale_pages(repository) == []


def test_every_link_in_the_documents_leads_somewhere(repository: Path) -> None:
    pages = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_every_make_command_in_the_documents_exists(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = {name for line in re.findall(r"^([a-z ]+):", makefile, re.MULTILINE) for name in line.split()}
    for page in (repository / "README.md", repository / "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8")))
        assert named <= targets, f"{page.name}: {sorted(named - targets)}"


def test_the_rules_page_names_every_padded_and_filled_setting(repository: Path) -> None:
    rules = load_faers(repository / "study").rules
    page = (repository / "docs" / "rules.md").read_text(encoding="utf-8")
    params = yaml.safe_load((repository / "params.yaml").read_text(encoding="utf-8"))
    for fact in (
        f"since {rules.padded_event_dates.from_quarter}",
        f"before {rules.earliest_date.year}",
        f"{rules.age_years.maximum:.0f} years",
        f"{rules.weight_kg.minimum}-{rules.weight_kg.maximum:.0f} kg",
        f"more than {params['duplicates']['largest_padded_group']} reports",
        f"more than {params['duplicates']['largest_age_gap_years']} years",
    ):
        assert fact in page, f"docs/rules.md does not say: {fact}"
