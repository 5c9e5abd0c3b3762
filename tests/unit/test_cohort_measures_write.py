import shutil
from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.cohort.write import write_cohort_measures
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.standards import AgeGroup, Standards, band_weights, load_standards
from nms_pv.spec.strict import StudyError
from nms_pv.spec.time_at_risk import TimeAtRisk, load_time_at_risk
from nms_pv.tables.contract import ContractError
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import PERSON_TIME
from tests.lib.person_time_rows import person_time, random_stretches
from tests.lib.small_study import TABLE_GENERATIONS, VERSION, drug_table

DRUGS = drug_table()


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml")


@pytest.fixture
def settings(repository: Path) -> dict[str, TimeAtRisk]:
    return load_time_at_risk(repository / "study")


@pytest.fixture
def standards(repository: Path) -> Standards:
    return load_standards(repository / "study")


@pytest.fixture
def exposure(tmp_path: Path) -> Path:
    rows = person_time(random_stretches(1, 120, 20, DRUGS), DRUGS, TABLE_GENERATIONS)
    PERSON_TIME.write(rows, tmp_path / "exposure" / "person_time.parquet")
    return tmp_path / "exposure"


def test_results_are_written_in_key_order_the_same_each_time(
    exposure: Path, params: Params, settings: dict[str, TimeAtRisk], standards: Standards
) -> None:
    for out in ("one", "two"):
        write_cohort_measures(exposure, exposure / out, DRUGS, params, settings, standards, VERSION)
    one, two = (exposure / out / "results.parquet" for out in ("one", "two"))
    written = RESULTS.scan(one).collect()
    assert one.read_bytes() == two.read_bytes()
    assert written["result_id"].is_sorted()
    assert written["arm"].unique().to_list() == ["cohort"]
    assert written["suppressed"].any()
    assert written.filter(pl.col("estimate").is_null() != pl.col("undefined_reason").is_not_null()).is_empty()
    derived = written.filter(~pl.col("measure").is_in(["incidence_rate", "incidence_proportion"]))
    assert derived["analysis"].unique().to_list() == [params.cohort.main_analysis]


def test_person_time_without_rows_gives_no_results(
    tmp_path: Path, params: Params, settings: dict[str, TimeAtRisk], standards: Standards
) -> None:
    PERSON_TIME.write(PERSON_TIME.empty(), tmp_path / "person_time.parquet")
    write_cohort_measures(tmp_path, tmp_path, DRUGS, params, settings, standards, VERSION)
    assert RESULTS.scan(tmp_path / "results.parquet").collect().is_empty()


def test_an_analysis_that_the_study_does_not_have_is_an_error(
    exposure: Path, params: Params, settings: dict[str, TimeAtRisk], standards: Standards
) -> None:
    known = {name: setting for name, setting in settings.items() if name != "exact"}
    with pytest.raises(ContractError, match=r"'analysis' holds \['exact'\]; study/time_at_risk has \['cohort_incidence'"):
        write_cohort_measures(exposure, exposure, DRUGS, params, known, standards, VERSION)


def test_the_weights_of_a_standard_by_age_band(standards: Standards) -> None:
    weights = band_weights(standards, "european_2013", [0, 20, 85])
    assert weights == {"0-19": 21500, "20-84": 76000, "85+": 2500}


def test_an_open_ended_group_belongs_to_the_band_of_its_lower_bound() -> None:
    standard = {"mine": [AgeGroup(0, 69, 90), AgeGroup(70, None, 10)]}
    assert band_weights(standard, "mine", [0, 70, 85]) == {"0-69": 90, "70-84": 10, "85+": 0}


def test_an_unknown_standard_and_a_group_in_two_bands_are_errors(standards: Standards) -> None:
    with pytest.raises(StudyError, match=r"cohort.standard is 'world'; study/standards.csv has \['european_2013'"):
        band_weights(standards, "world", [0])
    with pytest.raises(StudyError, match="splits age group 15-19 of 'european_2013' .* into 0-17 and 18"):
        band_weights(standards, "european_2013", [0, 18])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("european_2013,5,9,5500", "european_2013,6,9,5500", r"line 3: age group 6-9 of 'european_2013' must start at 5"),
        ("european_2013,5,9,5500", "european_2013,5,,5500", r"line 4: age group 10-14 .* follows the open-ended group"),
        ("european_2013,5,9,5500", "european_2013,5,9,5.5", r"line 3: \{'weight': '5.5'\} must be whole numbers"),
        ("european_2013,5,9,5500", "european_2013,5,4,5500", r"line 3: age group 5-4 .* ends before it starts"),
    ],
)
def test_standards_file(repository: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    shutil.copy(repository / "study" / "standards.csv", tmp_path)
    text = (tmp_path / "standards.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "standards.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_standards(tmp_path)
