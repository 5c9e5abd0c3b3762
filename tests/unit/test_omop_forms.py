"""Whatever form a common data model is given in, its snapshot is the same; and the source is not touched."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from nms_pv.sources.omop.open import open_source
from nms_pv.sources.omop.register import needed_by
from nms_pv.sources.omop.take import take_snapshot
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.snapshot import read_snapshot_record
from tests.lib.cdm_files import CDM, FORMS, turned, write_duckdb, write_parquet

TODAY = date(2026, 11, 23)


def snapshot(repository: Path, source: str, folder: Path, schema: str | None = None) -> pl.DataFrame:
    folder.mkdir()
    opened = open_source(source, schema)
    assert take_snapshot(opened, folder, needed_by(repository / "study"), TODAY) == []
    opened.close()
    return read_snapshot_record(folder)


@pytest.fixture(scope="module")
def expected(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("expected")
    return snapshot(repository, str(write_parquet(folder / "cdm")), folder / "snapshot")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows_in_the_same_order(
    repository: Path, tmp_path: Path, expected: pl.DataFrame, form: str
) -> None:
    path = FORMS[form](tmp_path / "cdm.any", turned(CDM))
    record = snapshot(repository, str(path), tmp_path / "snapshot")
    same = ["source_id", "table", "rows", "content_sha256", "cdm_version", "vocabulary_version", "retrieved"]
    assert record.select(same).equals(expected.select(same))
    assert record["rows"].to_list() == [CDM[name].height for name in sorted(CDM_TABLES)]
    assert set(record["format"]) == {"csv" if form == "tsv" else form}
    assert record.row(0, named=True)["vocabulary_version"] == "v5.0 30-AUG-24"


@pytest.mark.parametrize("form", FORMS)
def test_the_same_source_gives_the_same_bytes(repository: Path, tmp_path: Path, form: str) -> None:
    first = FORMS[form](tmp_path / "cdm", CDM)
    second = FORMS[form](tmp_path / "other", turned(CDM))
    records = [snapshot(repository, str(path), tmp_path / f"snapshot_{path.name}") for path in (first, second)]
    assert records[0]["sha256"].equals(records[1]["sha256"])


@pytest.mark.parametrize("form", ["duckdb", "sqlite"])
def test_a_database_file_is_not_changed(repository: Path, tmp_path: Path, form: str) -> None:
    path = FORMS[form](tmp_path / "cdm.bin", CDM)
    before = path.read_bytes()
    path.chmod(0o444)
    snapshot(repository, str(path), tmp_path / "snapshot")
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cdm.bin", "snapshot"]


def test_origins_name_files_and_not_where_they_lie(repository: Path, tmp_path: Path, expected: pl.DataFrame) -> None:
    origins = dict(expected.select("table", "origin").iter_rows())
    assert origins["person"] == "cdm/person"
    assert origins["death"] == "cdm/death.parquet"
    snapshot(repository, str(FORMS["sqlite"](tmp_path / "a.db", CDM)), tmp_path / "snapshot")
    written = b"".join(path.read_bytes() for path in (tmp_path / "snapshot").iterdir())
    assert str(tmp_path).encode() not in written


def test_a_schema_of_a_duckdb_file_can_be_named(repository: Path, tmp_path: Path, expected: pl.DataFrame) -> None:
    path = write_duckdb(tmp_path / "cdm.duckdb", CDM, "cdm 5")
    record = snapshot(repository, str(path), tmp_path / "snapshot", "cdm 5")
    assert record["content_sha256"].equals(expected["content_sha256"])


def test_only_columns_that_are_read_are_taken(repository: Path, tmp_path: Path) -> None:
    snapshot(repository, str(write_parquet(tmp_path / "cdm")), tmp_path / "snapshot")
    assert "race_concept_id" in CDM["person"].columns
    assert pl.read_parquet_schema(tmp_path / "snapshot" / "person.parquet").keys() == {
        "person_id",
        "gender_concept_id",
        "year_of_birth",
        "month_of_birth",
    }


def test_rows_with_one_key_stand_in_order_of_their_other_columns(repository: Path, tmp_path: Path) -> None:
    twice = pl.concat([CDM["person"], CDM["person"].with_columns(pl.lit(1900, pl.Int64).alias("year_of_birth"))])
    for number, frame in enumerate((twice, twice.reverse())):
        snapshot(repository, str(write_parquet(tmp_path / f"{number}", {**CDM, "person": frame})), tmp_path / f"out{number}")
    assert (tmp_path / "out0/person.parquet").read_bytes() == (tmp_path / "out1/person.parquet").read_bytes()
