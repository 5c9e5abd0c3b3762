from pathlib import Path

import pytest

from nms_pv.spec.exposure_volumes import ExposureVolume, load_exposure_volumes
from nms_pv.spec.strict import StudyError
from tests.lib.small_study import drug_table

HEADER = "drug,year,country,quantity,unit,source"


def write(study: Path, *lines: str, header: str = HEADER) -> Path:
    (study / "exposure_volumes.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return study


def test_the_file_that_is_shipped_has_no_rows(repository: Path) -> None:
    assert load_exposure_volumes(repository / "study", drug_table()) == []


def test_rows_are_read_and_sorted(tmp_path: Path) -> None:
    lines = ["risperidone,2019,US,10,patient_years,IMS", "haloperidol,2018,all,0,dispensed_units,own count"]
    assert load_exposure_volumes(write(tmp_path, *lines), drug_table()) == [
        ExposureVolume("haloperidol", 2018, "all", 0, "dispensed_units", "own count"),
        ExposureVolume("risperidone", 2019, "US", 10, "patient_years", "IMS"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Haldol,2018,US,10,patient_years,x", "drug 'Haldol' must be an ingredient of study/drugs.csv"),
        ("haloperidol,18,US,10,patient_years,x", "year '18' must be a year from 1900 to 2099"),
        ("haloperidol,2018,USA,10,patient_years,x", "country 'USA' must be an ISO 3166-1 code of two capitals, or 'all'"),
        ("haloperidol,2018,US,-1,patient_years,x", "quantity '-1' must be a whole number from 0 up"),
        ("haloperidol,2018,US,1.5,patient_years,x", "quantity '1.5' must be a whole number from 0 up"),
        ("haloperidol,2018,US,10,kilograms,x", "unit 'kilograms' must be one of"),
        ("haloperidol,2018,US,10,patient_years,", "source '' must be where the number comes from"),
        ("haloperidol,2018", "country '' must be"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_what_is_allowed(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(StudyError, match=f"exposure_volumes.csv: line 3: .*{said}"):
        load_exposure_volumes(write(tmp_path, "risperidone,2018,US,1,patient_years,x", line), drug_table())


def test_a_volume_that_stands_there_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="stand there 2 times; keep one row"):
        load_exposure_volumes(write(tmp_path, *["haloperidol,2018,US,10,patient_years,x"] * 2), drug_table())


@pytest.mark.parametrize("header", ["drug,year", ""])
def test_other_columns_are_an_error(tmp_path: Path, header: str) -> None:
    with pytest.raises(StudyError, match="the columns must be drug, year, country, quantity, unit, source"):
        load_exposure_volumes(write(tmp_path, header=header), drug_table())
