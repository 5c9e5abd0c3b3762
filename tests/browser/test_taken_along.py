"""What a reader takes from the page: tables and figures."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from matplotlib.image import imread

SVG = "{http://www.w3.org/2000/svg}"
PIXELS_PER_UNIT = 3


def _taken(tab: Any, button: Any) -> bytes:
    with tab.expect_download() as taken:
        button.click()
    return Path(taken.value.path()).read_bytes()


def _rows(taken: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(taken.decode("utf-8"), newline="")))


def _tools(tab: Any, figure: str) -> Any:
    tab.locator(figure).evaluate("element => element.scrollIntoView()")
    return tab.locator(f"{figure} .tools")


@pytest.fixture(scope="module")
def drawn(look: Any) -> Any:
    with look(accept_downloads=True, color_scheme="dark") as tab:
        yield tab


def test_each_figure_can_be_taken_as_a_drawing(drawn: Any) -> None:
    """One with letters, signs and lines, as it is on white paper although the page is dark."""
    for kind, figure in (("plain", "figure:has(svg [data-n])"), ("several", "figure:has(svg + svg)")):
        identifier = drawn.locator(figure).first.get_attribute("id")
        tools = _tools(drawn, f"#{identifier}")
        label = "1" if kind == "several" else ""
        button = tools.get_by_role("button", name=f"SVG {label}".strip(), exact=True)
        if kind == "plain" and not button.count():
            button = tools.locator("button").first
        root = ET.fromstring(_taken(drawn, button))
        assert root.tag == f"{SVG}svg"
        assert len(list(root.iter(f"{SVG}text"))) > 3
        text = ET.tostring(root, encoding="unicode")
        assert "var(" not in text
        assert "data-n" not in text
        assert "rgb(27, 31, 36)" in text, "the ink of a white page"


def test_each_figure_can_be_taken_as_a_picture(drawn: Any) -> None:
    identifier = drawn.locator("figure:has(svg [data-n])").first.get_attribute("id")
    tools = _tools(drawn, f"#{identifier}")
    pixels = imread(BytesIO(_taken(drawn, tools.locator("button", has_text="PNG").first)), format="png")
    width, height = map(float, drawn.locator(f"#{identifier} svg").first.get_attribute("viewBox").split()[2:])
    assert pixels.shape[:2] == (int(height * PIXELS_PER_UNIT), int(width * PIXELS_PER_UNIT))
    assert pixels[:, :, :3].mean() > 0.8, "not on white"
    assert pixels[:, :, :3].std() > 0.02, "nothing drawn"


def test_the_numbers_of_a_figure_are_those_of_the_results(drawn: Any, out: Path) -> None:
    beside = {row["result_id"]: row for row in pl.read_parquet(out / "results.parquet").iter_rows(named=True)}
    identifiers = [f.get_attribute("id") for f in drawn.locator("figure:has(svg [data-n])").all()]
    assert len(identifiers) > 3
    for identifier in identifiers:
        (header, *rows) = _rows(_taken(drawn, _tools(drawn, f"#{identifier}").get_by_role("button", name="CSV", exact=True)))
        marks = drawn.evaluate(
            f"new Set([...document.querySelectorAll('#{identifier} svg [data-n]')].map(e => e.dataset.n)).size"
        )
        assert len(rows) == marks
        for row in rows:
            told = dict(zip(header, row, strict=True))
            result = beside[told["result_id"]]
            for name in ("estimate", "low", "high", "numerator", "denominator"):
                assert (float(told[name]) if told[name] else None) == result[name]


def test_a_drawing_without_addresses_gives_the_table_under_it(drawn: Any) -> None:
    offered = drawn.locator("figure:not(:has(svg [data-n])) .tools button[data-csv]")
    assert offered.count() > 3
    order = drawn.locator("main figure, main table").evaluate_all("all => all.map(one => one.id)")
    for button in offered.all():
        figure = button.evaluate("button => button.closest('figure').id")
        assert order[order.index(figure) + 1] == button.get_attribute("data-csv")


def test_a_table_is_taken_as_it_is_sorted_and_filtered_with_formulas_made_text(look: Any) -> None:
    with look(accept_downloads=True) as tab:
        table = tab.locator("main table", has_text="=HYPERLINK").first.get_attribute("id")
        tab.locator(f"#{table}").evaluate("element => reveal(element.closest('.scroll'))")
        tab.locator(f"#{table} button.sort").first.click()
        tab.locator(f"input[data-for={table!r}]").fill("e")
        taken = [row[0] for row in _rows(_taken(tab, tab.locator(f".tools button[data-csv={table!r}]").last))]
        seen = tab.locator(f"#{table} tr:visible > :first-child").all_text_contents()
        assert [text.removeprefix("'") for text in taken] == [" ".join(text.split()) for text in seen]
        assert '\'=HYPERLINK("http://evil.example")' in taken
        assert len(taken) < tab.locator(f"#{table} tr").count()


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"), ("＝1", "'＝1"), ("-1.5", "-1.5"), ("−1.5", "−1.5"), ("-1e-7", "-1e-7"), ("a\nb", "a b"), ('a"b', 'a"b'),
    ],
)  # fmt: skip
def test_a_cell_is_never_a_formula(drawn: Any, cell: str, taken: str) -> None:
    assert _rows(drawn.evaluate("cell => csvOf([[cell]])", cell).encode()) == [[taken]]
