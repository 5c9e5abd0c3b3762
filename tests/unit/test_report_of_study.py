"""The report of a study folder is that of its settings, and of no others."""

from pathlib import Path

import pytest

from nms_pv.report import of_study
from nms_pv.report.of_study import for_others, with_build, write_report_of
from nms_pv.spec.params import Params, load_params

ROOT = Path(__file__).parents[2]


@pytest.fixture
def params() -> Params:
    return load_params(ROOT / "params.yaml")


def test_everything_is_read_from_the_study(params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "study").symlink_to(ROOT / "study")
    given = []
    monkeypatch.setattr(of_study, "write_report", lambda *arguments: given.extend(arguments))
    write_report_of(tmp_path, tmp_path / "out", params)
    data, out, settings, drugs, faers, definitions, study = given
    assert (data, out, settings, study) == (tmp_path / "data", tmp_path / "out", params, tmp_path / "study")
    assert "haloperidol" in drugs.drugs
    assert faers.rules
    assert params.main.definition in {definition.name for definition in definitions}


def test_only_the_build_changes(params: Params) -> None:
    assert params.leaving.build == "auto"
    shared = with_build(params, "shareable")
    assert [shared.is_internal(arm) for arm in ("reports", "cohort")] == [False, False]
    assert with_build(shared, "auto") == params


def test_what_is_for_others_hides_people_but_not_public_reports(params: Params) -> None:
    real = params.model_copy(update={"inputs": params.inputs.model_copy(update={"reports": "faers", "cohort": "omop"})})
    outside = for_others(with_build(real, "internal"))
    assert [outside.is_internal(arm) for arm in ("reports", "cohort")] == [True, False]
    assert for_others(with_build(real, "shareable")) == with_build(real, "shareable")
