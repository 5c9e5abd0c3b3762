import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from nms_pv.exposure.engine import EngineName, open_engine
from nms_pv.tables.errors import UserError

FORM = pl.Enum(["long_acting", "other"])
EVERY_ENGINE = ["polars", "duckdb", pytest.param("spark", marks=pytest.mark.proof)]


def persons(*ids: int) -> pl.DataFrame:
    schema = {"person_id": pl.Int64, "formulation": FORM, "day": pl.Int32}
    return pl.DataFrame([(person, "other", -3) for person in ids], schema=schema, orient="row")


@pytest.fixture(autouse=True)
def no_warning_of_pandas() -> Any:
    with warnings.catch_warnings():
        # PySpark 4.3 warns of pandas 3, of which nothing is used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


@pytest.mark.parametrize("name", EVERY_ENGINE)
def test_files_and_local_rows_come_back_as_they_went_in_with_codes_as_text(name: EngineName, tmp_path: Path) -> None:
    files = [tmp_path / "persons-0001.parquet", tmp_path / "persons-0002.parquet"]
    persons(1, 2**62).write_parquet(files[0])
    persons().write_parquet(files[1])
    with open_engine(name) as engine:
        scanned = engine.collect(engine.scan(files))
        local = engine.collect(engine.frame(persons(1, 2**62)))
        joined = engine.collect(engine.scan(files).join(engine.frame(persons(1)), on=["person_id", "formulation"]))
    expected = persons(1, 2**62).cast({"formulation": pl.String})
    assert scanned.sort("person_id").equals(expected)
    assert local.sort("person_id").equals(expected)
    assert scanned.schema == local.schema == expected.schema
    assert joined["person_id"].to_list() == [1]


@pytest.mark.parametrize("name", EVERY_ENGINE)
def test_what_is_computed_stays_lazy_until_collected(name: EngineName) -> None:
    with open_engine(name) as engine:
        doubled = engine.frame(persons(4, 5)).select(twice=nw.col("person_id") * 2)
        assert isinstance(doubled, nw.LazyFrame)
        assert sorted(engine.collect(doubled)["twice"]) == [8, 10]


def test_duckdb_loads_no_extension_that_could_reach_the_network() -> None:
    with open_engine("duckdb") as engine, pytest.raises(Exception, match="httpfs"):
        engine.connection.sql("FROM read_parquet('https://localhost/persons.parquet')")


def test_spark_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with (
        pytest.raises(UserError, match=r"not installed: it needs `pip install nms-pv\[spark\]` and Java 17"),
        open_engine("spark"),
    ):
        pass


class _Builder:
    """Stands for the builder of a session where there is no Java."""

    def __init__(self) -> None:
        self.set: dict[str, str] = {}

    def master(self, name: str) -> "_Builder":
        return self.config("master", name)

    def appName(self, name: str) -> "_Builder":  # noqa: N802
        return self.config("name", name)

    def config(self, key: str, value: str) -> "_Builder":
        self.set[key] = value
        return self

    def getOrCreate(self) -> None:  # noqa: N802
        raise RuntimeError("JAVA_GATEWAY_EXITED")


@pytest.fixture
def without_java(monkeypatch: pytest.MonkeyPatch) -> _Builder:
    builder = _Builder()
    errors, sql = ModuleType("pyspark.errors"), ModuleType("pyspark.sql")
    errors.PySparkRuntimeError = RuntimeError  # type: ignore[attr-defined]
    sql.SparkSession = type("SparkSession", (), {"builder": builder})  # type: ignore[attr-defined]
    for module in (ModuleType("pyspark"), errors, sql):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return builder


def test_spark_without_java_says_what_it_needs(without_java: _Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_MASTER", raising=False)
    with pytest.raises(UserError, match=r"did not start on local\[2\]: it needs .* Java 17"), open_engine("spark"):
        pass
    assert without_java.set["spark.sql.shuffle.partitions"] == "2"


def test_a_cluster_is_named_by_the_environment_and_keeps_its_own_partitions(
    without_java: _Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_MASTER", "spark://head:7077")
    with pytest.raises(UserError, match="did not start on spark://head:7077"), open_engine("spark"):
        pass
    assert "spark.sql.shuffle.partitions" not in without_java.set


@pytest.mark.proof
def test_spark_that_finds_no_java_is_told_without_a_trace() -> None:
    pytest.importorskip("pyspark")
    code = "from nms_pv.exposure.engine import open_engine\nwith open_engine('spark'): pass"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "JAVA_HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "UserError: The engine spark did not start on local[2]" in done.stderr
