"""Every figure of the page as a designer would see it: nothing cut off, nothing on top of something else, nothing too small."""

import re

import pytest

from nms_pv.report import write_report
from nms_pv.report.papers.column import can_be_read
from nms_pv.report.papers.journal import SMALLEST_TEXT, sizes
from nms_pv.report.style import GENERATIONS
from nms_pv.report.svg import Drawing, as_svg, house_style, keeping_drawings
from tests.lib.baseline_fixture import write_baseline
from tests.lib.report_fixture import STUDY, declared_study, write_data


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> list[Drawing]:
    folder = tmp_path_factory.mktemp("figures")
    study = declared_study()
    write_data(folder / "data", study.drugs)
    write_baseline(folder / "data")
    with keeping_drawings() as kept:
        write_report(folder / "data", folder / "out", study.params, study.drugs, study.faers, study.definitions, STUDY)
    return list(kept)


def test_no_text_is_cut_off_or_lies_on_another(drawings: list[Drawing]) -> None:
    assert len(drawings) > 20
    wrong = []
    for drawing in drawings:
        with house_style(drawing.name):
            wrong += [] if can_be_read(drawing.figure) else [drawing.name]
    assert wrong == []


def test_the_smallest_text_can_be_read_at_the_size_of_a_journal(drawings: list[Drawing]) -> None:
    smallest = {drawing.name: sizes(drawing)[0].smallest_text for drawing in drawings}
    assert {name: points for name, points in smallest.items() if points < SMALLEST_TEXT} == {}


def test_every_figure_says_that_it_is_simulated_and_what_it_shows(drawings: list[Drawing]) -> None:
    for drawing in drawings:
        assert "SIMULATED DATA" in {text.get_text() for text in drawing.figure.texts}, drawing.name
        assert drawing.title, drawing.name
        assert len(drawing.description) > 40, drawing.name


def test_the_colour_of_a_generation_is_never_drawn_without_its_name(drawings: list[Drawing]) -> None:
    wrong = []
    for drawing in drawings:
        with house_style(drawing.name):
            svg = str(as_svg(drawing.figure, drawing.name, drawing.title, drawing.description))
        words = " ".join(re.findall(r">([^<]+)<", svg))
        wrong += [(drawing.name, look.label) for look in GENERATIONS if look.colour in svg and look.label not in words]
    assert wrong == []
