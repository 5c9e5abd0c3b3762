"""Tables, figures and citation for papers."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from nms_pv.report.figures.draw import axes_in_inches, new_figure
from nms_pv.report.papers.citation import Run, as_bibtex, as_cff, read_citation
from nms_pv.report.papers.extra import EXTRA, needed
from nms_pv.report.papers.table import PaperTable, paper_table
from nms_pv.report.papers.titles import title
from nms_pv.report.svg import Drawing, as_svg, house_style, keeping_drawings, mark
from nms_pv.tables.errors import UserError
from nms_pv.tables.export import write_csv
from nms_pv.tables.measures import RESULTS

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script> & 5 % $x_1$ \\input{y}\u202e\x07 {z} #1 ~ ^"
FORMULA = '=HYPERLINK("http://evil.example")'
TITLES = {"pt_only": "Preferred term alone"}
RUN = Run("0.1.0", {"cohort": ("cohort:aaaaaaaaaaaa", "A_1 & B"), "reports": ("reports:bbbbbbbbbbbb", "FDA")}, simulated=True)


def result(measure: str, group: str, **given: object) -> dict[str, object]:
    known = {
        "result_id": f"{measure}/{group}",
        "arm": "reports",
        "question": "which_drugs",
        "measure": measure,
        "definition": "pt_only",
        "group_kind": "generation",
        "group": group,
        "unit": "distinct reports",
        "method": "a d / (b c)",
        "level": 0.95,
        "data_version": "reports:bbbbbbbbbbbb",
        "suppressed": False,
    }
    return {**dict.fromkeys(RESULTS.types), **known, **given}


def results(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=RESULTS.types)


def read_again(frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The table as it lies beside the report."""
    write_csv(frame, folder / "table.csv")
    return pl.read_csv(folder / "table.csv", infer_schema_length=None)


def made(frame: pl.DataFrame, name: str = "ror_by_ingredient", *, simulated: bool = True) -> PaperTable:
    return paper_table(name, frame, TITLES, "0.1.0", simulated=simulated)


def cells(table: PaperTable) -> dict[str, list[str]]:
    return {column.heading: column.cells for column in table.columns}


def drawing(height: float = 2.0, size: float = 9.0, width: float = 7.2) -> Drawing:
    with house_style("small"), keeping_drawings() as kept:
        figure = new_figure(height, simulated=True)
        figure.set_figwidth(width)
        for text in figure.texts:
            text.set_fontsize(size)
        row = {"result_id": "ror/x", "measure": "ror"}
        mark(figure.text(0.5, 0.5, "45.1", size=size), row, "estimate")
        as_svg(figure, "small", "A title", "A description")
    return kept[0]


def test_an_estimate_stands_with_its_interval_and_counts(tmp_path: Path) -> None:
    counts = {"numerator": 94, "denominator": 1_415, "reference_numerator": 135, "reference_denominator": 21_847}
    rows = [
        result("ror", "FGA", **counts, estimate=11.4, low=8.7, high=15.0),
        result("ror", "TGA", numerator=0, denominator=1_415, undefined_reason="no report of the group meets the definition"),
    ]
    table = made(read_again(results(*rows), tmp_path))
    assert cells(table) == {
        "group": ["FGA", "TGA"],
        "n/N": ["94/1,415", "0/1,415"],
        "n/N of the reference": ["135/21,847", "—"],
        "estimate (95 % CI)": ["11.4 (8.70–15.0)", "— (no report of the group meets the definition)"],
    }
    for note in (
        "SIMULATED DATA: no number here says anything about any drug.",
        "ROR: reporting odds ratio, a d / (b c).",
        "pt_only: Preferred term alone.",
        "FGA: first generation.",
        "Counted: distinct reports.",
        "Method: a d / (b c).",
        "Data version: reports:bbbbbbbbbbbb.",
    ):
        assert note in table.notes
    assert table.title == "SIMULATED DATA. Reporting odds ratios by ingredient"
    assert "SIMULATED" not in made(results(*rows), simulated=False).title


def test_shares_are_in_percent_and_small_cells_hidden() -> None:
    rows = [
        result("fatal_proportion", "FGA", arm="cohort", numerator=5, denominator=50, estimate=0.1, low=0.03, high=0.2),
        result("rate_ratio", "SGA", arm="cohort", reference="FGA", reference_numerator=7, suppressed=True),
        result("reports", "TGA", arm="cohort", numerator=3, estimate=3.0, level=None),
    ]
    table = made(results(*rows), "cohort_generations")
    assert table.title.endswith("Rates by generation, cohort")
    assert cells(table)["n/N"] == ["5/50", "hidden, small cell", "3"]
    assert cells(table)["n/N of the reference"] == ["—", "hidden, small cell", "—"]
    assert cells(table)["estimate (95 % CI)"] == ["10.0 (3.00–20.0) %", "— (hidden, small cell)", "3.00"]


def test_any_other_table_is_printed_as_it_is(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "study": ["Caroff 1993", None],
            "year": [1993, 2007],
            "persons": [12_345, 6],
            "is_main": [True, False],
            "share": [0.12345, None],
            "estimate": [0.5, None],
            "low": [None, None],
            "high": [None, None],
            "empty": [None, None],
            "unit": ["cases", "cases"],
        },
        schema_overrides=dict.fromkeys(("low", "high", "empty"), pl.Float64),
    )
    table = made(frame, "something_new")
    assert table.title == "SIMULATED DATA. Something new"
    assert cells(table) == {
        "study": ["Caroff 1993", "—"],
        "year": ["1993", "2007"],
        "persons": ["12,345", "6"],
        "is main": ["yes", "no"],
        "share": ["0.123", "—"],
        "estimate (interval)": ["0.500", "— (undefined)"],
    }
    with_low = made(frame.with_columns(low=pl.lit(0.1)), "x")
    assert cells(with_low)["estimate (interval)"][0] == "0.500 (0.100–—)"


def test_a_long_table_is_cut_and_says_so() -> None:
    table = made(pl.DataFrame({"n": range(1_234)}), "reports_grid")
    assert len(table.rows) == 100
    assert "The first 100 of 1,234 rows; all of them are in tables/reports_grid.csv of the report." in table.notes


def test_words_of_another_kind_of_study_stay_out_of_tables_about_reports() -> None:
    assert made(pl.DataFrame({"drug": ["high risk pill"]}), "uncoded_names").rows == [("high […] pill",)]
    assert made(pl.DataFrame({"drug": ["time at risk"]}), "cohort_settings").rows == [("time at risk",)]


@pytest.mark.parametrize("name", ["cohort_curves", "reports_curves", "reports_flow"])
def test_titles_are_found_for_both_arms(name: str) -> None:
    assert title(name).startswith(("Points of curves", "Flow of reports"))


def test_hostile_words_are_inert_in_every_format(tmp_path: Path) -> None:
    pytest.importorskip("great_tables")
    docx = pytest.importorskip("docx")
    from nms_pv.report.papers.formats import write_table

    frame = read_again(pl.DataFrame({"name": [HOSTILE, FORMULA], "n": [1, 2], **{c: ["a", "b"] for c in "cdef"}}), tmp_path)
    paths = write_table(made(frame, "uncoded_names"), tmp_path / "tables")
    html, latex, word = (path.read_bytes() for path in paths)
    assert b"<script" not in html
    assert b"&lt;script&gt;" in html
    assert not re.search(rb"https?://", html.replace(b"http://evil.example", b""))
    assert rb"\textbackslash{}input\{y\}" in latex
    assert rb"\$x\_1\$" in latex
    assert not re.search(rb"(?<!\\)[$#]|(?<!\\)\\input", latex)
    opened = docx.Document(str(paths[2]))
    grid = opened.tables[0]
    assert grid.cell(1, 0).text == HOSTILE.replace("\u202e", "").replace("\x07", "")
    assert grid.cell(2, 0).text == "'" + FORMULA
    assert opened.paragraphs[0].text.startswith("SIMULATED DATA. ")
    again = write_table(made(frame, "uncoded_names"), tmp_path / "again")
    assert [path.read_bytes() for path in again] == [html, latex, word]


def test_figures_have_the_sizes_of_journals_and_the_same_bytes(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    from PIL import Image

    from nms_pv.report.papers.journal import sizes, write_figure

    double, _ = sizes(drawing())
    paths = write_figure(double, tmp_path / "a")
    root = ET.fromstring(paths[0].read_bytes())  # noqa: S314
    assert (root.get("width"), root.get("height")) == ("180.00mm", "50.00mm")
    assert [element.get("data-result") for element in root.iter() if element.get("data-result")] == ["ror/x"]
    assert "A description" in "".join(root.itertext())
    page = pypdf.PdfReader(paths[1]).pages[0]
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(180, abs=0.01)
    assert b"/Type3" not in paths[1].read_bytes()
    with Image.open(paths[2]) as image:
        assert image.width == pytest.approx(600 * 180 / 25.4, abs=1)
        assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
    again = write_figure(double, tmp_path / "b")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


def test_one_column_only_where_its_text_can_be_read() -> None:
    from nms_pv.report.papers.journal import sizes

    assert [(s.name, round(s.width), round(s.smallest_text, 1)) for s in sizes(drawing(size=13))] == [
        ("small", 180, 12.8),
        ("small-single", 85, 6.0),
    ]


def plotted(*labels: str) -> Drawing:
    """A figure with labels on its axis, under words that are so wide that it cannot be scaled to one column."""
    with house_style("plotted"), keeping_drawings() as kept:
        figure = new_figure(2.0, simulated=True)
        axes = axes_in_inches(figure, 0.7, 0.7, 6.2, 0.9)
        axes.set_xticks(range(len(labels)), labels)
        axes.set_xlabel("days since the start of the first course that was counted")
        as_svg(figure, "plotted", "A title", "A description")
    return kept[0]


def test_in_one_column_axes_become_narrower_and_text_keeps_its_size(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    from nms_pv.report.papers.journal import sizes, write_figure

    made = plotted("a", "b")
    before = made.figure.get_size_inches().tolist(), made.figure.axes[0].get_position().bounds
    double, single = sizes(made)
    assert (single.name, single.width, single.height, single.smallest_text) == ("plotted-single", 85.0, 50.8, 9.0)
    assert double.note == single.note == ""
    (svg, *_) = write_figure(single, tmp_path)
    assert "days since the start of the first" in svg.read_text(encoding="utf-8")
    assert "days since the start of the first course that was" not in svg.read_text(encoding="utf-8")
    assert (made.figure.get_size_inches().tolist(), made.figure.axes[0].get_position().bounds) == before


def test_what_cannot_be_read_in_one_column_says_so() -> None:
    from nms_pv.report.papers.journal import sizes

    (double,) = sizes(plotted(*(f"a long label {number}" for number in range(6))))
    assert double.note == "cannot be read in one column of 85 mm"


@pytest.mark.parametrize(
    ("height", "size", "width", "note"),
    [
        (10.0, 9.0, 160, ""),
        (20.0, 9.0, 122, "higher than 234 mm"),
        (2.0, 5.0, 180, "text smaller than 6 pt"),
    ],
)
def test_a_high_figure_is_made_narrower_while_it_can_be_read(height: float, size: float, width: float, note: str) -> None:
    from nms_pv.report.papers.journal import sizes

    sized = sizes(drawing(height, size))[0]
    assert round(sized.width) == pytest.approx(width, abs=9)
    assert sized.note == note


def test_citation_names_software_and_data() -> None:
    citation = read_citation(ROOT / "CITATION.cff")
    cff, bibtex = as_cff(citation, RUN), as_bibtex(citation, RUN)
    for text in (cff, bibtex):
        assert "reports:bbbbbbbbbbbb" in text
        assert "SIMULATED" in text
    assert "author = {{The nms-pv authors}}" in bibtex
    people = {"title": "50 % of {a}", "authors": [{"family-names": "Caroff", "given-names": "S & N"}, {"family-names": "Mann"}]}
    entry = as_bibtex(people, Run("1", {}, simulated=False))
    assert "author = {Caroff, S \\& N and Mann}" in entry
    assert "title = {{50 \\% of \\{a\\}}}" in entry


@pytest.mark.parametrize("content", [None, "title: only\n", "just words"])
def test_a_citation_without_title_or_authors_is_refused(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="needs a title and authors"):
        read_citation(path)


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRA, "no_such_library", "no-such-library")
    with pytest.raises(UserError, match=re.escape("pip install 'nms-pv[papers]'")):
        needed("no_such_library")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    for name in ("CITATION.cff", "params.yaml"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "data" / "environment.json").write_text(json.dumps({"nms-pv": "0.1.0"}), encoding="utf-8")
    return folder


def report_of(frames: dict[str, pl.DataFrame]) -> Callable[[Path], None]:
    def write_report(folder: Path) -> None:
        for name, frame in frames.items():
            write_csv(frame, folder / "tables" / f"{name}.csv")
        rows = [
            result("ror", "FGA"),
            result("reports", "FGA", result_id="2"),
            result("ror", "x", result_id="3", arm="literature"),
        ]
        results(*rows).write_parquet(folder / "results.parquet")
        (folder / "methods.txt").write_text("We counted.\n", encoding="utf-8")
        with house_style("small"):
            as_svg(new_figure(1.0, simulated=True), "small", "A title", "A description")

    return write_report


def test_all_of_the_report_is_written_for_a_paper(project: Path, tmp_path: Path) -> None:
    for module in EXTRA:
        pytest.importorskip(module)
    from nms_pv.report.papers.write import write_papers

    definitions = pl.DataFrame({"name": ["pt_only"], "title": ["Preferred term alone"]})
    frames = {"definitions": definitions, "duplicates": pl.DataFrame({"n": [1]}), "naranjo": pl.DataFrame({"n": []})}
    out = tmp_path / "out"
    write_papers(project, out, report_of(frames))
    paths = write_papers(project, out, report_of({name: frames[name] for name in ("definitions", "naranjo")}))
    assert sorted(paths) == sorted(path for path in out.rglob("*") if path.is_file())
    assert {path.relative_to(out).as_posix() for path in paths} == {
        *(f"tables/definitions.{suffix}" for suffix in ("html", "tex", "docx")),
        *(f"figures/small{column}.{suffix}" for column in ("", "-single") for suffix in ("svg", "pdf", "png")),
        *("contents.csv", "methods.txt", "CITATION.cff", "citation.bib"),
    }
    contents = pl.read_csv(out / "contents.csv")
    assert contents.select("kind", "name", "width_mm").rows() == [
        ("table", "definitions", None),
        ("figure", "small", 180.0),
        ("figure", "small-single", 85.0),
    ]
    assert (out / "methods.txt").read_text(encoding="utf-8") == "We counted.\n"
    assert "reports:bbbbbbbbbbbb" in (out / "citation.bib").read_text(encoding="utf-8")
