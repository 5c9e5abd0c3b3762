"""A file of the study that cannot be used says which file, which line or key, what stands there and what is allowed."""

import json
import shutil
from pathlib import Path

import pytest

from nms_pv.audit.environment import write_environment
from nms_pv.docs import main as docs
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.params import Generations, load_params
from nms_pv.spec.source import load_faers
from nms_pv.spec.strict import StudyError


@pytest.fixture
def study(repository: Path, tmp_path: Path) -> Path:
    shutil.copytree(repository / "study", tmp_path / "study")
    return tmp_path / "study"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_unknown_and_wrong_settings_are_all_named(repository: Path, tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    shutil.copy(repository / "params.yaml", params)
    edit(params, "level: 0.95", "level: 95\nlevels: 1")
    with pytest.raises(StudyError) as error:
        load_params(params)
    for part in ("params.yaml", "level: ", "95", "levels: "):
        assert part in str(error.value)


def test_the_main_definition_is_one_of_the_counted(repository: Path, tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    shutil.copy(repository / "params.yaml", params)
    edit(params, "  definition: pt_only", "  definition: smq_narrow")
    with pytest.raises(StudyError, match=r"main.definition 'smq_narrow' is not among definitions \['pt_only', "):
        load_params(params)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(StudyError, match=r"params.yaml: cannot be read as YAML"):
        load_params(tmp_path / "params.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\nlevomepromazine,", "\nchlorpromazine,", "line 3: ingredient 'chlorpromazine' stands there twice"),
        (",low,,antipsychotic,N05AA01", ",low,,antipsychotics,N05AA01", "unknown roles ['antipsychotics']"),
        ("perphenazine|amitriptyline", "perphenazine|amitriptylin", "components ['amitriptylin'] are not listed"),
    ],
)
def test_drug_table(study: Path, old: str, new: str, said: str) -> None:
    edit(study / "drugs.csv", old, new)
    with pytest.raises(StudyError) as error:
        load_drugs(study)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Pyrexia,core", "Pyrexia,certain", "grade 'certain'"),
        ("fever,Hyperpyrexia", "fever,PYREXIA", "'PYREXIA' stands twice under 'fever'"),
    ],
)
def test_elements(study: Path, old: str, new: str, said: str) -> None:
    edit(study / "elements.csv", old, new)
    with pytest.raises(StudyError) as error:
        load_elements(study)
    assert said in str(error.value)


def test_column_map(study: Path) -> None:
    edit(study / "column_maps" / "faers.csv", ",required,", ",mostly,")
    with pytest.raises(StudyError, match="mostly"):
        load_faers(study)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("sex,F,", "gender,F,", "unknown field 'gender'"), ("sex,F,female", "sex,F,woman", "sex 'woman'; allowed are")],
)
def test_code_map(study: Path, old: str, new: str, said: str) -> None:
    edit(study / "column_maps" / "faers_codes.csv", old, new)
    with pytest.raises(StudyError) as error:
        load_faers(study)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("ingredient", "disputed", "third", "generation"),
    [
        ("haloperidol", "table", "own", "FGA"),
        ("aripiprazole", "table", "own", "TGA"),
        ("aripiprazole", "table", "second", "SGA"),
        ("sulpiride", "table", "own", "FGA"),
        ("sulpiride", "alternative", "own", "SGA"),
        ("zotepine", "alternative", "second", "FGA"),
        ("metoclopramide", "table", "own", None),
        ("veralipride", "table", "own", None),
        ("pimavanserin", "table", "own", None),
    ],
)
def test_generations_can_be_switched(
    repository: Path, ingredient: str, disputed: str, third: str, generation: str | None
) -> None:
    drug = load_drugs(repository / "study").drugs[ingredient]
    assert drug.generation_under(Generations(disputed=disputed, third=third)) == generation


def test_the_environment_names_this_package_and_the_numeric_libraries(tmp_path: Path) -> None:
    write_environment(tmp_path / "environment.json")
    versions = json.loads((tmp_path / "environment.json").read_text(encoding="utf-8"))
    assert {"nms-pv", "python", "polars", "numpy", "scipy", "statsmodels", "scikit-learn", "pandas", "matplotlib"} <= set(
        versions
    )


def test_generated_pages_are_written_and_checked(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(study.parent)
    assert docs(["--check"]) == 1
    assert "docs/tables.md is stale: run `make docs`" in capsys.readouterr().err
    assert docs([]) == 0
    assert docs(["--check"]) == 0
