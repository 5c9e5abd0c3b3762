from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.comparison.compared import Settings
from nms_pv.measures.comparison.write import write_comparison
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.declared_rows import rows
from tests.lib.small_study import drug_table

SETTINGS = Settings(comparators=["haloperidol"], indications=["schizophrenia"])
VERSION = "reports:000000000000"


@pytest.fixture
def params(repository: Path) -> Params:
    main = load_params(repository / "params.yaml")
    return main.model_copy(update={"definitions": ["=pt"], "main": main.main.model_copy(update={"definition": "=pt"})})


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """Two parts of one report each: haloperidol with NMS, risperidone without."""
    for quarter, subject, ingredient, verdict in [
        ("2025Q3", "faers:1", "haloperidol", "met"),
        ("2025Q4", "faers:2", "risperidone", "not_met"),
    ]:
        part, here, exposure = f"{quarter}.parquet", {"subject_id": subject}, tmp_path / "exposure"
        described = here | {"quarter": quarter, "age_band": "65+"}
        UNIVERSE.write(rows(UNIVERSE, described), exposure / "universe" / part)
        exposed = rows(REPORT_INGREDIENTS, here | {"ingredient": ingredient, "role": "PS"})
        REPORT_INGREDIENTS.write(exposed, exposure / "report_ingredients" / part)
        stated = rows(REPORT_INDICATION_GROUPS, here | {"indication": "schizophrenia"})
        REPORT_INDICATION_GROUPS.write(stated, exposure / "report_indications" / part)
        VERDICTS.write(rows(VERDICTS, here | {"definition": "=pt", "verdict": verdict}), tmp_path / "labels" / "verdicts" / part)
    DEFINITIONS.write(rows(DEFINITIONS, {"definition": "=pt", "is_computed": True}), tmp_path / "labels" / "definitions.parquet")
    return tmp_path


def write(layers: Path, out: str, params: Params, settings: Settings = SETTINGS) -> Path:
    write_comparison(layers / "labels", layers / "exposure", layers / out, drug_table(), params, settings, VERSION)
    return layers / out / "comparison" / "results.parquet"


def test_numbers_are_written_with_their_address(layers: Path, params: Params) -> None:
    written = RESULTS.scan(write(layers, "out", params)).collect()
    address = "ror/=pt/ps+ss/collapsed/generation/FGA/vs other antipsychotics/indication=schizophrenia"
    row = written.row(by_predicate=pl.col("result_id") == address, named=True)
    assert (row["numerator"], row["denominator"], row["reference_numerator"], row["reference_denominator"]) == (1, 1, 0, 1)
    assert row["undefined_reason"] == "no report of the reference meets the definition"
    assert (row["arm"], row["question"], row["unit"]) == ("reports", "which_drugs", "distinct reports")


def test_the_same_input_gives_the_same_bytes(layers: Path, params: Params) -> None:
    assert write(layers, "one", params).read_bytes() == write(layers, "two", params).read_bytes()


def test_a_comparator_that_is_no_antipsychotic_is_an_error(layers: Path, params: Params) -> None:
    settings = Settings(comparators=["haloperidol", "biperiden"], indications=[])
    with pytest.raises(StudyError, match=r"reports.comparators: \['biperiden'\] are no antipsychotics"):
        write(layers, "out", params, settings)


def test_a_definition_without_verdicts_is_an_error(layers: Path, params: Params) -> None:
    with pytest.raises(ContractError, match=r"'other' \(no such file in study/definitions\)"):
        write(layers, "out", params.model_copy(update={"definitions": ["other"]}))
