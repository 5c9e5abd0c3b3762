import base64
import hashlib
import re
import shutil
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nms_pv.report import write_report
from nms_pv.report.numbers import DASH, HIDDEN, estimate_and_interval, is_percent, shown, state
from nms_pv.report.words import clean
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import RESULTS
from tests.lib.case_evidence import HOSTILE_WORDS, subject_ids
from tests.lib.report_fixture import DEFINITIONS, HOSTILE_INGREDIENT, HOSTILE_NAMES, STUDY, declared_study
from tests.lib.report_page import PACKED, Page, numbers_in, parse, records


def _write(data: Path, out: Path, input_kind: str = "simulated", build: str = "auto") -> str:
    study = declared_study(input_kind, build)
    write_report(data, out, study.params, study.drugs, study.faers, study.definitions, STUDY)
    return (out / "index.html").read_text(encoding="utf-8")


def _results(data: Path) -> pl.DataFrame:
    return RESULTS.scan(data / "6_measures" / "results.parquet").collect()


@pytest.fixture
def copy(report_data: Path, tmp_path: Path) -> Path:
    """The data, to be changed."""
    return Path(shutil.copytree(report_data, tmp_path / "data"))


@pytest.fixture(scope="module")
def shared_page(shareable: Path) -> Page:
    return parse((shareable / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(params=["internal", "shareable"])
def built(request: pytest.FixtureRequest) -> tuple[Page, Path]:
    """Page and folder of each build."""
    names = ("page", "internal") if request.param == "internal" else ("shared_page", "shareable")
    page, folder = (request.getfixturevalue(name) for name in names)
    return page, folder


@pytest.fixture(scope="module")
def html(internal: Path) -> str:
    return (internal / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return parse(html)


@pytest.mark.parametrize("build", [pytest.param("internal", marks=pytest.mark.proof), "shareable"])
def test_same_input_same_bytes(report_data: Path, tmp_path: Path, build: str, request: pytest.FixtureRequest) -> None:
    out: Path = request.getfixturevalue(build)
    _write(report_data, tmp_path, build=build)
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
def real_page(report_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The same as if from real files, of which one report more is said to have been left out."""
    folder = tmp_path_factory.mktemp("real")
    data = Path(shutil.copytree(report_data, folder / "data"))
    path = data / "5_exposure" / "attrition.csv"
    path.write_text(path.read_text().replace(",40,", ",41,", 1))
    return parse(_write(data, folder / "out", "faers"))


def test_real_is_said_and_simulated_is_not(real_page: Page) -> None:
    assert "REAL DATA" in next(e for e in real_page.elements if e.attributes.get("class") == "banner").text
    # The settings of the simulator are settings of the study, whatever the input.
    assert re.findall(r"(?i)simulat\w+", real_page.words.replace("simulation.", "").replace("simulator", "")) == []


def test_each_number_of_the_script_is_that_of_the_results_beside_the_page(built: tuple[Page, Path]) -> None:
    page, folder = built
    beside = {row["result_id"]: row for row in pl.read_parquet(folder / "results.parquet").iter_rows(named=True)}
    assert len(page.numbers) > 500
    assert len({row["result_id"] for row in page.numbers}) == len(page.numbers)
    assert [row for row in page.numbers if row != {name: beside[row["result_id"]][name] for name in row}] == []


def test_each_number_that_is_shown_is_that_of_its_result(built: tuple[Page, Path]) -> None:
    page, _ = built
    marked = [e for e in page.addressed if e.text.strip()]
    assert len(marked) > 500
    for element in marked:
        row, fields = page.numbers[int(element.attributes["data-n"])], element.attributes["data-f"].split()
        if row["suppressed"]:
            assert element.text == (state(row) if "svg" in element.path else HIDDEN)
            continue
        assert element.text in _as_text(row, fields), row["result_id"]
        if element.text == DASH:
            assert row[fields[0]] is None
            continue
        for name, (value, half_a_digit) in zip(fields, numbers_in(element.text), strict=True):
            scale = 100 if is_percent(row, name) else 1
            assert value == pytest.approx(row[name] * scale, abs=half_a_digit * 1.001), (element.text, row)


def _as_text(row: dict[str, Any], fields: list[str]) -> list[str]:
    """What an element with these fields may say."""
    if fields == ["estimate", "low", "high"]:
        return [estimate_and_interval(row)]
    return [between.join(shown(row, name) for name in fields) for between in ("/", " of ")]


def test_every_address_leads_to_a_number_and_every_number_has_an_address(page: Page) -> None:
    assert {int(e.attributes["data-n"]) for e in page.addressed} == set(range(len(page.numbers)))
    assert {name for e in page.addressed for name in e.attributes["data-f"].split()} <= set(page.numbers[0])
    drawn = [e for e in page.addressed if "svg" in e.path and not e.text.strip()]
    assert len(drawn) > 100


def test_each_number_stands_with_its_arm(page: Page) -> None:
    of_reports = {page.numbers[int(e.attributes["data-n"])]["arm"] for e in page.addressed if not e.in_cohort}
    assert of_reports == {"reports"}


def test_the_answers_are_made_of_results_only(page: Page) -> None:
    section = page.by_id("answers")
    assert len([e for e in page.addressed if "ol" in e.path and "svg" not in e.path]) > 20
    # What a sentence is about, in its own words.
    assert set(re.findall(r"\d[\d,.]*", section.text_without_address)) <= {"100,000", "30", "90."}


def test_the_cases_behind_a_number_are_as_many_as_it_counts(page: Page) -> None:
    told = [(row, sets) for row, sets in zip(page.numbers, page.blocks["numbers"]["behind"], strict=True) if sets is not None]
    assert {row["arm"] for row, _ in told} == {"reports", "cohort"}
    assert sum(row["numerator"] > 0 for row, _ in told) > 50
    for row, sets in told:
        behind = set.intersection(*(set(accumulate(page.blocks[f"sets-{row['arm']}"][place])) for place in sets))
        cases = records(page.blocks[f"cases-{row['arm']}"])
        people = {cases[place].get("person_id", place) for place in behind}
        counted = people if row["measure"] == "incidence_proportion" else behind
        assert len(counted) == row["numerator"], row["result_id"]


def test_a_case_leads_to_its_evidence_and_to_the_rows_of_its_source(page: Page) -> None:
    for arm in ("reports", "cohort"):
        cases, chunk = records(page.blocks[f"cases-{arm}"]), page.blocks[f"cases-{arm}-0"]
        rows = {(row["source_id"], row["source_line"]): row["cells"] for row in records(chunk["rows"])}
        findings, courses, verdicts = (records(chunk[name]) for name in ("findings", "courses", "verdicts"))
        for place in range(len(cases)):
            of_case = [row for row in (*findings, *courses) if row["of"] == place]
            assert [row for row in of_case if (row["source_id"], row["source_line"]) not in rows] == []
            assert "met" in {row["verdict"] for row in verdicts if row["of"] == place}
        assert any(HOSTILE_WORDS in cells for cells in rows.values())


def test_nothing_is_loaded_and_nothing_runs(html: str, page: Page) -> None:
    written = [e for e in page.all("script") if e.attributes.get("type") != PACKED]
    assert len(written) == 1
    assert html.lower().count("<script") == len(page.all("script"))
    digest = base64.b64encode(hashlib.sha256(written[0].text.encode()).digest()).decode()
    assert [e for e in page.elements if any(k.startswith("on") for k in e.attributes)] == []
    assert [e for e in page.elements if "src" in e.attributes] == []
    outside = [(e.tag, v) for e in page.elements for k, v in e.attributes.items() if "//" in v and k != "xmlns"]
    assert {tag for tag, _ in outside} <= {"a"}
    assert all(link.startswith("https://doi.org/10.") for _, link in outside)
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html
    assert re.findall(r"(?i)innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|https?:", written[0].text) == []
    policy = next(e for e in page.all("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith(
        f"default-src 'none'; script-src 'sha256-{digest}' 'strict-dynamic'; style-src 'unsafe-inline'; img-src data:"
    )


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


def test_each_figure_has_its_data_beside_it(internal: Path, page: Page) -> None:
    figures = [e.text for e in page.all("figcaption")]
    assert [re.match(r"Figure (\d+)\. ", text)[1] for text in figures] == [str(n + 1) for n in range(len(figures))]
    named = set(re.findall(r"tables/\w+\.csv", page.words))
    assert named == {f"tables/{path.name}" for path in (internal / "tables").iterdir()}


def test_all_results_lie_beside_the_page_and_an_internal_build_hides_none(report_data: Path, internal: Path) -> None:
    written = pl.concat(RESULTS.scan(path).collect() for path in sorted((report_data / "6_measures").rglob("results.parquet")))
    beside = pl.read_parquet(internal / "results.parquet")
    assert not beside["suppressed"].any()
    columns = [name for name in RESULTS.types if name != "suppressed"]
    exact, found = ({row[0]: row for row in frame.select(columns).iter_rows()} for frame in (written, beside))
    assert found == exact
    table = pl.read_csv(internal / "results.csv", infer_schema=False)
    assert table.height == beside.height
    assert not table["group"].str.contains("^[=+@-]").any()


def test_undefined_is_a_dash_with_its_reason(page: Page) -> None:
    cells = [e.text for e in page.elements if e.attributes.get("class") == "undefined"]
    assert len(cells) > 2
    assert [text for text in cells if not re.fullmatch(r"— \S.+", text.strip())] == []
    assert any("no report of the group meets the definition" in text for text in cells)


def test_hostile_text_is_only_text(html: str, internal: Path, page: Page) -> None:
    assert clean(HOSTILE_INGREDIENT) in page.words
    assert "$x_1$" in page.words
    assert "\u202e" not in html
    assert '=HYPERLINK("http://evil.example")' in page.words
    cells = pl.read_csv(internal / "tables" / "uncoded_names.csv")["name"].to_list()
    assert "'" + HOSTILE_NAMES[1] in cells
    assert [cell for cell in cells if cell.startswith("=")] == []


def test_definitions_with_source_and_status(page: Page) -> None:
    for name, status in zip(DEFINITIONS, ("found", "memory", "memory", "conflict"), strict=True):
        assert name in page.words
        assert status in page.words
    assert "Title of pt_only <b>" in page.words


def test_published_numbers_are_named_with_their_source(page: Page) -> None:
    section = page.by_id("which_drugs-reports").text
    assert "104.11 (88.92–121.89)" in section
    assert "JADER PT-level" in section
    assert "from simulated reports" in section


def test_what_does_not_add_up_is_marked(page: Page, real_page: Page) -> None:
    for arm in ("reports", "cohort"):
        assert "Every step below adds up." in page.by_id(f"attrition-{arm}").text
    told = real_page.by_id("attrition-reports").text
    assert "Not every step below adds up" in told
    assert "no: 1 more than came" in told


def test_suppressed_numbers_stay_hidden(copy: Path, tmp_path: Path) -> None:
    hidden = (pl.col("group") == "haloperidol") | (pl.col("stratum") == "year=2018")
    frame = _results(copy).with_columns(
        pl.col("suppressed") | hidden.fill_null(False),
        numerator=pl.when(hidden.fill_null(False)).then(7_654_321).otherwise("numerator"),
    )
    RESULTS.write(frame, copy / "6_measures" / "results.parquet")
    html = _write(copy, tmp_path / "out")
    assert "7,654,321" not in html
    assert "hidden, small cell" in html
    for path in (*(tmp_path / "out" / "tables").iterdir(), tmp_path / "out" / "results.csv"):
        assert "7654321" not in path.read_text()


def test_a_page_without_results_says_so(copy: Path, tmp_path: Path) -> None:
    RESULTS.write(RESULTS.empty(), copy / "6_measures" / "results.parquet")
    page = parse(_write(copy, tmp_path / "out"))
    assert "not in the results" in page.words
    assert "the results hold nothing to draw here" in page.words


def test_a_published_ratio_that_is_no_number_is_refused(report_data: Path, tmp_path: Path) -> None:
    literature = (STUDY / "literature.csv").read_text(encoding="utf-8")
    (tmp_path / "literature.csv").write_text(literature.replace(",ROR,45.11,", ",ROR,about 45,"), encoding="utf-8")
    study = declared_study()
    with pytest.raises(StudyError, match=r"literature.csv: .* line \d+: value 'about 45'"):
        write_report(report_data, tmp_path, study.params, study.drugs, study.faers, study.definitions, tmp_path)


def test_small_counts_of_people_stay_inside_the_study(shared_page: Page, shareable: Path) -> None:
    section = shared_page.by_id("attrition-cohort").text
    assert "canonical, person: of 10,000 (person), 120 left: no observation period (120); 9,880 were kept." in section
    assert "outside time at risk" not in section
    assert "outside_time_at_risk" not in set(pl.read_csv(shareable / "tables" / "cohort_attrition.csv")["reason"])
    records_of = pl.read_csv(shareable / "tables" / "cohort_concepts.csv").group_by("concept_set").agg("records")
    assert records_of.sort("concept_set").rows() == [("nms_diagnosis", [0, 40]), ("rigidity", [None, None])]
    of_people = [row for row in shared_page.numbers if row["arm"] == "cohort"]
    assert [row for row in of_people if 0 < (row["numerator"] or 0) < 5] == []
    assert any(row["suppressed"] for row in of_people)


def test_what_is_shared_holds_no_case(shared_page: Page, shareable: Path) -> None:
    assert list(shared_page.blocks) == ["numbers"]
    assert shared_page.all("body")[0].attributes["data-cases"] == ""
    assert set(shared_page.blocks["numbers"]["behind"]) == {None}
    assert list((shareable / "cases").glob("*")) == []
    written = "".join(
        path.read_text(encoding="utf-8") for path in sorted(shareable.rglob("*")) if path.suffix in (".csv", ".html")
    )
    assert [subject for arm in ("reports", "cohort") for subject in subject_ids(arm) if subject in written] == []


def test_the_answers_of_reports_and_of_people_are_told_apart(page: Page) -> None:
    """Reports are told of without the words of another kind of study; of people they are used."""
    assert re.search(r"(?i)incidence", page.by_id("how_often-cohort").text)
    assert re.search(r"(?i)\brisk", page.by_id("how_often-cohort").text + page.by_id("methods-cohort").text)
