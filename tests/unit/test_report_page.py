import re
from pathlib import Path

import polars as pl
import pytest

from nms_pv.report import write_report
from nms_pv.report.numbers import HIDDEN
from nms_pv.report.questions.read import read_topics
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.report.words import clean, visible
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import RESULTS
from tests.lib.report_fixture import DEFINITIONS, HOSTILE_INGREDIENT, HOSTILE_NAMES, STUDY, declared_study, write_data
from tests.lib.report_page import Page, numbers_in, parse

COUNTS = ("numerator", "denominator", "reference_numerator", "reference_denominator")


def _write(data: Path, out: Path, input_kind: str = "simulated") -> str:
    study = declared_study(input_kind)
    write_report(data, out, study.params, study.drugs, study.faers, study.definitions, STUDY)
    return (out / "index.html").read_text(encoding="utf-8")


def _results(data: Path) -> pl.DataFrame:
    return RESULTS.scan(data / "6_measures" / "results.parquet").collect()


def _all_results(data: Path) -> pl.DataFrame:
    """The rows of both arms, as they may leave the study where cases are told of in other ways than rates."""
    rates = pl.concat([_results(data), RESULTS.scan(data / "6_measures" / "cohort" / "results.parquet").collect()])
    params = declared_study().params
    parts = [QuestionsPart(arm, read_topics(data, arm), params, rates, []) for arm in ("reports", "cohort")]
    return pl.concat([rates, *(part.leaving.results for part in parts)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "data"
    write_data(folder, declared_study().drugs)
    return folder


@pytest.fixture(scope="module")
def out(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    _write(data, folder)
    return folder


@pytest.fixture(scope="module")
def html(out: Path) -> str:
    return (out / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return parse(html)


def test_same_input_same_bytes(data: Path, out: Path, tmp_path: Path) -> None:
    _write(data, tmp_path)
    files = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert [f for f in files if (out / f).read_bytes() != (tmp_path / f).read_bytes()] == []


def test_words_of_another_kind_of_study_never_occur(page: Page) -> None:
    assert re.findall(r"(?i)\b\w*(?:risk|incidence)\w*", page.words_about_reports) == []
    assert "generates hypotheses" in page.words


def test_simulated_is_said_everywhere(page: Page) -> None:
    assert "SIMULATED" in page.all("title")[0].text
    assert "SIMULATED DATA" in next(e for e in page.elements if e.attributes.get("class") == "banner").text
    drawings = page.all("svg")
    assert len(drawings) >= 7
    assert [e for e in drawings if "SIMULATED DATA" not in e.text] == []
    assert [e for e in page.all("figcaption") if "Simulated data." not in e.text] == []
    assert '@top-center { content: "SIMULATED DATA' in page.all("style")[0].text


@pytest.fixture(scope="module")
def real_page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The same as if from real files, of which one report more is said to have been left out."""
    folder = tmp_path_factory.mktemp("real")
    write_data(folder / "data", declared_study().drugs)
    path = folder / "data" / "5_exposure" / "attrition.csv"
    path.write_text(path.read_text().replace(",40,", ",41,", 1))
    return parse(_write(folder / "data", folder / "out", "faers"))


def test_real_is_said_and_simulated_is_not(real_page: Page) -> None:
    assert "REAL DATA" in next(e for e in real_page.elements if e.attributes.get("class") == "banner").text
    # The settings of the simulator are settings of the study, whatever the input.
    assert re.findall(r"(?i)simulat\w+", real_page.words.replace("simulation.", "").replace("simulator", "")) == []


def test_each_number_is_that_of_its_result(data: Path, page: Page) -> None:
    rows = {visible(row["result_id"]): row for row in _all_results(data).iter_rows(named=True)}
    marked = [e for e in page.elements if "data-result" in e.attributes and e.text.strip()]
    assert len(marked) > 500
    for element in marked:
        row = rows[element.attributes["data-result"]]
        fields = element.attributes["data-field"].split()
        shown = numbers_in(element.text)
        if row["suppressed"]:
            assert element.text == HIDDEN
            continue
        assert len(shown) == len(fields), (element.text, fields)
        for name, (value, half_a_digit) in zip(fields, shown, strict=True):
            percent = "data-unit" in element.attributes and name not in COUNTS
            assert value == pytest.approx(row[name] * (100 if percent else 1), abs=half_a_digit * 1.001), (element.text, row)


def test_drawn_things_carry_addresses_too(data: Path, page: Page) -> None:
    known = {visible(result_id) for result_id in _all_results(data)["result_id"]}
    drawn = [e for e in page.elements if "data-result" in e.attributes and "svg" in e.path and not e.text.strip()]
    assert len(drawn) > 100
    assert {e.attributes["data-result"] for e in drawn} <= known


def test_key_numbers_are_all_from_the_results(page: Page) -> None:
    section = page.by_id("key")
    assert re.search(r"\d", section.text)
    assert re.findall(r"\d", section.text_without_address) == []


def test_nothing_is_loaded_and_nothing_runs(html: str, page: Page) -> None:
    assert "<script" not in html.lower()
    assert [e for e in page.elements if any(k.startswith("on") for k in e.attributes)] == []
    assert [e for e in page.elements if "src" in e.attributes] == []
    outside = [(e.tag, v) for e in page.elements for k, v in e.attributes.items() if "//" in v and k != "xmlns"]
    assert {tag for tag, _ in outside} <= {"a"}
    assert all(link.startswith("https://doi.org/10.") for _, link in outside)
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html
    policy = next(e for e in page.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_drawings_have_names_and_ids_are_unique(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for drawing in page.all("svg"):
        assert drawing.attributes["role"] == "img"
        title, description = (page.by_id(i) for i in drawing.attributes["aria-labelledby"].split())
        assert (title.tag, description.tag) == ("title", "desc")
        assert title.text
        assert description.text
    references = {
        v[1:] for e in page.elements for k, v in e.attributes.items() if k in {"href", "xlink:href"} and v.startswith("#")
    }
    clips = {v[5:-1] for e in page.elements for k, v in e.attributes.items() if k == "clip-path"}
    assert references | clips <= set(ids)


def test_structure_for_readers_who_hear_the_page(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(page.all("caption")) == len(page.all("table"))
    assert [e for e in page.all("th") if "scope" not in e.attributes] == []
    assert {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")} <= {
        e.attributes["id"] for e in page.elements if "id" in e.attributes
    }


def test_each_figure_has_its_data_beside_it(out: Path, page: Page) -> None:
    for number in range(1, 6):
        assert f"Data of figure {number}" in page.words
    linked = {e.attributes["href"] for e in page.all("a") if e.attributes["href"].startswith("tables/")}
    assert linked == {f"tables/{p.name}" for p in (out / "tables").iterdir()}


def test_all_results_lie_beside_the_page(data: Path, out: Path) -> None:
    results = _all_results(data)
    beside = pl.read_parquet(out / "results.parquet")
    assert beside["result_id"].to_list() == results["result_id"].to_list()
    table = pl.read_csv(out / "results.csv", infer_schema=False)
    assert table.height == results.height
    assert not table["group"].str.contains("^[=+@-]").any()


def test_undefined_is_a_dash_with_its_reason(page: Page) -> None:
    cells = [e.text for e in page.elements if e.attributes.get("class") == "undefined"]
    assert len(cells) > 2
    assert [text for text in cells if not re.fullmatch(r"— \S.+", text.strip())] == []
    assert any("no report of the group meets the definition" in text for text in cells)


def test_hostile_text_is_only_text(html: str, out: Path, page: Page) -> None:
    assert clean(HOSTILE_INGREDIENT) in page.words
    assert "$x_1$" in page.words
    assert "\u202e" not in html
    assert '=HYPERLINK("http://evil.example")' in page.words
    cells = pl.read_csv(out / "tables" / "uncoded_names.csv")["name"].to_list()
    assert "'" + HOSTILE_NAMES[1] in cells
    assert [cell for cell in cells if cell.startswith("=")] == []


def test_definitions_with_source_and_status(page: Page) -> None:
    for name, status in zip(DEFINITIONS, ("found", "memory", "memory", "conflict"), strict=True):
        assert name in page.words
        assert status in page.words
    assert "Title of pt_only <b>" in page.words


def test_published_numbers_are_named_with_their_source(page: Page) -> None:
    section = page.by_id("published").text
    assert "104.11 (88.92–121.89)" in section
    assert "JADER PT-level" in section
    assert "from simulated reports" in section


def test_what_does_not_add_up_is_marked(page: Page, real_page: Page) -> None:
    said = "Not so in the lines marked below."
    assert said not in page.by_id("loaded").text
    assert said in real_page.by_id("loaded").text


def test_suppressed_numbers_stay_hidden(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    write_data(copy, declared_study().drugs)
    hidden = (pl.col("group") == "haloperidol") | (pl.col("stratum") == "year=2018")
    frame = _results(data).with_columns(
        pl.col("suppressed") | hidden.fill_null(False),
        numerator=pl.when(hidden.fill_null(False)).then(7_654_321).otherwise("numerator"),
    )
    RESULTS.write(frame, copy / "6_measures" / "results.parquet")
    html = _write(copy, tmp_path / "out")
    assert "7,654,321" not in html
    assert "hidden, small cell" in html
    for path in (*(tmp_path / "out" / "tables").iterdir(), tmp_path / "out" / "results.csv"):
        assert "7654321" not in path.read_text()


def test_a_page_without_results_says_so(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    write_data(copy, declared_study().drugs)
    RESULTS.write(RESULTS.empty(), copy / "6_measures" / "results.parquet")
    page = parse(_write(copy, tmp_path / "out"))
    assert "not in the results" in page.words
    assert "the results hold nothing to draw here" in page.words


def test_a_published_ratio_that_is_no_number_is_refused(data: Path, tmp_path: Path) -> None:
    literature = (STUDY / "literature.csv").read_text(encoding="utf-8")
    (tmp_path / "literature.csv").write_text(literature.replace(",ROR,45.11,", ",ROR,about 45,"), encoding="utf-8")
    study = declared_study()
    with pytest.raises(StudyError, match=r"literature.csv: .* line \d+: value 'about 45'"):
        write_report(data, tmp_path, study.params, study.drugs, study.faers, study.definitions, tmp_path)


def test_small_counts_of_people_stay_inside_the_study(out: Path, page: Page) -> None:
    section = page.by_id("cohort-loaded").text
    assert "of 10,000 (person), 133 left: no observation period (120); unknown sex (13); 9,867 were kept." in section
    assert "few people" not in section
    assert "clean window" not in section
    attrition = pl.read_csv(out / "tables" / "cohort_attrition.csv")
    assert set(attrition["scope"]) == {"persons"}
    records = pl.read_csv(out / "tables" / "cohort_concepts.csv").group_by("concept_set").agg("records").sort("concept_set")
    assert records.rows() == [("nms_diagnosis", [0, 40]), ("rigidity", [None, None])]
