import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from nms_pv.report.checklists.written import texts, written
from nms_pv.spec.protocol import FILE, Amendment, Author, Milestone, Protocol, load_protocol
from nms_pv.spec.strict import StudyError
from tests.lib.report_fixture import STUDY

EXAMPLE = "#   - "


def test_ours_is_empty_but_complete() -> None:
    protocol = load_protocol(STUDY)
    assert [field for field in Protocol.model_fields if protocol.is_filled(field)] == []
    assert list(yaml.safe_load((STUDY / FILE).read_text(encoding="utf-8"))) == list(Protocol.model_fields)


def test_the_file_explains_each_field_as_the_model_does() -> None:
    explained: dict[str, str] = {}
    above: list[str] = []
    for line in (STUDY / FILE).read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") and not line.startswith(EXAMPLE):
            above.append(line.removeprefix("# "))
        elif line and not line.startswith("#"):
            explained[line.partition(":")[0]] = " ".join(above)
        if not line.startswith("#"):
            above = []
    assert explained == {name: field.description for name, field in Protocol.model_fields.items()}


def test_the_examples_can_be_taken_as_they_are(tmp_path: Path) -> None:
    text = (STUDY / FILE).read_text(encoding="utf-8")
    for name in ("authors", "amendments", "milestones"):
        text = re.sub(rf"(?m)^#   (- .*)\n{name}: \[\]$", rf"{name}:\n  \1", text)
    (tmp_path / FILE).write_text(text)
    protocol = load_protocol(tmp_path)
    assert [len(protocol.authors), len(protocol.amendments), len(protocol.milestones)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("titel: x", "titel"),
        ("version: 1.1", "version: Input should be a valid string"),
        ("authors: [{affiliation: x}]", "authors.0.name"),
        ('authors: [{name: ""}]', "authors.0.name"),
        ('authors: [{name: x, orcid: "1"}]', "authors.0.orcid"),
        ("milestones: [{what: x, day: soon}]", "milestones.0.day"),
    ],
)
def test_what_is_refused_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StudyError) as error:
        load_protocol(tmp_path)
    assert str(tmp_path / FILE) in str(error.value)
    assert told in str(error.value)


def test_what_people_wrote_is_shown_as_it_was_written() -> None:
    protocol = Protocol(
        version="1.1",
        ethics="  Not needed.\n",
        authors=[
            Author(name="A", affiliation="B", orcid="0000-0000-0000-0000", roles=["software", "writing"]),
            Author(name="C"),
        ],
        amendments=[Amendment(day=date(2026, 1, 31), version="1.1", section="outcome", change="x.", reason="y.")],
        milestones=[Milestone(what="report", day=date(2026, 2, 1))],
    )
    assert texts(protocol, "ethics") == ["Not needed."]
    assert texts(protocol, "authors") == ["A (B; ORCID 0000-0000-0000-0000): software, writing", "C"]
    assert texts(protocol, "amendments") == ["2026-01-31, version 1.1, outcome: x. Reason: y."]
    assert texts(protocol, "milestones") == ["2026-02-01: report"]
    assert texts(protocol, "title") == []
    assert [field.name for field in written(protocol) if field.texts] == [
        "version",
        "authors",
        "amendments",
        "milestones",
        "ethics",
    ]


def test_a_protocol_with_a_version_and_without_amendments_has_none() -> None:
    assert texts(Protocol(), "amendments") == []
    assert texts(Protocol(version="1"), "amendments") == ["none"]


def test_blanks_are_not_an_answer() -> None:
    assert not Protocol(funding=" \n").is_filled("funding")
