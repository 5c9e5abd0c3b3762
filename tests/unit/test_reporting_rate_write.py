from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.reporting_rate.write import write_reporting_rate
from nms_pv.spec.exposure_volumes import ExposureVolume
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.declared_rows import rows
from tests.lib.small_study import VERSION, drug_table

PLAIN = {"quarter": "2018Q4", "sex": "unknown"}


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml")


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """Reports of risperidone of 2018: a case, a duplicate of it, one that only mentions the drug, and one that is no case."""
    stated = [("a", True, "PS", "met"), ("b", False, "PS", "met"), ("c", True, "other", "met"), ("d", True, "SS", "not_met")]
    universe = [
        {"subject_id": name, "is_representative": shown, "received_year": 2018, "occurrence_country": "US", **PLAIN}
        for name, shown, _, _ in stated
    ]
    named = [{"subject_id": name, "ingredient": "risperidone", "role": role} for name, _, role, _ in stated]
    verdicts = [{"subject_id": name, "definition": "pt_only", "verdict": verdict} for name, _, _, verdict in stated]
    for table, folder, of_table in (
        (UNIVERSE, "exposure/universe", universe),
        (REPORT_INGREDIENTS, "exposure/report_ingredients", named),
        (VERDICTS, "labels/verdicts", verdicts),
    ):
        table.write(rows(table, *of_table), tmp_path / folder / "2018Q4.parquet")
    return tmp_path


def written(layers: Path, volumes: list[ExposureVolume], params: Params) -> pl.DataFrame:
    write_reporting_rate(layers / "labels", layers / "exposure", layers / "out", volumes, drug_table(), params, VERSION)
    return RESULTS.scan(layers / "out" / "reporting_rate" / "results.parquet").collect()


def test_reports_of_the_main_setting_over_what_was_used(layers: Path, params: Params) -> None:
    volumes = [
        ExposureVolume("risperidone", 2018, "US", 500, "patient_years", "x"),
        ExposureVolume("risperidone", 2020, "US", 500, "patient_years", "x"),
        ExposureVolume("risperidone", 2018, "all", 4_000_000, "dispensed_units", "x"),
        ExposureVolume("aripiprazole", 2018, "US", 0, "patient_years", "x"),
        ExposureVolume("amisulpride", 2018, "US", 10, "patient_years", "x"),
    ]
    found = written(layers, volumes, params)
    by_id = {row["result_id"]: row for row in found.iter_rows(named=True)}
    address = "reporting_rate/pt_only/ps+ss/collapsed"
    one = by_id[f"{address}/ingredient/risperidone/country=US;year=2018;per=patient_years"]
    assert (one["numerator"], one["denominator"], one["estimate"]) == (1, 500, 2.0)
    assert one["unit"] == "distinct reports; patient-years of use"
    assert one["method"].startswith("reports per 1,000 patient-years of use (reporting rate: not how often it occurs)")
    assert by_id[f"{address}/ingredient/risperidone/country=US;years=2018,2020;per=patient_years"]["denominator"] == 1000
    units = by_id[f"{address}/ingredient/risperidone/country=all;year=2018;per=dispensed_units"]
    assert (units["estimate"], units["unit"]) == (0.25, "distinct reports; dispensed units")
    nothing = by_id[f"{address}/ingredient/aripiprazole/country=US;year=2018;per=patient_years"]
    assert (nothing["estimate"], nothing["undefined_reason"]) == (None, "the quantity used is 0")
    differ = by_id[f"{address}/generation/SGA/country=US;year=2018;per=patient_years"]
    assert differ["undefined_reason"].startswith("years of use differ between the ingredients: amisulpride 2018, ")


def test_without_volumes_one_row_says_why(layers: Path, params: Params) -> None:
    (row,) = written(layers, [], params).iter_rows(named=True)
    assert row["undefined_reason"] == "study/exposure_volumes.csv has no row: the use of drugs is not known"


def test_no_text_speaks_of_what_reports_cannot_show(layers: Path, params: Params) -> None:
    found = written(layers, [ExposureVolume("risperidone", 2018, "US", 500, "patient_years", "x")], params)
    assert not any(found.select(pl.col("method", "unit").str.contains("(?i)risk|incidence").any()).row(0))
