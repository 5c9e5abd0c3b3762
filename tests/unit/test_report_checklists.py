import re
from dataclasses import replace

import pytest

from nms_pv.report.checklists.diagram import design_diagram
from nms_pv.report.checklists.harper import tables
from nms_pv.report.checklists.judged import sentences
from nms_pv.report.checklists.read import ChecklistsPart, read_checklists
from nms_pv.report.checklists.section import files, render_checklists
from nms_pv.report.links import check_links, dead_links
from nms_pv.report.methods.section import render_methods
from nms_pv.spec.protocol import Protocol
from nms_pv.spec.strict import StudyError
from nms_pv.spec.time_at_risk import Anchor
from tests.lib.methods_part import environments, inputs, methods_part, under
from tests.lib.report_fixture import STUDY
from tests.lib.report_page import Page, parse

HOSTILE = "<script>alert(1)</script>\u202e risk"


@pytest.fixture(scope="module")
def part() -> ChecklistsPart:
    return read_checklists(STUDY, methods_part())


def _page(part: ChecklistsPart) -> Page:
    return parse(f"<body>{render_checklists(part, environments())}</body>")


def _links(part: ChecklistsPart) -> set[str]:
    return {e.attributes["href"].removeprefix("#") for e in _page(part).all("a") if e.attributes["href"].startswith("#")}


def test_how_much_is_open_is_said(part: ChecklistsPart) -> None:
    told = sentences(part.guidelines, part.protocol)
    page = _page(part)
    assert [e.text for e in page.all("p") if e.attributes.get("class") == "statement"] == list(told.values())
    assert re.fullmatch(
        r"READUS-PV: \d+ of 32 items are met by this page, 0 by the protocol, \d+ are open, and 0 do not apply\.",
        told["readus_pv"],
    )


def test_who_fills_in_the_protocol_closes_items(part: ChecklistsPart) -> None:
    filled = Protocol(**{name: "written" for name, field in Protocol.model_fields.items() if field.default == ""})
    before = sentences(part.guidelines, part.protocol)["readus_pv"]
    after = sentences(part.guidelines, filled)["readus_pv"]
    assert before != after
    assert "13 by the protocol, 0 are open" in after


def test_each_link_of_the_checklists_leads_into_the_chapter_or_to_a_chapter_of_the_page(part: ChecklistsPart) -> None:
    chapter = f"<body>{render_methods(part.methods, environments())}{render_checklists(part, environments())}</body>"
    here = {link for link in _links(part) if link.startswith(("harper-", "protocol-", "methods-"))}
    assert len(here) > 30
    assert dead_links(chapter, sorted(here)) == []


def test_a_link_that_leads_nowhere_is_told_with_its_file_and_item(part: ChecklistsPart) -> None:
    with pytest.raises(StudyError, match=r"study/guidelines/readus_pv\.csv, item 1a links to #about, under which"):
        check_links(str(render_checklists(part, environments())))


def test_ids_are_unique_and_tables_have_captions(part: ChecklistsPart) -> None:
    page = _page(part)
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert len(page.all("table")) == len(page.all("caption")) == 3 + 12
    outside = {e.attributes["href"] for e in page.all("a") if "//" in e.attributes["href"]}
    assert outside == {f"https://doi.org/{guideline.doi}" for guideline in part.guidelines}


def test_words_about_reports_and_marks_of_simulated_data(part: ChecklistsPart) -> None:
    page = _page(part)
    assert re.findall(r"(?i)\w*(?:risk|incidence)\w*", page.words_about_reports) == []
    assert "SIMULATED DATA" in page.all("svg")[0].text
    assert "Simulated data." in page.all("figcaption")[0].text
    real = replace(part, methods=under(part.methods, inputs=inputs("faers", "omop")))
    assert re.findall(r"(?i)simulat", _page(real).words) == []


def test_what_people_write_is_inert_and_told_under_its_field(part: ChecklistsPart) -> None:
    page = _page(replace(part, protocol=Protocol(ethics=HOSTILE)))
    assert page.by_id("protocol-ethics").text == "Ethics<script>alert(1)</script> risk"
    assert "Open." in page.by_id("protocol-funding").text
    assert page.all("script") == []
    assert "1 of 30 fields" in page.by_id("checklists-protocol").text


def test_of_reports_alone_not_even_people_say_the_words(part: ChecklistsPart) -> None:
    alone = replace(part.methods, study=under(part.methods, inputs=inputs("faers", "none")).study)
    page = _page(replace(read_checklists(STUDY, alone), protocol=Protocol(ethics=HOSTILE)))
    assert re.findall(r"(?i)\w*(?:risk|incidence)\w*", page.words) == []
    assert [e.text for e in page.all("h3")] == ["READUS-PV", "What only people can write"]
    assert page.all("svg") == []


def test_tables_of_the_protocol_tell_settings_and_where_they_are_set(part: ChecklistsPart) -> None:
    told = {table.anchor: table for table in tables(part.methods, Protocol(objectives="To count.", version="1"))}
    assert {table.number for table in told.values()} == {"2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "7.1"}
    assert all(line.value and line.where for table in told.values() for line in table.lines)
    question = {line.what: line.value for line in told["harper-question"].lines}
    assert (question["objectives"], question["hypotheses"]) == ("To count.", "open")
    follow_up = {line.what: line for line in told["harper-follow_up"].lines}
    assert follow_up["end"].value == "7 days after the last covered day of an era; not cut at the end of the era"
    assert follow_up["end"].where == "study/time_at_risk/exact.yaml: end, cap_at_era_end"


def test_tables_follow_the_main_analysis(part: ChecklistsPart) -> None:
    other = tables(replace(part.methods, analyses=part.methods.analyses[::-1]), Protocol())
    assert "at the end of the era at the latest" in next(t for t in other if t.anchor == "harper-follow_up").lines[1].value


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_diagram_tells_the_main_analysis(part: ChecklistsPart, place: int) -> None:
    methods = replace(part.methods, analyses=part.methods.analyses[place:])
    words = ["episode and 30 days out", "episode out", "never at risk again"]
    drawn = str(design_diagram(methods, simulated=False))
    assert [word in drawn for word in words] == [n == place for n in range(3)]
    assert drawn == str(design_diagram(methods, simulated=False))


def test_the_diagram_of_time_at_risk_after_the_era(part: ChecklistsPart) -> None:
    late = part.methods.analyses[0].model_copy(
        update={"start": Anchor(anchor="era_end", offset_days=0), "end": Anchor(anchor="era_end", offset_days=9)}
    )
    early = late.model_copy(update={"start": Anchor(anchor="era_start", offset_days=-9)})
    drawn = [str(design_diagram(replace(part.methods, analyses=[setting]), simulated=False)) for setting in (late, early)]
    assert drawn[0] != drawn[1]


def test_the_file_holds_every_item(part: ChecklistsPart) -> None:
    table = files(part)["checklists"]
    assert table.height == sum(len(guideline.items) for guideline in part.guidelines)
    assert "level = 0.95" in table.filter(guideline="readus_pv", item="7b")["setting"][0]
    assert table.filter(state="open").height > 0
