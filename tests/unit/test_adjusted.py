from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.adjusted.model import OTHER_ANTIPSYCHOTICS
from nms_pv.measures.adjusted.write import ENOUGH_CASES, FIRTH, NO_REFERENCE, RIDGE, TOO_FEW, adjusted_numbers, write_adjusted
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.questions import AdjustedSettings
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INGREDIENTS
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.declared_rows import rows
from tests.lib.drug_reports import PARTS, write_layers
from tests.lib.small_study import VERSION, drug_table

SETTINGS = AdjustedSettings(strengths=[1.0, 100.0], folds=3, seed=1)


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    write_layers(folder)
    return folder


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["pt_only"]})


@pytest.fixture(scope="module")
def numbers(layers: Path, repository: Path) -> pl.DataFrame:
    params = load_params(repository / "params.yaml")
    return adjusted_numbers(layers / "labels", layers / "exposure", drug_table(), params, SETTINGS)


def test_every_group_is_compared_with_all_and_with_antipsychotics_by_both_methods(numbers: pl.DataFrame) -> None:
    haloperidol = numbers.filter(group="haloperidol")
    assert set(haloperidol.select("reference", "measure").rows()) == {
        (reference, measure) for reference in (None, OTHER_ANTIPSYCHOTICS) for measure in (RIDGE, FIRTH)
    }
    by_ridge, by_firth = haloperidol.filter(measure=RIDGE), haloperidol.filter(measure=FIRTH)
    assert by_ridge.filter(pl.col("low") > 1, pl.col("low") < pl.col("estimate"), pl.col("estimate") < pl.col("high")).height == 2
    assert by_firth["undefined_reason"].to_list() == [ENOUGH_CASES] * 2


def test_few_cases_have_firths_estimate_too(tmp_path: Path, repository: Path) -> None:
    write_layers(tmp_path, reports=90)
    params = load_params(repository / "params.yaml")
    found = adjusted_numbers(tmp_path / "labels", tmp_path / "exposure", drug_table(), params, SETTINGS)
    few = found.filter(pl.col("numerator").is_between(3, 9), measure=FIRTH)
    assert few.height > 0
    assert few.filter(pl.col("low") < pl.col("estimate"), pl.col("estimate") < pl.col("high")).height == few.height


def test_the_four_cells_are_those_of_the_crude_table(numbers: pl.DataFrame, layers: Path) -> None:
    universe = pl.read_parquet(layers / "exposure" / "universe" / "*.parquet").filter("is_representative")
    named = pl.read_parquet(layers / "exposure" / "report_ingredients" / "*.parquet").filter(pl.col("role") != "other")
    met = pl.read_parquet(layers / "labels" / "verdicts" / "*.parquet").filter(pl.col("verdict") == "met")
    exposed = universe.filter(pl.col("subject_id").is_in(named.filter(ingredient="haloperidol")["subject_id"].implode()))
    cases = exposed.join(met, on="subject_id").height
    row = numbers.filter(group="haloperidol", measure=RIDGE).filter(pl.col("reference").is_null())
    assert row.select("numerator", "denominator").row(0) == (cases, exposed.height)
    assert row.select(pl.col("denominator") + pl.col("reference_denominator")).item() == universe.height


def test_the_reference_among_antipsychotics_names_one(numbers: pl.DataFrame) -> None:
    fga = numbers.filter(group="FGA", measure=RIDGE).sort("reference", nulls_last=True)
    among, against_all = fga["reference_denominator"]
    assert among < against_all


def test_generations_without_cases_stay_with_a_reason(numbers: pl.DataFrame) -> None:
    tga = numbers.filter(group="TGA")
    assert tga["undefined_reason"].to_list() == [TOO_FEW] * 4
    assert "aripiprazole" not in numbers["group"].to_list()


def test_without_another_antipsychotic_there_is_no_reference(tmp_path: Path, params: Params) -> None:
    write_layers(tmp_path)
    for part in PARTS:
        path = tmp_path / "exposure" / "report_ingredients" / part
        REPORT_INGREDIENTS.write(pl.read_parquet(path).filter(ingredient="haloperidol"), path)
    numbers = adjusted_numbers(tmp_path / "labels", tmp_path / "exposure", drug_table(), params, SETTINGS)
    among = numbers.filter(reference=OTHER_ANTIPSYCHOTICS, group="haloperidol")
    assert among["undefined_reason"].to_list() == [NO_REFERENCE] * 2


def test_without_cases_no_strength_is_chosen(tmp_path: Path, params: Params) -> None:
    write_layers(tmp_path)
    for part in PARTS:
        path = tmp_path / "labels" / "verdicts" / part
        VERDICTS.write(rows(VERDICTS, {"subject_id": "nobody", "definition": "pt_only", "verdict": "met"}), path)
    numbers = adjusted_numbers(tmp_path / "labels", tmp_path / "exposure", drug_table(), params, SETTINGS)
    assert set(numbers["undefined_reason"]) == {TOO_FEW}
    assert numbers["strength"].is_null().all()
    assert set(numbers["group_kind"]) == {"generation"}


def test_parts_that_differ_are_an_error(tmp_path: Path, params: Params) -> None:
    write_layers(tmp_path)
    (tmp_path / "labels" / "verdicts" / PARTS[0]).unlink()
    with pytest.raises(ContractError, match=r"must have the same parts; only one of them has \['2023Q4.parquet'\]"):
        adjusted_numbers(tmp_path / "labels", tmp_path / "exposure", drug_table(), params, SETTINGS)


def test_results_are_written_alike_every_time(layers: Path, params: Params, tmp_path: Path) -> None:
    for out in ("one", "two"):
        write_adjusted(layers / "labels", layers / "exposure", tmp_path / out, drug_table(), params, SETTINGS, VERSION)
    one, two = (tmp_path / out / "adjusted" / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    written = RESULTS.scan(one).collect()
    fga = written.filter(pl.col("result_id") == "adjusted_ror/pt_only/ps+ss/collapsed/generation/FGA/vs other antipsychotics")
    assert fga["method"].item().endswith("by cross-validation")
    assert np.isfinite(fga["estimate"].item())
