"""The page and its drawings in fewer bytes, with the same content."""

import xml.etree.ElementTree as ET

from nms_pv.report.compact import compact
from nms_pv.report.slim import slim

SVG = 'xmlns="http://www.w3.org/2000/svg"'


def slimmed(inner: str) -> str:
    root = ET.fromstring(f"<svg {SVG}>{inner}</svg>")
    slim(root)
    return ET.tostring(root, encoding="unicode").replace("ns0:", "").replace(":ns0", "")


def test_an_address_is_written_once_and_its_elements_name_its_place() -> None:
    html = (
        '<span data-result="a/&lt;b&gt;" data-field="estimate low high" data-unit="percent">1</span>'
        '<span data-result="c" data-field="numerator">2</span><span data-result="a/&lt;b&gt;" data-field="level">3</span>'
    )
    small = compact(html)
    assert small.addresses == ["a/<b>", "c"]
    assert small.html == (
        '<span data-n=0 data-f="estimate low high">1</span>'
        "<span data-n=1 data-f=numerator>2</span><span data-n=0 data-f=level>3</span>"
    )
    assert "data-result" not in small.html
    assert "data-unit" not in small.html


def test_styles_of_drawings_become_rules_and_those_of_the_page_stay() -> None:
    html = '<p style="a: b">x</p><svg><path style="fill: &quot;x&quot;"/><path style="c: d"/><path style="c: d"/></svg>'
    small = compact(html)
    assert small.html == '<p style="a: b">x</p><svg><path class="d0"/><path class="d1"/><path class="d1"/></svg>'
    assert small.rules == '.d0 { fill: "x" }\n.d1 { c: d }'


def test_only_plain_values_lose_their_quotation_marks() -> None:
    html = '<td class="r" title="a &gt; b">x</td><th scope="row" id="a/b">y</th><a href="#x">z</a>'
    assert compact(html).html == '<td class=r title="a &gt; b">x</td><th scope=row id="a/b">y</th><a href="#x">z</a>'


def test_text_that_looks_like_an_address_stays_text() -> None:
    assert compact("<p>data-result=&quot;a&quot;</p>").addresses == []


def test_numbers_have_no_more_decimals_than_can_be_seen() -> None:
    drawn = slimmed('<path d="M 1.23456 -2.00001 L 12345.678 3"/>')
    assert 'd="M1.23 -2L12346 3"' in drawn


def test_groups_that_say_nothing_go_and_those_with_an_address_stay() -> None:
    drawn = slimmed('<g><g data-result="a"><path d="M 1 1"/></g></g>')
    assert drawn.count("<g") == 1
    assert 'data-result="a"' in drawn


def test_lines_of_one_look_become_one_path_but_not_those_with_an_address() -> None:
    line = '<path d="M 0 0 L 1 1" style="fill: none"/>'
    assert slimmed(line * 3).count("<path") == 1
    assert slimmed(line * 3).count("M0 0L1 1") == 3
    marked = line.replace("<path", '<path data-result="a"')
    assert slimmed(marked * 2).count("<path") == 2
    assert slimmed(line + line.replace("none", "red")).count("<path") == 2


def test_a_text_keeps_its_words() -> None:
    drawn = slimmed('<g><text style="font-family: DejaVu Sans; x: y" transform="rotate(-0 1 2)">a  <tspan>b</tspan> c</text></g>')
    assert "a  <tspan>b</tspan> c" in drawn
    assert "rotate" not in drawn
    assert "DejaVu" not in drawn
