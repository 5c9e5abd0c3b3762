"""Where the relational core runs: Polars, DuckDB or Spark, all through Narwhals on lazy frames."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import narwhals as nw
import polars as pl
import polars.selectors as cs

from nms_pv.tables.errors import UserError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EngineName = Literal["polars", "duckdb", "spark"]

# Without extensions DuckDB cannot reach the network.
OFFLINE: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
SPARK = {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.sql.execution.arrow.pyspark.enabled": "true"}
# A local session is for small cohorts: few partitions and a fixed plan take less time there.
LOCAL_SPARK = {"spark.sql.shuffle.partitions": "2", "spark.sql.adaptive.enabled": "false", "spark.driver.host": "localhost"}
NEEDS = "it needs `pip install nms-pv[spark]` and Java 17. Or set the engines in params.yaml to polars or duckdb"


class Engine(ABC):
    """Brings tables into one engine and results back; codes (enums) are plain text in every engine."""

    @abstractmethod
    def scan(self, files: list[Path]) -> "nw.LazyFrame[Any]":
        """The rows of Parquet files of one table."""

    @abstractmethod
    def frame(self, rows: pl.DataFrame) -> "nw.LazyFrame[Any]":
        """A small local table."""

    @abstractmethod
    def collect(self, frame: "nw.LazyFrame[Any]") -> pl.DataFrame:
        """The rows of a frame of this engine, in no particular order."""

    @abstractmethod
    def once(self, frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
        """The same rows, computed once and kept: for what is read more than once."""


class _Polars(Engine):
    def scan(self, files: list[Path]) -> "nw.LazyFrame[Any]":
        return nw.from_native(_plain_text(pl.scan_parquet(files, glob=False)))

    def frame(self, rows: pl.DataFrame) -> "nw.LazyFrame[Any]":
        return nw.from_native(_plain_text(rows.lazy()))

    def collect(self, frame: "nw.LazyFrame[Any]") -> pl.DataFrame:
        rows: pl.DataFrame = frame.to_native().collect(engine="streaming")
        return rows

    def once(self, frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
        return nw.from_native(self.collect(frame).lazy())


class _DuckDB(Engine):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def scan(self, files: list[Path]) -> "nw.LazyFrame[Any]":
        return nw.from_native(self.connection.read_parquet([str(path) for path in files]))

    def frame(self, rows: pl.DataFrame) -> "nw.LazyFrame[Any]":
        return nw.from_native(self.connection.from_arrow(_plain_text(rows.lazy()).collect().to_arrow()))

    def collect(self, frame: "nw.LazyFrame[Any]") -> pl.DataFrame:
        return frame.collect("polars").to_native()

    def once(self, frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
        return self.frame(self.collect(frame))


class _Spark(Engine):
    def __init__(self, session: "SparkSession") -> None:
        self.session = session

    def scan(self, files: list[Path]) -> "nw.LazyFrame[Any]":
        return nw.from_native(self.session.read.parquet(*[str(path) for path in files]))

    def frame(self, rows: pl.DataFrame) -> "nw.LazyFrame[Any]":
        return nw.from_native(self.session.createDataFrame(_plain_text(rows.lazy()).collect().to_arrow()))

    def collect(self, frame: "nw.LazyFrame[Any]") -> pl.DataFrame:
        return pl.DataFrame(pl.from_arrow(frame.to_native().toArrow()))

    def once(self, frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
        return nw.from_native(frame.to_native().cache())


@contextmanager
def open_engine(name: EngineName) -> Iterator[Engine]:
    """An engine for the length of a `with` block.

    Raises
    ------
    UserError
        When Spark is asked for and cannot be started.

    """
    if name == "polars":
        yield _Polars()
    elif name == "duckdb":
        with duckdb.connect(":memory:", config=OFFLINE) as connection:
            yield _DuckDB(connection)
    else:
        session = _spark_session()
        try:
            yield _Spark(session)
        finally:
            session.stop()


def _spark_session() -> "SparkSession":
    """A session on two local cores, or on the cluster that the environment variable SPARK_MASTER names."""
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UserError(f"The engine spark is not installed: {NEEDS}") from error
    master = os.environ.get("SPARK_MASTER", "local[2]")
    builder = SparkSession.builder.master(master).appName("nms-pv")
    for key, value in (SPARK | (LOCAL_SPARK if master.startswith("local") else {})).items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise UserError(f"The engine spark did not start on {master}: {NEEDS}") from error


def _plain_text(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.with_columns((cs.enum() | cs.categorical()).cast(pl.String))
