from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.reports.write import write_measures
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.declared_rows import rows
from tests.lib.small_study import VERSION, drug_table


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["=pt"]})


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """Two parts of one report each: haloperidol with NMS, risperidone without."""
    for part, subject, ingredient, verdict in [
        ("2025Q3.parquet", "faers:1", "haloperidol", "met"),
        ("2025Q4.parquet", "faers:2", "risperidone", "not_met"),
    ]:
        here = {"subject_id": subject}
        UNIVERSE.write(rows(UNIVERSE, here), tmp_path / "exposure" / "universe" / part)
        exposed = rows(REPORT_INGREDIENTS, here | {"ingredient": ingredient, "role": "PS"})
        REPORT_INGREDIENTS.write(exposed, tmp_path / "exposure" / "report_ingredients" / part)
        VERDICTS.write(rows(VERDICTS, here | {"definition": "=pt", "verdict": verdict}), tmp_path / "labels" / "verdicts" / part)
    known = [{"definition": "=pt", "is_computed": True}, {"definition": "smq", "is_computed": False, "why_not": "needs files"}]
    DEFINITIONS.write(rows(DEFINITIONS, *known), tmp_path / "labels" / "definitions.parquet")
    return tmp_path


def test_a_definition_that_was_not_computed_is_an_error_with_its_reason(layers: Path, params: Params) -> None:
    asked = params.model_copy(update={"definitions": ["=pt", "smq", "other"]})
    said = r"'smq' \(needs files\); 'other' \(no such file in study/definitions\)\. Computed here are =pt"
    with pytest.raises(ContractError, match=said):
        write_measures(layers / "labels", layers / "exposure", layers / "out", drug_table(), asked, VERSION)


def test_results_are_written_in_key_order(layers: Path, params: Params) -> None:
    write_measures(layers / "labels", layers / "exposure", layers / "out", drug_table(), params, VERSION)
    written = RESULTS.scan(layers / "out" / "results.parquet").collect()
    fga = written.filter(pl.col("result_id") == "reporting_proportion/=pt/ps+ss/collapsed/generation/FGA")
    assert fga.select("numerator", "denominator", "estimate").row(0) == (1, 1, 1.0)
    assert written["result_id"].is_sorted()


def test_the_same_input_gives_the_same_bytes(layers: Path, params: Params) -> None:
    for out in ("one", "two"):
        write_measures(layers / "labels", layers / "exposure", layers / out, drug_table(), params, VERSION)
    one, two = (layers / out / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_labels_and_exposure_of_different_parts_are_an_error(layers: Path, params: Params) -> None:
    (layers / "labels" / "verdicts" / "2025Q4.parquet").unlink()
    with pytest.raises(ContractError, match=r"must have the same parts; only one of them has \['2025Q4.parquet'\]"):
        write_measures(layers / "labels", layers / "exposure", layers / "out", drug_table(), params, VERSION)
