"""Reports that several tests look at, each written once."""

from pathlib import Path

import pytest

from nms_pv.report import write_report
from tests.lib.report_fixture import STUDY, declared_study, write_data


@pytest.fixture(scope="session")
def report_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the report reads of a small study."""
    folder = tmp_path_factory.mktemp("report") / "data"
    write_data(folder, declared_study().drugs)
    return folder


@pytest.fixture(scope="session")
def internal(report_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report with exact numbers and cases."""
    return _write(report_data, tmp_path_factory.mktemp("internal"), "internal")


@pytest.fixture(scope="session")
def shareable(report_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report that is made to be shared."""
    return _write(report_data, tmp_path_factory.mktemp("shareable"), "shareable")


def _write(data: Path, out: Path, build: str) -> Path:
    study = declared_study(build=build)
    write_report(data, out, study.params, study.drugs, study.faers, study.definitions, STUDY)
    return out
