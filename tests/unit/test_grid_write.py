from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.grid.write import write_cohort_grid, write_report_grid
from nms_pv.measures.why_zero.write import write_cohort_zeros, write_report_zeros
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.contract import ContractError
from nms_pv.tables.grid import GRID, GRID_FACTORS, GRID_SUMMARY
from nms_pv.tables.person_time import CASES, PERSON_TIME
from nms_pv.tables.why_zero import WHY_ZERO
from tests.lib.declared_rows import rows
from tests.lib.grid_study import VERDICT_OF, Study
from tests.lib.person_time_rows import person_time, random_stretches
from tests.lib.small_study import TABLE_GENERATIONS, VERSION, drug_table

TABLES = {GRID: "grid", GRID_SUMMARY: "grid_summary", GRID_FACTORS: "grid_factors"}


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": VERDICT_OF})


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    Study({"pt_only": "met"}, {}).write(tmp_path, "2020Q1.parquet")
    Study({"subject_id": "faers:9", "drugs": "risperidone PS"}).write(tmp_path, "2020Q2.parquet")
    return tmp_path


def test_the_grid_of_reports_is_written_the_same_again(layers: Path, params: Params) -> None:
    for out in ("one", "two"):
        write_report_grid(layers / "labels", layers / "exposure", layers / out, drug_table(), params, VERSION)
    for table, name in TABLES.items():
        one, two = (layers / out / "grid" / f"{name}.parquet" for out in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        assert not table.scan(one).collect().is_empty()


def test_the_grid_of_the_cohort_is_written(tmp_path: Path, params: Params) -> None:
    time = random_stretches(2, 2000, 200, drug_table(), years=range(2005, 2018))
    PERSON_TIME.write(person_time(time, drug_table(), TABLE_GENERATIONS), tmp_path / "person_time.parquet")
    write_cohort_grid(tmp_path, tmp_path / "out", drug_table(), params, VERSION)
    grid = GRID.scan(tmp_path / "out" / "grid" / "grid.parquet").collect()
    assert {"FGA", "SGA", "TGA"} <= set(grid["group"])
    assert grid.filter(pl.col("estimate").is_null() == pl.col("undefined_reason").is_null()).is_empty()


def test_zeros_of_both_arms_are_written(layers: Path, params: Params) -> None:
    labels, evidence, exposure = (layers / name for name in ("labels", "evidence", "exposure"))
    write_report_zeros(labels, evidence, exposure, layers / "out", drug_table(), params)
    zeros = WHY_ZERO.scan(layers / "out" / "why_zero" / "why_zero.parquet").collect()
    assert zeros.filter(zero_id="reports/pt_only/ps+ss/collapsed/ingredient/risperidone")["reason"].to_list() == ["no_case"]

    time = random_stretches(3, 500, 20, drug_table())
    PERSON_TIME.write(person_time(time, drug_table(), TABLE_GENERATIONS), exposure / "person_time.parquet")
    CASES.write(rows(CASES), exposure / "cases.parquet")
    write_cohort_zeros(labels, evidence, exposure, layers / "cohort", drug_table(), params)
    WHY_ZERO.check(WHY_ZERO.scan(layers / "cohort" / "why_zero" / "why_zero.parquet").collect())


def test_layers_of_different_parts_are_an_error(layers: Path, params: Params) -> None:
    labels, evidence, exposure = (layers / name for name in ("labels", "evidence", "exposure"))
    (evidence / "exposures" / "2020Q2.parquet").unlink()
    with pytest.raises(ContractError, match=r"must have the same parts; only one of them has \['2020Q2.parquet'\]"):
        write_report_zeros(labels, evidence, exposure, layers / "out", drug_table(), params)
    (labels / "verdicts" / "2020Q2.parquet").unlink()
    with pytest.raises(ContractError, match=r"must have the same parts; only one of them has \['2020Q2.parquet'\]"):
        write_report_grid(labels, exposure, layers / "out", drug_table(), params, VERSION)
