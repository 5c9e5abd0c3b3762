import re
from pathlib import Path

import pytest

from nms_pv.spec.guidelines import COLUMNS, FOLDER, INDEX_COLUMNS, load_guidelines
from nms_pv.spec.params import load_params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import QUESTION
from tests.lib.report_fixture import ROOT, STUDY

PARAMS = load_params(ROOT / "params.yaml")
ROW = {"item": "1", "section": "Title", "asks": "Asks.", "page": "about", "status": "found", "source": "here"}
CHAPTERS = {"about", "answers", "sensitivity", "definitions", "attrition", "quality", "limitations", "provenance"}


def _write(study: Path, *rows: dict[str, str], name: str = "g", index: str = "g,G,reports,Author 2024,10.1/x") -> Path:
    folder = study / FOLDER
    folder.mkdir()
    (folder / "guidelines.csv").write_text(f"{','.join(INDEX_COLUMNS)}\n{index}\n")
    lines = [",".join({**dict.fromkeys(COLUMNS, ""), **row}.values()) for row in rows]
    (folder / f"{name}.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    return study


def test_ours_are_complete() -> None:
    found = {guideline.name: guideline for guideline in load_guidelines(STUDY, PARAMS)}
    assert {name: (guideline.arm, len(guideline.items)) for name, guideline in found.items()} == {
        "readus_pv": ("reports", 32),
        "record_pe": ("cohort", 34 + 13 + 15),
        "harper": ("cohort", 25),
    }
    names = [item.item for item in found["record_pe"].items]
    assert sum(name.startswith("RECORD ") for name in names) == 13
    assert sum(name.startswith("PE ") for name in names) == 15


def test_what_is_about_reports_never_speaks_of_another_kind_of_study() -> None:
    reports = next(g for g in load_guidelines(STUDY, PARAMS) if g.arm == "reports")
    told = " ".join(f"{i.section} {i.asks} {i.not_applicable} {i.missing}" for i in reports.items)
    assert re.findall(r"(?i)\w*(?:risk|incidence)\w*", told) == []


def test_each_links_to_places_of_its_own_arm() -> None:
    for guideline in load_guidelines(STUDY, PARAMS):
        own = {f"{chapter}-{guideline.arm}" for chapter in (*QUESTION, "attrition", "methods")}
        strangers = {a for item in guideline.items for a in item.page if not a.startswith("harper-")} - CHAPTERS - own
        assert strangers == set(), guideline.name


def test_values_of_settings_are_shown() -> None:
    readus = load_guidelines(STUDY, PARAMS)[0]
    item = next(item for item in readus.items if item.item == "6c")
    assert item.setting == (("main.roles", "ps+ss"), ("generations.disputed", "table"), ("generations.third", "own"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"asks": ""}, "item '1': column 'asks' is empty"),
        ({"status": "guessed"}, "status 'guessed' is not one of ['found', 'found-secondary', 'memory']"),
        ({"page": "#About"}, "page '#About' is no id"),
        ({"protocol": "fundings"}, "protocol 'fundings' is no field of study/protocol.yaml, ['title',"),
        ({"setting": "main.role"}, "setting 'main.role' is no setting of params.yaml"),
        ({"not_applicable": "no"}, "not_applicable has a reason, so ['page'] must be empty"),
        ({"page": ""}, "it says nowhere how it is met"),
    ],
)
def test_what_is_refused_is_named(tmp_path: Path, change: dict[str, str], told: str) -> None:
    with pytest.raises(StudyError) as error:
        load_guidelines(_write(tmp_path, {**ROW, **change}), PARAMS)
    assert "g.csv" in str(error.value)
    assert told in str(error.value)


def test_an_item_stands_there_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="item '1' stands there twice; keep one row"):
        load_guidelines(_write(tmp_path, ROW, ROW), PARAMS)


def test_cells_with_commas_are_quoted(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="rows 2 have more or fewer cells than there are columns; quote cells with commas"):
        load_guidelines(_write(tmp_path, {**ROW, "asks": "this, and that"}), PARAMS)


def test_columns_are_as_declared(tmp_path: Path) -> None:
    study = _write(tmp_path, ROW)
    path = study / FOLDER / "g.csv"
    path.write_text(path.read_text().replace("asks", "ask"))
    with pytest.raises(StudyError, match="the columns are .*'ask'.*; they must be"):
        load_guidelines(study, PARAMS)


def test_index_and_files_agree(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="h.csv lies there, but no row has this name"):
        load_guidelines(_write(tmp_path, ROW, name="h"), PARAMS)


def test_an_arm_is_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="g: arm 'trial' is not one of"):
        load_guidelines(_write(tmp_path, ROW, index="g,G,trial,Author 2024,10.1/x"), PARAMS)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    study = _write(tmp_path, ROW)
    (study / FOLDER / "g.csv").unlink()
    with pytest.raises(StudyError, match="g.csv: cannot be read"):
        load_guidelines(study, PARAMS)
